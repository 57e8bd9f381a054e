"""Indonesian public holidays by name, as dates for the opening hours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from instance.problems import one_of, quoted
from instance.schema.hours import HolidaysModel
from instance.yaml_marks import Document
from ivr.hours import SpecialDay

YEARS = range(2024, 2041)
ROUTE = "holidays"


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday on one date; `cuti_bersama` where it is only a collective leave day."""

    day: date
    name: str
    cuti_bersama: bool


@lru_cache(maxsize=1)
def calendar() -> tuple[Holiday, ...]:
    """Every known holiday; later years are estimates until the government's decree."""
    days = []
    for category in ("public", "government"):
        table = holidays.country_holidays("ID", years=YEARS, language="id", categories=(category,))
        for day, names in table.items():
            for name in names.split("; "):
                days.append(Holiday(day, name.removesuffix(" (perkiraan)"), name.startswith("Cuti Bersama")))
    return tuple(sorted(set(days), key=lambda holiday: (holiday.day, holiday.name)))


def names() -> list[str]:
    """The names that hours.yaml may use, in the order of the year."""
    return list(dict.fromkeys(holiday.name for holiday in calendar() if holiday.day.year >= 2026))


def plain(name: str) -> str:
    """A name without differences of spelling: «Hari Raya Idul Fitri» and «idulfitri» are the same."""
    shorter = re.sub(r"^hari( raya| suci)? |(?<=cuti bersama )hari( raya| suci)? ", "", name.casefold().strip())
    return re.sub(r"[^a-z0-9]", "", shorter)


def check(document: Document, named: Mapping[str, object]) -> None:
    """Complain of every holiday name that no calendar has."""
    known = {plain(name) for name in names()}
    for name in named:
        if plain(str(name)) not in known:
            route = (ROUTE, "names", str(name))
            document.complain(route, f"hari libur {quoted(name)} tidak dikenal", one_of(str(name), names()), key=True)


def free_days(model: HolidaysModel, *, cuti_bersama: bool) -> frozenset[date]:
    """Days on which offices are closed: holidays and, if wanted, collective leave, with the changes of hours.yaml."""
    known = {holiday.day for holiday in calendar() if cuti_bersama or not holiday.cuti_bersama}
    return frozenset((known | set(model.add)) - set(model.remove))


def special_days(model: HolidaysModel) -> dict[date, SpecialDay]:
    """Special opening hours by date, for the holidays that hours.yaml names."""
    by_name = {plain(name): windows for name, windows in model.names.items()}
    added = [Holiday(day, name, False) for day, name in model.add.items()]
    special: dict[date, SpecialDay] = {}
    for holiday in (*calendar(), *added):
        usual = model.default if model.cuti_bersama or not holiday.cuti_bersama else None
        windows = by_name.get(plain(holiday.name), usual)
        if windows is not None and holiday.day not in model.remove:
            special[holiday.day] = SpecialDay(windows, holiday.name)
    return special
