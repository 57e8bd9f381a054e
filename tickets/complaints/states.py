"""Complaints («Wadul Bupati»): their states, what these follow from, and how long each may last; pure.

States follow from what is known of the ticket and its assignments; nobody sets one by hand but a rejection, and what
the government's own application tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from tickets.complaints.working_days import WorkingDays
from tickets.model import CLOSING_KINDS, TURNED_DOWN_STATE, Row, from_text, to_text
from tickets.routing import Routing

STATES = ("masuk", "diteruskan", "dijawab", "selesai", "ditolak", "darurat")
ENDED = frozenset({"selesai", "ditolak"})
SOURCES = ("112", "sosial")
TOLD_STATES = ("diteruskan", "dijawab", "selesai", "ditolak")  # what an application may say
PATIENCE_S = 2 * 86400.0
NOT_THEIRS = frozenset({"bukan_wewenang", "dibatalkan"})


@dataclass(frozen=True, slots=True)
class Terms:
    """Working days from filing to being passed on, from there to an OPD's first answer, and from filing to the end
    (SP4N-LAPOR: 3, 5, 10), counted by `calendar` in `zone`. `url`: the government's own application, or none."""

    calendar: WorkingDays = field(default_factory=WorkingDays)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))
    pass_on: int = 3
    answer: int = 5
    done: int = 10
    url: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a complaint and when it reached each stage (stored moments; None where it did not happen)."""

    state: str
    passed_at: str | None = None
    answered_at: str | None = None
    ended_at: str | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """Bounds for the store: a term that began before its bound is over now."""

    pass_on: datetime
    answer: datetime
    done: datetime

    def texts(self) -> dict[str, str]:
        """The bounds as the store writes moments."""
        return {"pass_on": to_text(self.pass_on), "answer": to_text(self.answer), "done": to_text(self.done)}


def overdue(terms: Terms, now: datetime) -> Overdue:
    """Bounds for what `clock` calls late, so that the store can compare them with stored moments."""
    days = (terms.pass_on, terms.answer, terms.done)
    return Overdue(*(terms.calendar.over_before(now, count, terms.zone) for count in days))


def patience_s(routing: Routing, opd: str, kind: str) -> float:
    """Seconds that an agency may stay inactive after accepting before it is pushed again: for a complaint days."""
    own = routing.opds[opd].follow_up_s
    return max(own, PATIENCE_S) if kind == "complaint" else own


def standing(row: Row, ticket: Row, assignments: Sequence[Row]) -> Standing:
    """Derive a complaint's state from its row, its ticket and its assignments (rows of the store)."""
    theirs = [assigned for assigned in assignments if assigned["state"] not in NOT_THEIRS]
    passed = min((assigned["dispatched_at"] for assigned in theirs), default=None)
    heard = [assigned for assigned in theirs if assigned["acknowledged_at"] and assigned["state"] != TURNED_DOWN_STATE]
    answered = min((assigned["acknowledged_at"] for assigned in heard), default=None)
    if ticket["status"] in ("done", "closed"):
        refused = row["state"] == "ditolak" or ticket["kind"] in CLOSING_KINDS
        state, ended = "ditolak" if refused else "selesai", ticket["closed_at"] or row["ended_at"]
        return Standing(state, passed or row["passed_at"], answered or row["answered_at"], ended)
    if not theirs and row["told"] in ("diteruskan", "dijawab"):
        passed, answered = row["passed_at"], row["answered_at"]
    state = "dijawab" if answered else "diteruskan" if passed else "masuk"
    return Standing("darurat" if ticket["kind"] == "emergency" else state, passed, answered)


def clock(terms: Terms, now: datetime, row: Row, waits_since: str | None) -> Row | None:
    """The term that ends next, as `what` (pass_on, answer, done), `due_at` and `left` (working days, negative when
    late); None for what has ended or is an emergency. `waits_since`: since when an OPD has not answered."""
    if row["state"] in ENDED or row["state"] == "darurat":
        return None
    filed = from_text(row["filed_at"])
    ends = {"done": terms.calendar.add(filed, terms.done, terms.zone)}
    if row["state"] == "masuk":
        ends["pass_on"] = terms.calendar.add(filed, terms.pass_on, terms.zone)
    elif waits_since:
        ends["answer"] = terms.calendar.add(from_text(waits_since), terms.answer, terms.zone)
    term = min(ends, key=lambda name: ends[name])
    return _term(terms, now, term, ends)


def _term(terms: Terms, now: datetime, term: str, ends: Mapping[str, datetime]) -> Row:
    left = terms.calendar.left(now, ends[term], terms.zone)
    return {"what": term, "due_at": ends[term].isoformat(), "left": left, "late": now >= ends[term]}
