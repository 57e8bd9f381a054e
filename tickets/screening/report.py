"""The figures of screening for each day of a period and for all of it, as plain values."""

from collections import defaultdict
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets.errors import InvalidInput
from tickets.model import Row, from_text
from tickets.screening.figures import figures
from tickets.store import Store

MOST_DAYS = 366
# days before and after it are counted, and must exist
YEARS = range(2000, 3000)


def report(store: Store, first: date, last: date, zone: ZoneInfo) -> Row:
    """Compute the figures: `days` (each with its `day`) and `total`, both days included, in the zone's days.

    InvalidInput when the period is empty or longer than a year.
    """
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise InvalidInput(f"masa laporan {first} sampai {last} tidak sah: 1 sampai {MOST_DAYS} hari, dari yang awal")
    rows = store.screening.calls(midnight(first, zone), midnight(last + timedelta(days=1), zone))
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        by_day[from_text(row["arrived_at"]).astimezone(zone).date()].append(row)
    days = [first + timedelta(days=n) for n in range(count)]
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "time_zone": zone.key,
        "days": [{"day": day.isoformat(), **asdict(figures(by_day[day]))} for day in days],
        "total": asdict(figures(rows)),
    }


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in a zone."""
    return datetime.combine(day, time(0), zone)


def day_named(text: str | None, otherwise: date, field: str) -> date:
    """A day written YYYY-MM-DD, or the other one where nothing is written; InvalidInput for anything else."""
    if not text:
        return otherwise
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"isian {field} bukan tanggal: {text[:40]!r}, diharapkan misalnya 2026-11-22") from None
    if day.year not in YEARS:
        raise InvalidInput(f"isian {field}: tahun {day.year}, diharapkan {YEARS[0]} sampai {YEARS[-1]}")
    return day
