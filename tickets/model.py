"""Values of tickets and assignments: states, kinds, allowed transitions, and the records that pass between packages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

Row = dict[str, Any]
ContactChannel = tuple[str, str]  # a contact and a channel

TICKET_STATUSES = ("open", "dispatched", "done", "closed")
ENDED_STATUSES = frozenset({"done", "closed"})
TICKET_KINDS = ("emergency", "complaint", "information", "prank", "silent", "unknown")
ROLES = ("operator", "opd", "command", "bupati", "admin")
PRESENCES = ("ready", "paused", "offline")
# how a phone hears a call of others: unheard, heard by the operator alone, heard by both
LISTENING = ("listen", "whisper", "join")

WAITING_STATE = "dikirim"
# the OPD said on the telephone that it is not responsible: contacts above are pushed until a taker is named
TURNED_DOWN_STATE = "ditolak"
# the phase of pushes that tell an agency what changed after its dispatch; no state, it lasts until that is read
AMENDED = "diubah"
# the phase of pushes for an emergency that no agency was sent; no state of an assignment
UNSENT = "belum_dikirim"
ENDED_STATES = frozenset({"selesai", "bukan_wewenang", "dibatalkan"})

# Allowed next states; a pair that is not listed is refused.
ASSIGNMENT_STEPS: Mapping[str, tuple[str, ...]] = {
    "dikirim": ("diterima", "berangkat", "di_lokasi", "ditolak", "bukan_wewenang", "dibatalkan"),
    "diterima": ("berangkat", "di_lokasi", "selesai", "ditolak", "bukan_wewenang", "dibatalkan"),
    "ditolak": ("diterima", "berangkat", "di_lokasi", "bukan_wewenang", "dibatalkan"),
    "berangkat": ("di_lokasi", "selesai", "dibatalkan"),
    "di_lokasi": ("selesai", "dibatalkan"),
    "selesai": (),
    "bukan_wewenang": (),
    "dibatalkan": (),
}

# Verdicts of an operator that need no OPD: the ticket is closed with the call.
CLOSING_KINDS = frozenset({"information", "prank", "silent"})


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a change: `kind` is user, call, process or contact; `name` the login, call id, process or
    contact."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class PlannedPush:
    """One line of an assignment's ladder: push `contact` over `channel`, first at `due_at`, then `every_s` seconds."""

    step: int
    contact: str
    channel: str
    due_at: datetime
    every_s: float
    phase: str = WAITING_STATE


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The past of a ticket that agencies hand on: unanswered `since` then, and for which time it is handed on."""

    since: datetime
    times: int


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """One test push: `state` is waiting, or why it is not sent (placeholder, away, failed), with its sentence."""

    contact: str
    opd: str | None
    channel: str
    state: str = "waiting"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DuePush:
    """A push claimed under a lease: it is sent now, and again every `every_s` seconds until the OPD responds."""

    id: int
    assignment: int
    ticket: str
    opd: str
    step: int
    contact: str
    channel: str
    phase: str
    due_at: datetime
    every_s: float
    attempts: int
    dispatched_at: datetime
    failures: int = 0  # since it last succeeded


def to_text(moment: datetime) -> str:
    """The stored form of a moment: ISO 8601 in UTC with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """The moment of a stored text; aware, UTC."""
    return datetime.fromisoformat(text)


def day_of(now: datetime, zone: tzinfo) -> str:
    """The day in a ticket's number: YYYYMMDD in the site's zone."""
    return now.astimezone(zone).strftime("%Y%m%d")
