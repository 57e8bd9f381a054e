"""Sources of a search: the index of each condition, and how the condition is checked where another one is walked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tickets.model import Row
from tickets.store.search.text_index import Term

if TYPE_CHECKING:
    from tickets.store.search.searches import Wanted

LAST = 4  # digits of a number that are indexed from its end


def last_digits(column: str) -> str:
    """The expression of the index on a number's end; both databases have its functions."""
    return f"substr({column}, length({column}) - {LAST - 1})"


def checked(column: str) -> str:
    """A ticket's column in a condition that no index may serve: the source that is walked was chosen already."""
    return f"coalesce(t.{column}, '')"


TYPED = "replace(replace(d.reporter_number, '-', ''), ' ', '')"


@dataclass(frozen=True, slots=True)
class Strand:
    """One walk through an index: rows of `table` (named d) where `where`, by `column`, which holds ticket numbers."""

    table: str
    column: str
    where: str
    values: Row = field(default_factory=dict)

    def select(self, columns: str) -> str:
        """The rows between two numbers."""
        d = f"d.{self.column}"
        return f"SELECT {columns} FROM {self.table} d WHERE {self.where} AND {d} >= :low AND {d} < :high"


@dataclass(frozen=True, slots=True)
class Source:
    """A condition: its strands, its `check` on t (ticket) and c (call), and their values.

    `first`: always walked, whatever else there is; `rechecked`: the strands alone are not enough."""

    walks: tuple[Strand, ...]
    check: str = ""
    values: Row = field(default_factory=dict)
    first: bool = False
    rechecked: bool = False

    def statement(self, checks: Sequence[str]) -> str:
        """Selects the tickets of this source that pass the checks, newest first."""
        walked = " UNION ".join(walk.select(f"d.{walk.column} AS ticket") for walk in self.walks)
        return f"""SELECT DISTINCT x.ticket AS number FROM ({walked}) x JOIN tickets t ON t.number = x.ticket
            LEFT JOIN calls c ON c.id = t.call WHERE {" AND ".join(checks)} ORDER BY x.ticket DESC LIMIT :limit"""

    def counts(self) -> Iterator[tuple[str, Row]]:
        """Counts each strand's tickets, up to `most`."""
        for walk in self.walks:
            yield f"SELECT count(*) FROM ({walk.select('1')} LIMIT :most) x", walk.values

    def floors(self) -> Iterator[tuple[str, Row]]:
        """Finds each strand's ticket that is `span` further down."""
        for walk in self.walks:
            d = f"d.{walk.column}"
            yield f"{walk.select(f'{d} AS ticket')} ORDER BY {d} DESC LIMIT 1 OFFSET :span", walk.values


def sources_of(wanted: Wanted, terms: Sequence[Term]) -> list[Source]:
    """The sources of a search, at least one: all tickets where nothing limits it."""
    sources = [source for source in (_number(wanted), *map(_word, range(len(terms)), terms)) if source]
    for name, build in _FILTERS.items():
        if (value := getattr(wanted, name)) is not None:
            sources.append(build(value))
    return sources or [Source((Strand("tickets", "number", "1 = 1"),))]


def _number(wanted: Wanted) -> Source | None:
    if not wanted.phone and not wanted.digits:
        return None
    digits = wanted.digits or (wanted.phone or "")[3:]  # behind the country's code: it was typed with or without
    by_end = {"tail": digits[-LAST:], "pattern": f"%{digits}"}
    calls = Strand("calls", "ticket", f"{last_digits('d.number')} = :tail AND d.number LIKE :pattern", by_end)
    if wanted.phone:
        calls = Strand("calls", "ticket", "d.number = :phone", {"phone": wanted.phone})
    typed = Strand("tickets", "number", f"{last_digits(TYPED)} = :tail AND {TYPED} LIKE :pattern", by_end)
    return Source((calls, typed), values=calls.values | by_end, first=True)


def _word(place: int, term: Term) -> Source:
    names = [f"word{place}_{n}" for n in range(len(term.ids))]
    walks = tuple(
        Strand("search_postings", "ticket", f"d.word = :{name}", {name: id_})
        for name, id_ in zip(names, term.ids, strict=True)
    )
    among = ", ".join(f":{name}" for name in names)
    check = f"EXISTS (SELECT 1 FROM search_postings p WHERE p.word IN ({among}) AND p.ticket = t.number)"
    return Source(walks, check, dict(zip(names, term.ids, strict=True)))


def _of_tickets(column: str, value: str) -> Source:
    values = {column: value}
    walk = Strand("tickets", "number", f"d.{column} = :{column}", values)
    return Source((walk,), f"{checked(column)} = :{column}", values)


def _state(state: str) -> Source:
    check, values = f"{checked('status')} = :state", {"state": state}
    if state in ("open", "dispatched"):  # the only ones that are few; as text, or their index is not used
        return Source((Strand("tickets", "number", f"d.status = '{state}'"),), check, values)
    return Source((Strand("tickets", "number", "1 = 1"),), check, values, rechecked=True)


def _operator(login: str) -> Source:
    values = {"operator": login}
    walks = (
        Strand("tickets", "number", "d.operator = :operator", values),
        Strand("calls", "ticket", "d.operator = :operator", values),
    )
    return Source(walks, f"({checked('operator')} = :operator OR c.operator = :operator)", values, rechecked=True)


def _outcome(outcome: str) -> Source:
    values = {"outcome": outcome}
    walk = Strand("calls", "ticket", "d.outcome = :outcome", values)
    return Source((walk,), "c.outcome = :outcome", values, rechecked=True)


def _agency(opd: str) -> Source:
    values = {"agency": opd}
    check = "EXISTS (SELECT 1 FROM assignments a WHERE a.opd = :agency AND a.ticket = t.number)"
    return Source((Strand("assignments", "ticket", "d.opd = :agency", values),), check, values)


_FILTERS = {
    "state": _state,
    "category": lambda value: _of_tickets("category", value),
    "kecamatan": lambda value: _of_tickets("kecamatan", value),
    "agency": _agency,
    "operator": _operator,
    "outcome": _outcome,
}
