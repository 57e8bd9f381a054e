"""Sources of a search: the index of each condition, and how the condition is checked where another one is walked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tickets.model import Row
from tickets.store.search.notes import REPORT
from tickets.store.search.text_index import Term

if TYPE_CHECKING:
    from tickets.store.search.searches import Wanted

LAST = 4  # digits of a number that are indexed from its end
FACTS = "search_facts"
EVERY = "1 = 1"


def last_digits(column: str) -> str:
    """The end of a number as it is indexed; both databases have its functions."""
    return f"substr({column}, length({column}) - {LAST - 1})"


TYPED = "replace(replace(d.reporter_number, '-', ''), ' ', '')"


@dataclass(frozen=True, slots=True)
class Strand:
    """One walk through an index: rows of `table` (named d) where `where`, by `column`, which holds ticket numbers."""

    table: str
    where: str
    values: Row = field(default_factory=dict)
    column: str = "ticket"

    @property
    def has_facts(self) -> bool:
        """The rows that are walked are those of the facts themselves."""
        return (self.table, self.where) == (FACTS, EVERY)

    def select(self, columns: str) -> str:
        """The rows between two numbers."""
        d = f"d.{self.column}"
        return f"SELECT {columns} FROM {self.table} d WHERE {self.where} AND {d} >= :low AND {d} < :high"


@dataclass(frozen=True, slots=True)
class Source:
    """A condition: its strands, and how it is checked for a ticket of another source.

    `facts`: on the ticket's row of facts, called `{f}`. `seek`: the same by the index of that fact, on the ticket's
    number, called `{ticket}`. `check`: a condition on that number which has no row of facts.
    `first`: always walked, whatever else there is. `rechecked`: the strands alone are not enough.
    `texts`: that of a word; in so many it stands, at most."""

    walks: tuple[Strand, ...]
    facts: str = ""
    check: str = ""
    seek: str = ""
    values: Row = field(default_factory=dict)
    first: bool = False
    rechecked: bool = False
    texts: int | None = None

    def passing(self, others: Sequence[Source], facts: Sequence[str], *, few: bool) -> str:
        """Selects the tickets of this source that pass the others, in their order, and `facts`; newest first.

        One look at a ticket's row of facts checks all of them: that is best for a `few` tickets. Where many are looked
        at, each of those rows would be a page of the file; by the index of a fact hundreds of tickets share one."""
        if few or any(walk.has_facts for walk in self.walks):
            rows = [other.facts for other in others if other.facts]
            return self.statement([*rows, *facts], [other.check for other in others if other.check])
        rows = [other.facts for other in others if other.facts and not other.seek]
        seeks = [other.seek or other.check for other in others if other.seek or other.check]
        return self.statement([*rows, *facts], seeks, row_last=True)

    def statement(self, facts: Sequence[str], checks: Sequence[str], *, row_last: bool = False) -> str:
        """Selects the tickets of this source that pass the checks, newest first.

        Each strand is read in its order and they are merged, so that nothing is read behind the last hit."""
        arms = [_arm(walk, facts, checks, row_last=row_last) for walk in self.walks]
        if len(arms) == 1:
            arms = [arms[0].replace("SELECT", "SELECT DISTINCT", 1)]
        return f"{' UNION '.join(arms)} ORDER BY number DESC LIMIT :limit"

    def counts(self) -> Iterator[tuple[str, Row]]:
        """Counts each strand's tickets, up to `most`."""
        for walk in self.walks:
            yield f"SELECT count(*) FROM ({walk.select('1')} LIMIT :most) x", walk.values

    def floors(self) -> Iterator[tuple[str, Row]]:
        """Finds each strand's ticket that is `span` further down."""
        for walk in self.walks:
            d = f"d.{walk.column}"
            yield f"{walk.select(f'{d} AS ticket')} ORDER BY {d} DESC LIMIT 1 OFFSET :span", walk.values


def _arm(walk: Strand, facts: Sequence[str], checks: Sequence[str], *, row_last: bool) -> str:
    """One strand with everything that is to be checked; the facts with one look at the ticket's row of them."""
    ticket = f"d.{walk.column}"
    conditions = [check.format(ticket=ticket) for check in checks]
    if facts and walk.table == FACTS and not row_last:
        conditions = [each.format(f="d") for each in facts] + conditions
    elif facts:
        every = " AND ".join(each.format(f="f") for each in facts)
        row = f"EXISTS (SELECT 1 FROM {FACTS} f WHERE f.ticket = {ticket} AND {every})"
        conditions.insert(len(conditions) if row_last else 0, row)
    return " AND ".join((walk.select(f"{ticket} AS number"), *conditions))


def sources_of(wanted: Wanted, terms: Sequence[Term], *, whole: bool = True) -> list[Source]:
    """The sources of a search, at least one: all tickets where nothing limits it. `whole`: the index has all."""
    sources = [source for source in (_number(wanted, whole=whole), *_words(wanted, terms)) if source]
    for name, build in _FILTERS.items():
        if (value := getattr(wanted, name)) is not None:
            sources.append(build(value))
    everything = Strand(FACTS, EVERY) if whole else Strand("tickets", EVERY, column="number")
    return sources or [Source((everything,))]


def _number(wanted: Wanted, *, whole: bool) -> Source | None:
    if not wanted.phone and not wanted.digits:
        return None
    digits = wanted.digits or (wanted.phone or "")[3:]  # behind the country's code: it was typed with or without
    values: Row = {"tail": digits[-LAST:], "pattern": f"%{digits}"}
    if not wanted.phone:
        return Source((Strand("search_numbers", "d.tail = :tail AND d.number LIKE :pattern", values),), first=True,
                      values=values)  # fmt: skip
    values["phone"] = wanted.phone
    same = "d.tail = :tail AND (d.number = :phone OR d.call = '' AND d.number LIKE :pattern)"
    walks = [Strand("search_numbers", same, values)]
    if not whole:  # whole numbers have an index since ever
        walks.append(Strand("calls", "d.number = :phone", {"phone": wanted.phone}))
    return Source(tuple(walks), values=values, first=True)


def _words(wanted: Wanted, terms: Sequence[Term]) -> Iterator[Source]:
    """One source for each word; whoever does not see all notes has those of an agency alone."""
    readable = f" AND {{p}}.source IN ('{REPORT}', :reader)" if wanted.reader else ""
    reader: Row = {"reader": wanted.reader} if wanted.reader else {}
    for place, term in enumerate(terms):
        values = {f"word{place}_{n}": id_ for n, id_ in enumerate(term.ids)}
        seen = readable.format(p="d")
        walks = tuple(
            Strand("search_postings", f"d.word = :{name}{seen}", {name: id_} | reader) for name, id_ in values.items()
        )
        among = ", ".join(f":{name}" for name in values)
        check = f"EXISTS (SELECT 1 FROM search_postings p WHERE p.word IN ({among}) AND p.ticket = {{ticket}}"
        yield Source(walks, check=f"{check}{readable.format(p='p')})", values=values | reader, texts=term.reports)


def _checked(column: str) -> str:
    """A fact in a condition that no index may serve: the source that is walked was chosen already."""
    return f"coalesce({{f}}.{column}, '')"


def _sought(column: str, value: str) -> str:
    """A fact in a condition that its index serves: between bounds, since the key of all would serve an equation."""
    same = f"x.{column} = :{value} AND x.ticket >= {{ticket}} AND x.ticket <= {{ticket}}"
    return f"EXISTS (SELECT 1 FROM {FACTS} x WHERE {same})"


def _fact(column: str, value: str) -> Source:
    values = {column: value}
    walk = Strand(FACTS, f"d.{column} = :{column}", values)
    return Source((walk,), facts=f"{_checked(column)} = :{column}", seek=_sought(column, column), values=values)


def _state(state: str) -> Source:
    fact, values = f"{_checked('status')} = :state", {"state": state}
    if state in ("open", "dispatched"):  # the only ones that are few; as text, or their index is not used
        walk = Strand("tickets", f"d.status = '{state}'", column="number")
        return Source((walk,), facts=fact, values=values)
    return Source((Strand(FACTS, EVERY),), facts=fact, values=values, rechecked=True)


def _operator(login: str) -> Source:
    values = {"operator": login}
    walks = (Strand(FACTS, "d.operator = :operator", values), Strand(FACTS, "d.talked_with = :operator", values))
    fact = f"({_checked('operator')} = :operator OR {_checked('talked_with')} = :operator)"
    seek = f"({_sought('operator', 'operator')} OR {_sought('talked_with', 'operator')})"
    return Source(walks, facts=fact, seek=seek, values=values)


def _agency(opd: str) -> Source:
    values = {"agency": opd}
    check = "EXISTS (SELECT 1 FROM search_agencies a WHERE a.opd = :agency AND a.ticket = {ticket})"
    return Source((Strand("search_agencies", "d.opd = :agency", values),), check=check, values=values)


_FILTERS: dict[str, Callable[[str], Source]] = {
    "state": _state,
    "category": lambda value: _fact("category", value),
    "kecamatan": lambda value: _fact("kecamatan", value),
    "agency": _agency,
    "operator": _operator,
    "outcome": lambda value: _fact("outcome", value),
}
