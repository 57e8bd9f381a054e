"""Ticket numbers and days in the text of a search, in all the ways in which people write them.

Pure: what cannot be one gives nothing, and the text is then looked for as a number of a telephone or as words."""

import re
import unicodedata
from contextlib import suppress
from datetime import date

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_AROUND = " \t\r\n.,;:!?«»\"'"
# with its letter or a running number, or both: eight digits alone are rather a telephone's or a complaint's
_TICKET = re.compile(
    r"(?:(?:no(?:mor)?\.?|tiket) *)*#? *(?P<letter>t)?[- /.]*(?P<day>\d{8})[- /.]*(?P<running>[sa]?\d{0,6})",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NAMED = re.compile(r"(\d{1,2}) +([a-z]{3,9})\.? +(\d{4})")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_MONTHS = {
    "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "sep": 9,
    "okt": 10, "nov": 11, "nop": 11, "des": 12,
}  # fmt: skip
_RUNNING = 4  # digits of a running number


def cleaned(text: str) -> str:
    """The text with plain digits, letters and dashes, without signs around it."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip(_AROUND)


def tickets_in(text: str) -> tuple[str, ...]:
    """The beginnings of ticket numbers that a text may mean, the likeliest first; none where it is something else."""
    match = _TICKET.fullmatch(text)
    if match is None:
        return ()
    letter, day, running = match["letter"], match["day"], match["running"].upper()
    if not letter and (not running or compact_day(day) is None):
        return ()  # a telephone number, or one of a complaint
    if not running:
        return (f"T-{day}",)
    padded = running.zfill(_RUNNING) if running.isdigit() else running
    return tuple(dict.fromkeys((f"T-{day}-{padded}", f"T-{day}-{running}")))


def day_in(text: str) -> date | None:
    """The day that a text is, as `29-11-2026`, `2026-11-29` or `29 November 2026`; None where it is none."""
    folded = text.casefold()
    if match := _DAY_FIRST.fullmatch(folded):
        return _day(match[3], match[2], match[1])
    if match := _YEAR_FIRST.fullmatch(folded):
        return _day(match[1], match[2], match[3])
    if (match := _NAMED.fullmatch(folded)) and match[2][:3] in _MONTHS:
        return _day(match[3], _MONTHS[match[2][:3]], match[1])
    return None


def compact_day(text: str) -> date | None:
    """The day of eight digits, `20261129`, which may be the end of a telephone number as well."""
    match = _COMPACT.fullmatch(text)
    return _day(*match.groups()) if match else None


def _day(year: str, month: str | int, day: str) -> date | None:
    with suppress(ValueError):
        return date(int(year), int(month), int(day))
    return None
