"""Gaps in duty hours: categories that reach nobody of their agencies at some minute of the week; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ivr.hours import Hours
from ivr.wording import DAYS, write_day
from tickets.escalation.duty_hours import absence, stand_in
from tickets.routing import EXTRA_CHANNELS, Category, Contact, Ladder, Routing, ladder_for

WEEK = date(2026, 11, 23)  # any Monday: the weekly rhythm alone is asked there
FALLBACK = "tujuan cadangan"
Hole = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An agency without a reachable contact for some hours; `categories` lead to it, `times` in words."""

    opd: str
    kind: str
    categories: tuple[str, ...]
    times: str


def uncovered(routing: Routing) -> list[Uncovered]:
    """Every agency and ladder with a hole, in the order of routing.yaml."""
    lines = []
    for (opd, kind), categories in _ways(routing).items():
        times = holes(routing, ladder_for(routing, opd, kind), opd)
        if times:
            lines.append(Uncovered(opd, kind, tuple(categories), times))
    return lines


def _ways(routing: Routing) -> dict[tuple[str, str], list[str]]:
    """Categories by the agency and kind of ladder to which they lead, through whatever rule."""
    categories: dict[tuple[str, str], list[str]] = {}
    for category in routing.categories.values():
        kind = "complaint" if category.kind == "complaint" else "emergency"
        for opd in _agencies(routing, category):
            categories.setdefault((opd, kind), []).append(category.name)
    for opd in routing.fallback:
        categories.setdefault((opd, "emergency"), []).append(FALLBACK)
    return {way: categories[way] for way in sorted(categories, key=lambda way: list(routing.opds).index(way[0]))}


def _agencies(routing: Routing, category: Category) -> Iterator[str]:
    named = list(category.opds)
    for rule in routing.rules:
        if (not rule.categories or category.code in rule.categories) and (
            not rule.kinds or category.kind in rule.kinds
        ):
            named += [*rule.opds, *rule.add]
    yield from dict.fromkeys(named)


def holes(routing: Routing, ladder: Ladder, opd: str) -> str:
    """Hours in which neither a contact of this agency on the ladder nor a stand-in can be reached; empty when never."""
    targets = [target for step in ladder.steps for target in step.notify if target.channel not in EXTRA_CHANNELS]
    names = dict.fromkeys(target.contact for target in targets)
    own = [routing.contacts[name] for name in names if routing.contacts[name].opd == opd]
    weekly = _without_dates(routing)
    words = _weekly_words(_spans(weekly, [weekly.contacts[contact.name] for contact in own], WEEK, 7))
    asked = [*own, *(routing.contacts[name] for contact in own for name in _all_stand_ins(routing, contact))]
    for day in sorted({day for contact in asked if contact.duty for day in contact.duty.exceptions}):
        regular = _spans(weekly, [weekly.contacts[contact.name] for contact in own], WEEK + timedelta(day.weekday()), 1)
        special = _spans(routing, own, day, 1)
        if special and _clock(special) != _clock(regular):
            words.append(f"{write_day(day)} pukul {_hours(special)}")
    return "; ".join(words)


def _without_dates(routing: Routing) -> Routing:
    def weekly(hours: Hours | None) -> Hours | None:
        return replace(hours, exceptions={}) if hours else None

    return replace(
        routing,
        contacts={name: replace(contact, duty=weekly(contact.duty)) for name, contact in routing.contacts.items()},
    )


def _all_stand_ins(routing: Routing, contact: Contact) -> list[str]:
    names: list[str] = []
    asked = list(contact.stand_in)
    while asked:
        name = asked.pop()
        if name in routing.contacts and name not in names:
            names.append(name)
            asked += routing.contacts[name].stand_in
    return names


def _spans(routing: Routing, contacts: list[Contact], first: date, days: int) -> list[Hole]:
    """The spans from the beginning of a day on in which nobody is there; cut at midnight."""
    zones = [contact.duty.tz for contact in routing.contacts.values() if contact.duty]
    zone = zones[0] if zones else ZoneInfo("Asia/Jakarta")
    edges = sorted(_edges(routing, first, days, zone))
    holes: list[Hole] = []
    for start, end in pairwise(edges):
        if any(_there(routing, contact, start.astimezone(UTC)) for contact in contacts):
            continue
        if holes and holes[-1][1] == start and start.time() != time(0):
            holes[-1] = (holes[-1][0], end)
        else:
            holes.append((start, end))
    return holes


def _edges(routing: Routing, first: date, days: int, zone: ZoneInfo) -> set[datetime]:
    """Every moment at which somebody's duty may begin or end, and every midnight."""
    times = {time(0)}
    for contact in routing.contacts.values():
        if contact.duty:
            special = [window for day in contact.duty.exceptions.values() for window in day.windows]
            windows = [*special, *(window for day in contact.duty.weekly for window in day)]
            times |= {edge for window in windows for edge in (window.start, window.end)}
    moments = {datetime.combine(first + timedelta(n), at, zone) for n in range(days) for at in times}
    return moments | {datetime.combine(first + timedelta(days), time(0), zone)}


def _there(routing: Routing, contact: Contact, now: datetime) -> bool:
    return not absence(contact, now, ()) or stand_in(routing, contact, now, ()) is not None


def _weekly_words(spans: list[Hole]) -> list[str]:
    """«setiap hari pukul 00.00-07.00», «Sabtu dan Minggu pukul 00.00-24.00»."""
    by_hours: dict[str, list[int]] = {}
    for start, end in spans:
        by_hours.setdefault(_hours([(start, end)]), []).append(start.weekday())
    return [f"{_days(days)} pukul {hours}" for hours, days in by_hours.items()]


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return "setiap hari"
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0]]} sampai {DAYS[days[-1]]}"
    return " dan ".join(filter(None, [", ".join(DAYS[day] for day in days[:-1]), DAYS[days[-1]]]))


def _hours(spans: list[Hole]) -> str:
    return " dan ".join(f"{start}-{end}" for start, end in _clock(spans))


def _clock(spans: list[Hole]) -> list[tuple[str, str]]:
    return [(f"{a:%H.%M}", f"{b:%H.%M}" if b.time() != time(0) else "24.00") for a, b in spans]
