"""Selects the pages that a journal row concerns: a change of one agency must not reread the pages of all; pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from console.live.rounds import Group
from tickets.model import Row

# Kinds of journal rows that a page does not show, or shows soon enough at its next tick.
_UNSEEN = {
    "operator": ("push.", "test.", "link.", "device.", "number.", "contact.", "search."),
    "bupati": ("call.", "operator.", "link.", "device.", "number.", "search.", "complaint."),
    "overview": ("link.", "device.", "number.", "search."),
    "screening": ("push.", "test.", "link.", "device.", "complaint.", "operator.", "assignment.", "search."),
}
# The only kinds that these pages show.
_SEEN = {
    "wadul": ("complaint.", "ticket.", "assignment.", "config."),
    "numbers": ("config.", "number."),
    "search": ("config.", "user."),
    "handover": ("config.", "ticket.", "assignment.", "callback.", "contact.", "operator.", "handover."),
}
_OF_AGENCIES = ("assignment.", "ticket.", "push.", "callback.", "test.")
# An agency's answer stands on the cards of the other agencies of its ticket, too; its pushes do not.
_OF_ONE_TO_ALL = "assignment."
_OF_ALL_TICKETS = ("config.", "number.")


@dataclass(frozen=True, slots=True)
class Ties:
    """The agencies that have some tickets, and those tickets with all that are merged with them."""

    opds: Set[str] = frozenset()
    tickets: Set[str] = frozenset()


def tickets_of(rows: Iterable[Row]) -> set[str]:
    """The tickets of these rows."""
    return {row["ticket"] for row in rows if row["ticket"] is not None}


def concerned(groups: Iterable[Group], rows: Iterable[Row], ties: Ties) -> set[Group]:
    """The groups that may look different after these rows; `ties` are those of the rows' tickets."""
    rows = list(rows)
    kinds = {row["kind"] for row in rows}
    opds = _agencies(rows, ties)
    return {group for group in groups if _shows(group, kinds, opds, ties)}


def _shows(group: Group, kinds: Set[str], opds: Set[str] | None, ties: Ties) -> bool:
    page, subject = group
    if page == "opd":
        return opds is None or subject in opds
    if page == "ticket":
        return subject in ties.tickets or any(kind.startswith(_OF_ALL_TICKETS) for kind in kinds)
    if page in _SEEN:
        return any(kind.startswith(_SEEN[page]) for kind in kinds)
    return any(not kind.startswith(_UNSEEN.get(page, ())) for kind in kinds)


def _agencies(rows: Iterable[Row], ties: Ties) -> set[str] | None:
    """The agencies whose page may change; None: all."""
    opds: set[str] = set()
    for row in rows:
        kind = row["kind"]
        if kind.startswith("config."):
            return None
        if not kind.startswith(_OF_AGENCIES):
            continue
        own = row["data"].get("opd")
        if own is None or kind.startswith(_OF_ONE_TO_ALL):
            opds |= ties.opds
        opds |= set() if own is None else {str(own)}
    return opds
