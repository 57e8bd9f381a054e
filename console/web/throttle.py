"""Throttles the guessing of passwords, so that nobody can keep somebody else out.

A browser in which a user has logged in before is known by a signed cookie, and is throttled by its own failures alone.
Strangers are throttled by user and address, by address, and, while a user is under attack, by having failed at all.
"""

import hashlib
import hmac
import math
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.derived_keys import DEVICE, derive

Key = tuple[str, ...]
MAX_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many failures within a time."""

    failures: int
    within: timedelta


PAIR = Limit(5, timedelta(minutes=1))
ADDRESS = Limit(40, timedelta(minutes=10))
USER = Limit(40, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to log in; `device` is the known browser, None for a stranger's."""

    user: str
    address: str
    device: str | None = None

    @property
    def pair(self) -> Key:
        """The key that is throttled first: this browser, or this address, with this user."""
        return ("device", self.user, self.device) if self.device else ("pair", self.user, self.address)


class Throttle:
    """Remembers failures, the newest keys only; nothing in here lasts longer than ten minutes."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Key, deque[datetime]] = OrderedDict()

    def wait_s(self, attempt: Attempt, now: datetime) -> int:
        """Seconds until the next attempt is allowed; 0 when it is now."""
        waits = [self._wait(attempt.pair, PAIR, now)]
        if attempt.device is None:
            waits.append(self._wait(("address", attempt.address), ADDRESS, now))
            if self._times(("stranger", attempt.user, attempt.address), USER, now):  # a first attempt is always free
                waits.append(self._wait(("user", attempt.user), USER, now))
        return max(waits)

    def failed(self, attempt: Attempt, now: datetime) -> bool:
        """Remember a failure; True when from now on the browser or address has to wait."""
        self._add(attempt.pair, PAIR, now)
        if attempt.device is None:
            self._add(("address", attempt.address), ADDRESS, now)
            self._add(("user", attempt.user), USER, now)
            self._add(("stranger", attempt.user, attempt.address), USER, now)
        return self._wait(attempt.pair, PAIR, now) > 0

    def passed(self, attempt: Attempt) -> None:
        """Forget the failures of a user who knew the password; the address keeps those of others."""
        self._failures.pop(attempt.pair, None)
        self._failures.pop(("stranger", attempt.user, attempt.address), None)

    def _add(self, key: Key, limit: Limit, now: datetime) -> None:
        times = self._failures.setdefault(key, deque(maxlen=limit.failures))
        times.append(now)
        self._failures.move_to_end(key)
        if len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def _times(self, key: Key, limit: Limit, now: datetime) -> deque[datetime]:
        times = self._failures.get(key, deque())
        while times and not timedelta(0) <= now - times[0] < limit.within:  # a clock that was set back forgets
            times.popleft()
        if not times:
            self._failures.pop(key, None)
        return times

    def _wait(self, key: Key, limit: Limit, now: datetime) -> int:
        times = self._times(key, limit, now)
        if len(times) < limit.failures:
            return 0
        return max(1, math.ceil((times[0] + limit.within - now).total_seconds()))


def device_cookie(user: str) -> str:
    """The name of the cookie by which a user's browser is known; one for each, since computers are shared."""
    return f"kenal_{hashlib.sha256(user.encode('utf-8', 'replace')).hexdigest()[:10]}"


def new_device(key: str, user: str) -> str:
    """The cookie of a browser whose user has logged in; empty without a key."""
    name = secrets.token_urlsafe(9)
    return f"{name}.{_mac(key, user, name)}" if key else ""


def known_device(key: str, user: str, value: str) -> str | None:
    """The browser of a cookie that we signed for this user, or None."""
    name, _, mac = value.partition(".")
    right = bool(key) and hmac.compare_digest(_mac(key, user, name).encode(), mac.encode("utf-8", "replace"))
    return name if right else None


def _mac(key: str, user: str, name: str) -> str:
    return derive(key, DEVICE, f"{user}\0{name}").hex()
