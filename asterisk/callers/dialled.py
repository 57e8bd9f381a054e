"""The number that a caller dialled, in whatever form a network hands it on. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from asterisk.callers.written import unwrap


def is_meant(dialled: str, numbers: Iterable[str], country: str = "62", area: str = "0291") -> bool:
    """True where one of our numbers was dialled: bare, or after +, the country's code, 0 or the area code."""
    digits = _bare(dialled, country, area)
    return any(digits == _bare(number, country, area) for number in numbers)


def _bare(text: str, country: str, area: str) -> str:
    """A number without its prefixes; a short number is what is left after the area code, too."""
    digits = unwrap(text).digits or text
    for prefix in ("00", country, area, area.lstrip("0")):
        rest = digits.removeprefix(prefix)
        digits = rest if len(rest) >= 3 else digits
    return digits.lstrip("0") or digits
