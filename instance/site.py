"""The site: settings of one service and its machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from asterisk.site import AsteriskSite
from console.site import ConsoleSite
from tickets.web_push import WebPushSite


@dataclass(frozen=True, slots=True)
class StoreSite:
    """Settings of the store; folders as written, relative ones from the instance's. `replica`: where litestream copies
    to, None without replication; `backup_every_s` 0: no automatic backups."""

    spill: str | None = None
    min_free_bytes: int = 500_000_000
    backups: str = "var/backup"
    backup_every_s: float = 86400.0
    backups_kept: int = 14
    replica: str | None = None
    litestream: str = "litestream"


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the site's own certificate as site.yaml names them; both empty where the program makes one."""

    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class WadulSite:
    """The government's own application for complaints: its address or None, and how long a message
    is tried before somebody has to ask for it."""

    url: str | None = None
    give_up_s: float = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class PageTestSite:
    """Time of the weekly test of all contacts: `day` (Monday 0) and `hour` in the site's zone."""

    day: int
    hour: int


@dataclass(frozen=True, slots=True)
class Site:
    """The content of site.yaml; durations in seconds. `mobile_trunk` names the trunk over which mobiles are called;
    `hides_numbers`: agencies do not see reporters' numbers and call them through us."""

    name: str
    region: str
    time_zone: str
    asterisk: AsteriskSite
    console: ConsoleSite
    places: Path
    ring_s: float = 15.0
    wrap_up_s: float = 120.0
    short_talk_s: float = 5.0
    similar_s: float = 3600.0
    ear: bool = True
    hides_numbers: bool = False
    country_code: str = "62"
    area_code: str = "0291"
    mobile_trunk: str | None = None
    numbers_kept_s: float = 365 * 86400.0
    recordings_kept_s: float = 180 * 86400.0
    messages_kept_s: float = 365 * 86400.0
    photos_kept_s: float = 365 * 86400.0
    reports_kept_s: float = 5 * 365 * 86400.0
    store: StoreSite = StoreSite()
    tls: Tls | None = None
    wadul: WadulSite = WadulSite()
    page_test: PageTestSite | None = None
    web_push: WebPushSite = field(default_factory=WebPushSite)
