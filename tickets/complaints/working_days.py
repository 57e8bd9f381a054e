"""Working days: Monday to Friday but for holidays; pure. A term of n of them ends with the n-th after its begin.

The day on which it begins does not count, as in the rules of public service: filed on Friday, three working days are
over when Wednesday ends.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FRIDAY = 4
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A calendar: `free` are the holidays; the longest row of them must be shorter than a year."""

    free: AbstractSet[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """True for a day on which offices work."""
        return day.weekday() <= FRIDAY and day not in self.free

    def add(self, moment: datetime, days: int, zone: ZoneInfo) -> datetime:
        """End of a term of `days` working days that began at `moment`: the midnight that ends its last day."""
        if days < 1:
            raise ValueError(f"a term has at least one working day, not {days}")
        day = moment.astimezone(zone).date()
        while days:
            day += DAY
            days -= self.is_working(day)
        return datetime.combine(day + DAY, time(0), zone)

    def over_before(self, now: datetime, days: int, zone: ZoneInfo) -> datetime:
        """The moment before which a term of so many working days must have begun to be over at `now`."""
        day = now.astimezone(zone).date()
        while self.add(datetime.combine(day, time(12), zone), days, zone) > now:
            day -= DAY
        return datetime.combine(day + DAY, time(0), zone)

    def between(self, first: date, last: date) -> int:
        """Number of working days after `first`, up to and including `last`; 0 where `last` is not later."""
        return sum(self.is_working(first + DAY * n) for n in range(1, (last - first).days + 1))

    def left(self, now: datetime, due: datetime, zone: ZoneInfo) -> int:
        """Working days from today on until a term ends: 0 on its last day, negative by each one that it is late."""
        today, last = now.astimezone(zone).date(), (due.astimezone(zone) - timedelta(microseconds=1)).date()
        return self.between(today, last) if now < due else -max(self.between(last, today), 1)
