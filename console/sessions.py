"""Sessions: a random token in the browser, only its hash in the store; and a brake on guessing."""

import hashlib
import math
import secrets
from collections import deque
from datetime import datetime, timedelta

COOKIE = "tanggap"
MAX_FAILURES = 5
WINDOW = timedelta(minutes=1)
MAX_KEYS = 10_000


def new_token() -> str:
    """32 random bytes as text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Throttle:
    """Counts failed logins per user and address; more than five in a minute have to wait."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], deque[datetime]] = {}

    def wait_s(self, user: str, address: str, now: datetime) -> int:
        """Seconds until the next attempt is allowed; 0 when it is now."""
        times = self._failures.get((user, address))
        if times is None:
            return 0
        while times and now - times[0] >= WINDOW:
            times.popleft()
        if not times:
            del self._failures[user, address]
        return 0 if len(times) < MAX_FAILURES else math.ceil((times[0] + WINDOW - now).total_seconds())

    def failed(self, user: str, address: str, now: datetime) -> None:
        """Remember a failure; the oldest key goes when there are too many."""
        if len(self._failures) >= MAX_KEYS:
            del self._failures[next(iter(self._failures))]
        self._failures.setdefault((user, address), deque(maxlen=MAX_FAILURES)).append(now)

    def passed(self, user: str, address: str) -> None:
        """Forget the failures of one who knew the password."""
        self._failures.pop((user, address), None)
