"""Playbacks of recordings: a journal row for each, shown in the ticket's story."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from console.console import User, console_of, user_of
from tickets.errors import StoreUnavailable
from tickets.store import Store

log = structlog.get_logger(__name__)

# a browser asks for the beginning twice at once, and for parts when one seeks
SAME = timedelta(seconds=5)
SEEKS = timedelta(minutes=10)
MAX_KEYS = 1000
MAX_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Played:
    """One playback; `attempt` is the callback's try, None for the call itself."""

    at: datetime
    user: User
    call: str
    ticket: str
    recording: str
    attempt: int | None = None

    def write(self, store: Store) -> None:
        """Append the row to the journal."""
        data = {"recording": self.recording} | ({"attempt": self.attempt} if self.attempt is not None else {})
        at, actor = self.at, self.user.actor
        store.journal.append(at, "recording.played", actor, call=self.call, ticket=self.ticket, data=data)


class Playbacks:
    """Notes each playback once, however many parts a browser asks for; rows refused by the store wait for the next."""

    def __init__(self) -> None:
        self._heard: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._waiting: deque[Played] = deque(maxlen=MAX_WAITING)

    async def note(self, request: web.Request, call: str, ticket: str, recording: str, attempt: int | None) -> None:
        """Note that a recording is about to be sent to the user.

        A recording must be heard on a full disk, too: the row then waits, and stands in the log."""
        console, user = console_of(request), user_of(request)
        now = console.clock()
        if not self._begins(request, (user.session, recording), now):
            return
        self._waiting.append(Played(now, user, call, ticket, recording, attempt))
        rows = list(self._waiting)
        try:
            await console.store.write(lambda store: _write(store, rows))
        except StoreUnavailable as error:
            facts = {"user": user.name, "recording": recording, "ticket": ticket, "error": str(error)}
            log.error("playback.not_journaled", **facts)
            return
        for row in rows:
            if row in self._waiting:
                self._waiting.remove(row)

    def _begins(self, request: web.Request, key: tuple[str, str], now: datetime) -> bool:
        """Tell a new playback from a further part of one that is noted already."""
        since, wanted = self._heard.get(key), request.headers.get("Range", "bytes=0-").replace(" ", "")
        apart = SAME if wanted.startswith("bytes=0-") else SEEKS
        if since is not None and timedelta(0) <= now - since < apart:
            return False
        self._heard[key] = now
        self._heard.move_to_end(key)
        if len(self._heard) > MAX_KEYS:
            self._heard.popitem(last=False)
        return True


def _write(store: Store, rows: list[Played]) -> None:
    for row in rows:
        row.write(store)


PLAYBACKS: web.AppKey[Playbacks] = web.AppKey("playbacks", Playbacks)
