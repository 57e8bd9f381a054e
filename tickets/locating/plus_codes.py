"""Plus Codes (Open Location Code), full and short, into degrees, as their specification says. Pure."""

from __future__ import annotations

import math
import re

from tickets.errors import InvalidInput

DIGITS = "23456789CFGHJMPQRVWX"
SEPARATOR_AT, PAIRS = 8, 5
METRES = 111_195.0  # of a degree
_CODE = re.compile(rf"(?<![0-9A-Za-z])([{DIGITS}]{{2,8}}0{{0,6}}\+[{DIGITS}]{{0,7}})(?![0-9A-Za-z])", re.I)


def search(text: str) -> str | None:
    """The first code in a text, in capitals; None without one."""
    for match in _CODE.finditer(text):
        code = match[1].upper()
        place = code.index("+")
        digits = code[place + 1 :]
        if place % 2 == 0 and place <= SEPARATOR_AT and len(digits) != 1 and (digits or "0" in code or place == 8):
            return code
    return None


def decode(code: str, near: tuple[float, float]) -> tuple[float, float]:
    """Latitude and longitude of the middle of a code's cell; a short code is the one that is nearest to `near`."""
    missing = SEPARATOR_AT - code.index("+")
    if not missing:
        return _middle(code)
    resolution = 20.0 ** (2 - missing // 2)
    prefix = _encode(*near)[:missing]
    lat, lon = _middle(prefix + code)
    return tuple(  # type: ignore[return-value]
        _nearest(value, there, resolution, most) for value, there, most in ((lat, near[0], 90.0), (lon, near[1], 180.0))
    )


def radius_m(code: str) -> float:
    """Half the diagonal of a code's cell, in metres at the equator."""
    digits = len(code.replace("+", "").rstrip("0")) + SEPARATOR_AT - code.index("+")
    pairs = min(digits, 2 * PAIRS) // 2
    high = wide = 400.0 / 20**pairs
    for _ in range(digits - 2 * PAIRS):
        high, wide = high / 5, wide / 4
    return round(math.hypot(high, wide) / 2 * METRES, 1)


def _nearest(value: float, there: float, resolution: float, most: float) -> float:
    if value - there > resolution / 2 and value - resolution >= -most:
        return value - resolution
    if there - value > resolution / 2 and value + resolution <= most:
        return value + resolution
    return value


def _middle(code: str) -> tuple[float, float]:
    digits = code.replace("+", "").rstrip("0")
    if len(digits) < 2 or "0" in digits:
        raise InvalidInput(f"Plus Code tidak lengkap: «{code}»")
    lat, lon, high, wide = -90.0, -180.0, 400.0, 400.0
    for at in range(0, min(len(digits), 2 * PAIRS), 2):
        high, wide = high / 20, wide / 20
        lat += DIGITS.index(digits[at]) * high
        if at + 1 < len(digits):
            lon += DIGITS.index(digits[at + 1]) * wide
    for digit in digits[2 * PAIRS :]:
        high, wide = high / 5, wide / 4
        row, column = divmod(DIGITS.index(digit), 4)
        lat, lon = lat + row * high, lon + column * wide
    return lat + high / 2, lon + wide / 2


def _encode(lat: float, lon: float) -> str:
    """The first eight digits of the code of a point."""
    code, rows, columns = "", lat + 90, lon + 180
    size = 20.0
    for _ in range(4):
        code += DIGITS[int(rows // size)] + DIGITS[int(columns // size)]
        rows, columns, size = rows % size, columns % size, size / 20
    return code
