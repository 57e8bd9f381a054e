"""The dependencies of every page and route of the console: the store, the configuration, the clock."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from console.site import ConsoleSite
from ivr.hours import Hours
from ivr.wording import zone_name
from tickets.complaints.states import Terms
from tickets.locating.atlas import NOWHERE, Atlas
from tickets.model import Actor, Row
from tickets.places import Places
from tickets.routing import Routing
from tickets.store.thread import StoreThread
from tickets.web_push import WebPushSite

Clock = Callable[[], datetime]
SAFE: Row = {"alarms": [], "writable": True}
Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]


@dataclass(frozen=True, slots=True)
class Setting:
    """The part of the configuration that may change while the console runs; `edition` changes with it.

    `dials_out`: a trunk takes calls to numbers outside. `hides_numbers`: agencies reach reporters through us alone.
    `similar_within`: the greatest age of a report that may be of the same incident as a new one."""

    name: str
    region: str
    hours: Hours
    routing: Routing
    places: Places
    edition: int = 0
    dials_out: bool = False
    hides_numbers: bool = False
    terms: Terms = field(default_factory=Terms)
    similar_within: timedelta = timedelta(minutes=60)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.hours.tz

    @property
    def zone_name(self) -> str:
        """The zone's short name: WIB."""
        return zone_name(self.hours.time_zone)

    def midnight(self, now: datetime) -> datetime:
        """The begin of the present day in the site's zone."""
        return now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Phone:
    """The SIP account of a user's softphone; the password is that user's own."""

    account: str
    host: str
    port: int
    password: str


async def nobody() -> Mapping[str, bytes]:
    """Metrics of a console without other processes: none."""
    return {}


async def unheard(assignment: int, user: str, reply: Row) -> bool:
    """The escalation where there is none: it keeps nothing."""
    return False


@dataclass(slots=True)
class Console:
    """The console's dependencies; `setting` is replaced as a whole when the configuration was taken up anew.

    `number_of` makes a full number (E.164) of a typed one, or None. `device_key` signs the cookies by which browsers
    are known, `link_key` one-time links, `push_key` web pushes (see `web_push`). `storage` tells the state of the disk:
    `alarms` (each `sentence` and `loud`), and whether heartbeats are `writable`. `measured` gives the metrics of every
    process (Prometheus' text by name); from another machine they are read with `metrics_token`. `var` is the folder
    whose disk must not fill up."""

    store: StoreThread
    clock: Clock
    spawn: Spawn
    site: ConsoleSite
    setting: Setting
    media: Path
    recordings: Path
    version: str
    phone_of: Callable[[str], Phone | None] = lambda account: None
    number_of: Callable[[str], str | None] = lambda text: None
    device_key: Callable[[], str] = lambda: ""
    wadul_key: Callable[[], str] = lambda: ""
    storage: Callable[[], Row] = lambda: SAFE
    measured: Callable[[], Awaitable[Mapping[str, bytes]]] = nobody
    metrics_token: str = ""
    link_key: Callable[[], str] = lambda: ""
    push_key: Callable[[], str] = lambda: ""
    web_push: WebPushSite = field(default_factory=WebPushSite)
    var: Path | None = None
    # the places of the site, with their points; may read files
    atlas: Callable[[], Atlas] = lambda: NOWHERE
    # tells the escalation of a «TERIMA» that cannot be written; True when it keeps it
    believed: Callable[[int, str, Row], Awaitable[bool]] = unheard

    def take(self, setting: Setting) -> None:
        """Use a new configuration from the next request and snapshot on."""
        self.setting = setting


@dataclass(frozen=True, slots=True)
class User:
    """A logged-in user and the session; `stale` when its token is to be renewed."""

    name: str
    display: str
    role: str
    opd: str | None
    session: str
    stale: bool = False

    @property
    def actor(self) -> Actor:
        """The user as the journal names it."""
        return Actor("user", self.name)


CONSOLE: web.AppKey[Console] = web.AppKey("console", Console)
USER = web.RequestKey("user", User)

# An agency's page and the wall must not fall silent because a session ended in the night.
SESSION_TIMES = {
    "operator": timedelta(hours=16),
    "opd": timedelta(days=30),
    "command": timedelta(days=30),
    "bupati": timedelta(days=30),
    "admin": timedelta(hours=12),
}


def console_of(request: web.Request) -> Console:
    """The console that serves this request."""
    return request.app[CONSOLE]


def user_of(request: web.Request) -> User:
    """The logged-in user; only routes with roles may ask."""
    return request[USER]
