"""Indonesian wording of days, times of day and hours of service, written and spoken."""

from __future__ import annotations

from datetime import date, time

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
UNITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
MIDNIGHT = time(0)


def write_day(day: date) -> str:
    """A date as people write it: «Minggu 22 November 2026»."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def write_time(at: time) -> str:
    """A time of day in Indonesian notation: «07.00», with seconds only where there are some: «06.59.59»."""
    return f"{at.hour:02}.{at.minute:02}" + (f".{at.second:02}" if at.second else "")


def write_window(start: time, end: time) -> str:
    """A window: «pukul 07.00-21.00», «24 jam»."""
    if start == end == MIDNIGHT:
        return "24 jam"
    return f"pukul {write_time(start)}-{'24.00' if end == MIDNIGHT else write_time(end)}"


def zone_name(time_zone: str) -> str:
    """The zone's short name: WIB, WITA, WIT, or its full one."""
    return ZONES.get(time_zone, time_zone)


def say_number(number: int) -> str:
    """A number below 100 in words: «dua puluh tiga»."""
    if number < len(UNITS):
        return UNITS[number]
    if number < 20:
        return f"{UNITS[number - 10]} belas"
    tens, rest = divmod(number, 10)
    return f"{UNITS[tens]} puluh" + (f" {UNITS[rest]}" if rest else "")


def say_time(at: time) -> str:
    """A time of day in words: «tujuh pagi», «dua belas malam», «empat lewat tiga puluh menit sore»."""
    minutes = f" lewat {say_number(at.minute)} menit" if at.minute else ""
    return f"{say_number(at.hour % 12 or 12)}{minutes} {part_of_day(at)}"


def say_window(start: time, end: time) -> str:
    """A window in words: «pukul tujuh pagi sampai pukul sembilan malam», «dua puluh empat jam»."""
    if start == end == MIDNIGHT:
        return "dua puluh empat jam"
    return f"pukul {say_time(start)} sampai pukul {say_time(end)}"


def part_of_day(at: time) -> str:
    """The part of the day that goes with the hour."""
    if at == MIDNIGHT:
        return "malam"
    for until, part in ((4, "dini hari"), (11, "pagi"), (15, "siang"), (18, "sore")):
        if at.hour < until:
            return part
    return "malam"
