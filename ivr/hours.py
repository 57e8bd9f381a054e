"""Opening hours of the line, decided for an instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from ivr.wording import DAYS, MIDNIGHT, say_window, write_day, write_time, write_window, zone_name

ONE_DAY = timedelta(days=1)
MINUTES = 24 * 60
Minutes = tuple[tuple[int, int], ...]
Dated = tuple[date, Minutes]


@dataclass(frozen=True, slots=True)
class Window:
    """Open from `start` until just before `end`; `end` <= `start` means over midnight, 00:00-00:00 a whole day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """The windows that replace those of the weekday on one date; none means closed all day."""

    windows: tuple[Window, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class AfterHours:
    """Service while the line is closed: `page_duty` pushes the duty contact for a message that was left."""

    leave_message: bool = True
    page_duty: bool = False
    max_message_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours of one site; `weekly` has seven days, Monday first."""

    time_zone: str
    weekly: tuple[tuple[Window, ...], ...]
    exceptions: Mapping[date, SpecialDay] = field(default_factory=dict)
    after_hours: AfterHours = AfterHours()

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which all windows are meant."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Gate:
    """The line is open or closed, for a reason (Indonesian), until `changes_at` (None: for ever)."""

    open: bool
    reason: str
    changes_at: datetime | None


def decide(hours: Hours, now: datetime, *, until: bool = True) -> Gate:
    """The gate at `now` (aware, any zone): of 07:00-21:00, 07:00:00 is open and 21:00:00 is closed.

    `until=False` leaves out when an open line closes. With hours that touch day after day that is a long search (20 ms
    for a line that never closes), and a caller is waiting to be answered."""
    instant = now.astimezone(UTC)
    today = instant.astimezone(hours.tz).date()
    for start, end, day in _spans(hours, today - ONE_DAY, today):
        if start <= instant < end:
            return Gate(True, _why_open(hours, day), _closes(hours, end, today) if until else None)
    opens = _opens(hours, instant, today)
    return Gate(False, _why_closed(hours, today, opens), opens)


def windows_on(hours: Hours, day: date) -> tuple[Window, ...]:
    """The windows that begin on `day` in order; a special day replaces those of its weekday."""
    special = hours.exceptions.get(day)
    return tuple(sorted(special.windows if special else hours.weekly[day.weekday()], key=lambda w: w.start))


def spoken(hours: Hours) -> str:
    """The weekly hours in words for a prompt: «setiap hari pukul tujuh pagi sampai pukul sembilan malam»."""
    runs = [[day for day, _ in run] for _, run in groupby(enumerate(hours.weekly), key=lambda item: set(item[1]))]
    phrases = [_speak_run(run, hours.weekly[run[0]]) for run in runs if hours.weekly[run[0]]]
    return ", ".join(phrases) or "yang diumumkan pemerintah daerah"


def for_failsafe(hours: Hours, today: date, days: int = 400) -> tuple[tuple[Minutes, ...], tuple[Dated, ...]]:
    """The hours as plain minutes, for Asterisk's own dialplan: those of each weekday, and the dates that differ.

    Each day is a tuple of (first minute, minute after the last) between 0 and 1440; windows over midnight are split."""
    weekly = tuple(_minutes(hours.weekly[day - 1], hours.weekly[day]) for day in range(7))
    dates = []
    for day in (today + timedelta(days=offset) for offset in range(-1, days)):
        minutes = _minutes(windows_on(hours, day - ONE_DAY), windows_on(hours, day))
        if minutes != weekly[day.weekday()]:
            dates.append((day, minutes))
    return weekly, tuple(dates)


def _spans(hours: Hours, first: date, last: date) -> Iterator[tuple[datetime, datetime, date]]:
    """The open intervals (UTC) of the windows that begin from `first` to `last`, and their day."""
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for window in windows_on(hours, day):
            end_day = day if window.end > window.start else day + ONE_DAY
            yield _utc(day, window.start, hours.tz), _utc(end_day, window.end, hours.tz), day


def _utc(day: date, at: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tz).astimezone(UTC)


def _last_day(hours: Hours, today: date) -> date:
    """The last special day and a week more: from there on only the weekly rhythm goes on."""
    return max(today, *hours.exceptions, today) + timedelta(days=9)


def _closes(hours: Hours, end: datetime, today: date) -> datetime | None:
    """The end of the run of touching windows that holds `end`; None when it never ends."""
    last = _last_day(hours, today)
    for start, other_end, _ in _spans(hours, today - ONE_DAY, last):
        if start > end:
            return end.astimezone(hours.tz)
        end = max(end, other_end)
    return None if end > _utc(last, MIDNIGHT, hours.tz) else end.astimezone(hours.tz)


def _opens(hours: Hours, instant: datetime, today: date) -> datetime | None:
    """The begin of the next window; None when there is none."""
    for start, end, _ in _spans(hours, today, _last_day(hours, today)):
        if instant < start < end:
            return start.astimezone(hours.tz)
    return None


def _why_open(hours: Hours, day: date) -> str:
    return f"buka: jam layanan {_write_hours(hours, day)}"


def _why_closed(hours: Hours, today: date, opens: datetime | None) -> str:
    if opens is None:
        return f"tutup: jam layanan {_write_hours(hours, today)}; tidak ada jam buka lagi"
    at = f"{write_day(opens.date())} pukul {write_time(opens.time())} {zone_name(hours.time_zone)}"
    return f"tutup: jam layanan {_write_hours(hours, today)}; buka lagi {at}"


def _write_hours(hours: Hours, day: date) -> str:
    """A day and its windows: «Jumat 25 Desember 2026 (Hari Raya Natal) pukul 08.00-12.00 WIB»."""
    special = hours.exceptions.get(day)
    named = write_day(day) + (f" ({special.reason})" if special and special.reason else "")
    windows = windows_on(hours, day)
    if not windows:
        return f"{named} libur"
    return f"{named} {' dan '.join(write_window(w.start, w.end) for w in windows)} {zone_name(hours.time_zone)}"


def _speak_run(run: list[int], windows: tuple[Window, ...]) -> str:
    first, last = DAYS[run[0]], DAYS[run[-1]]
    days = "setiap hari" if len(run) == 7 else f"hari {first}" if first == last else f"hari {first} sampai {last}"
    ordered = sorted(windows, key=lambda w: w.start)
    return f"{days} {' dan '.join(say_window(w.start, w.end) for w in ordered)}"


def _minutes(before: tuple[Window, ...], windows: tuple[Window, ...]) -> Minutes:
    """The minutes of one day that its own windows and those of the day before keep open, merged and in order."""
    spilled = [(0, _minute(w.end)) for w in before if w.end <= w.start]
    own = [(_minute(w.start), _minute(w.end) if w.end > w.start else MINUTES) for w in windows]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spilled + own):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return tuple(merged)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
