"""Searches as people make them: the text as they type it, what their role may see, and the row in the journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.cases.acting import Member
from tickets.cases.search_text import cleaned, compact_day, day_in, tickets_in
from tickets.complaints import tracking
from tickets.errors import InvalidField, NotFound, NotPermitted
from tickets.model import TICKET_STATUSES, Actor, Row
from tickets.screening.report import midnight
from tickets.store import Store
from tickets.store.search.searches import Result, Wanted
from tickets.store.search.words import words_of

BEGINNING = date(2000, 1, 1)  # before every ticket
_END = date.max - timedelta(days=9)  # so that days can be added to it
MOST_WORDS = 12
MOST = 1000
FEWEST_DIGITS = 4
FEWEST_ROWS = 8  # hits for which another connection is worth its while
OUTCOMES = ("talked", "message", "abandoned", "cut", "after_hours", "silent")
FILTERS = ("state", "category", "kecamatan", "agency", "operator", "outcome")
_TELEPHONE = re.compile(r"\+?[\d\s().-]+")
_STAFF = frozenset({"operator", "command", "admin", "cli"})

NumberOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed; `first` and `last` are days of the site's zone, `before` the `next` of another."""

    text: str = ""
    first: date | None = None
    last: date | None = None
    limit: int = 50
    before: str | None = None
    filters: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody who searches without a login: at the machine itself."""

    actor: Actor
    role: str = "cli"
    opd: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers that a search has found, before their rows are read: `by` is what its text was taken for."""

    by: str
    wanted: Wanted
    result: Result
    filters: tuple[str, ...]

    def parts(self, most: int) -> list[tuple[str, ...]]:
        """The numbers in at most so many slices, in their order: each may be read by another connection."""
        numbers = self.result.numbers
        size = max(FEWEST_ROWS, -(-len(numbers) // most))
        return [numbers[begin : begin + size] for begin in range(0, len(numbers), size)]

    def rows(self, store: Store, numbers: Sequence[str]) -> list[Row]:
        """The hits of some of the numbers."""
        wanted = self.wanted
        return store.searches.hits(numbers, wanted.words, wanted.reader, self.result.instead)

    def answer(self, rows: Iterable[Row], user: Member, *, hides_numbers: bool = False) -> Answer:
        """The answer with these hits, as the user may see them."""
        result = self.result
        shown = {
            "by": self.by,
            "hits": [_seen(hit, user, hides_numbers=hides_numbers) for hit in rows],
            "more": result.next is not None,
            "next": result.next,
            "instead": {typed: list(words) for typed, words in result.instead.items()},
            "indexing": result.indexing,
        }
        return Answer(shown, self)

    def note(self, store: Store, now: datetime, actor: Actor) -> None:
        """Journal the look; the answer may be shown afterwards."""
        store.searches.note(now, self.by, self.result.numbers, self.filters, actor)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer `shown`, as pages and programs get it, and the finding whose look is to be journalled before."""

    shown: Row
    finding: Found


def search(
    store: Store,
    asked: Asked,
    user: Member,
    zone: ZoneInfo,
    now: datetime,
    number_of: NumberOf,
    *,
    hides_numbers: bool = False,
    whole: bool = False,
) -> Answer:
    """Search with one connection; as `find` and then its rows."""
    finding = find(store, asked, user, zone, now, number_of, whole=whole)
    return finding.answer(finding.rows(store, finding.result.numbers), user, hides_numbers=hides_numbers)


def find(
    store: Store,
    asked: Asked,
    user: Member,
    zone: ZoneInfo,
    now: datetime,
    number_of: NumberOf,
    *,
    whole: bool = False,
) -> Found:
    """Find the numbers; only reads. `whole`: however long it takes. InvalidField for what cannot be searched for.

    An agency gets its own tickets alone, with what its page shows of them."""
    wanted = _limited(_checked(asked, zone, now), user)
    by, wanted, result = _found(store, asked.text.strip(), wanted, number_of, zone, whole=whole)
    return Found(by, wanted, result, tuple(sorted(_limits(asked))))


def _checked(asked: Asked, zone: ZoneInfo, now: datetime) -> Wanted:
    """The limits of a search, checked; InvalidField names the one that is wrong."""
    unknown = sorted(asked.filters.keys() - set(FILTERS))
    if unknown:
        raise InvalidField(unknown[0], f"saringan tidak dikenal: {unknown[0]}; yang ada: {', '.join(FILTERS)}")
    for name, known in (("state", TICKET_STATUSES), ("outcome", OUTCOMES)):
        value = asked.filters.get(name)
        if value is not None and value not in known:
            raise InvalidField(name, f"isian {name} {value[:40]!r} tidak dikenal; yang ada: {', '.join(known)}")
    if not asked.text.strip() and not _limits(asked):
        raise InvalidField("text", "isian TEXT kosong; diharapkan nomor tiket, nomor telepon atau kata-kata")
    first, last = asked.first, asked.last
    if first and first > (last or now.astimezone(zone).date() + timedelta(days=1)):
        last = last or now.astimezone(zone).date()
        raise InvalidField("to", f"hari terakhir {last:%Y-%m-%d} sebelum hari pertama {first:%Y-%m-%d}")
    limits = {name: value for name, value in asked.filters.items() if value is not None}
    begin = midnight(max(first, BEGINNING), zone) if first else None
    end = midnight(min(last, _END) + timedelta(days=1), zone) if last else None
    return Wanted(begin, end, min(asked.limit, MOST), asked.before, **limits)


def _limits(asked: Asked) -> set[str]:
    """Names of what limits a search beside its text."""
    days = {"from": asked.first, "to": asked.last}
    return {name for name, value in (asked.filters | days).items() if value is not None}


def _limited(wanted: Wanted, user: Member) -> Wanted:
    """The search within what the user may see."""
    if user.role in _STAFF:
        return wanted
    if user.role != "opd" or user.opd is None:
        raise NotPermitted(f"peran {user.role} tidak boleh mencari tiket")
    if wanted.agency not in (None, user.opd):
        raise NotPermitted("OPD hanya bisa mencari tiketnya sendiri")
    return replace(wanted, agency=user.opd, reader=user.opd)


def _found(
    store: Store, text: str, wanted: Wanted, number_of: NumberOf, zone: ZoneInfo, *, whole: bool
) -> tuple[str, Wanted, Result]:
    """The text by the first of its meanings that has a hit, and by its last one where none has."""
    answer = ("words", wanted, Result(()))
    for by, meant in _meanings(store, text, wanted, number_of, zone):
        result = store.searches.find(meant, whole=whole)
        answer = (by, meant, result)
        if result.numbers or result.next:
            break
    return answer


def _meanings(store: Store, text: str, wanted: Wanted, number_of: NumberOf, zone: ZoneInfo) -> list[tuple[str, Wanted]]:
    if not text:
        return [("filters", wanted)]
    typed = cleaned(text)
    if numbers := tickets_in(typed):
        return [("ticket", replace(wanted, ticket=number)) for number in numbers]
    if (day := day_in(typed)) is not None:
        return [("day", _within(wanted, day, zone))]
    meanings = []
    if _TELEPHONE.fullmatch(typed):
        meanings += _numbers(store, typed, wanted, number_of)
        if (day := compact_day(typed)) is not None:
            meanings.append(("day", _within(wanted, day, zone)))
    words = tuple(dict.fromkeys(words_of(text)))
    if len(words) > MOST_WORDS:
        raise InvalidField("text", f"isian TEXT berisi {len(words)} kata, paling banyak {MOST_WORDS}")
    return meanings + ([("words", replace(wanted, words=words))] if words else [])


def _within(wanted: Wanted, day: date, zone: ZoneInfo) -> Wanted:
    """The search within one day, and within its own days as well."""
    first = midnight(max(day, BEGINNING), zone)
    last = midnight(max(min(day, _END), BEGINNING) + timedelta(days=1), zone)
    if wanted.first is not None:
        first = max(first, wanted.first)
    return replace(wanted, first=first, last=last if wanted.last is None else min(last, wanted.last))


def _numbers(store: Store, text: str, wanted: Wanted, number_of: NumberOf) -> list[tuple[str, Wanted]]:
    """The meanings of digits: a complaint's tracking number, a telephone number, the end of one."""
    meanings = []
    tracked = tracking.parse(text)
    if tracked:
        with suppress(NotFound):
            meanings.append(("tracking", replace(wanted, ticket=store.complaints.of_tracking(tracked)["ticket"])))
    if phone := number_of(text):
        meanings.append(("phone", replace(wanted, phone=phone)))
    digits = "".join(letter for letter in text if letter in "0123456789")
    if len(digits) >= FEWEST_DIGITS:
        end = digits.lstrip("0") if digits.startswith("0") else digits
        meanings.append(("digits", replace(wanted, digits=end if len(end) >= FEWEST_DIGITS else digits)))
    return meanings


def _seen(hit: Row, user: Member, *, hides_numbers: bool) -> Row:
    """The part of a hit that this user may see."""
    if user.role in _STAFF:
        return hit
    hidden = {"caller": hit["caller"] | {"display": None}, "call": None, "talked_with": None, "operator": None}
    if hides_numbers:
        hidden["caller"] |= {"number": None}
    return hit | hidden | {"agencies": [opd for opd in hit["agencies"] if opd == user.opd]}
