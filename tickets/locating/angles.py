"""Two angles in a text: degrees with decimals, or degrees, minutes and seconds, in any notation. Pure."""

from __future__ import annotations

import re

from tickets.errors import InvalidInput
from tickets.locating.point import Point, ascii_number, checked, in_indonesia, ordered

_NUMBER = r"[-+−–]?\d{1,3}(?:[.,]\d+)?"
PAIR = re.compile(rf"({_NUMBER})\s*(?:[,;/|\s]\s*)\s*({_NUMBER})(?![\d.,]*\d)")
_SIDES = {
    "lintang selatan": "S", "lintang utara": "U", "bujur timur": "T", "bujur barat": "B",
    "ls": "S", "lu": "U", "bt": "T", "bb": "B", "selatan": "S", "utara": "U", "timur": "T", "barat": "B",
    "south": "S", "north": "U", "east": "T", "west": "B",
    "s": "S", "n": "U", "u": "U", "e": "T", "w": "B", "t": "T", "b": "B",
}  # fmt: skip
_SIDE = "|".join(sorted(_SIDES, key=len, reverse=True))
_DEGREES = (
    r"(?P<{0}sign>[-+−–])?\s*(?<!\d)(?P<{0}d>\d{{1,3}}(?:[.,]\d+)?)(?![\d.,]*\s*['’′\"”″])\s*(?:[°ºo˚*:]|derajat|deg)?\s*"
    r"(?:(?P<{0}m>\d{{1,2}}(?:[.,]\d+)?)\s*(?:['’′`:]|menit|min)?\s*)?"
    r"(?:(?P<{0}s>\d{{1,2}}(?:[.,]\d+)?)\s*(?:\"|”|″|''|’’|detik|sec)?\s*)?"
)
_ANGLE = rf"(?:\b(?P<{{0}}before>{_SIDE})\.?\s*:?\s*)?{_DEGREES}(?:(?P<{{0}}after>{_SIDE})\b\.?)?"
_TWO_ANGLES = re.compile(_ANGLE.format("a") + r"\s*[,;/|]?\s*(?:(?:dan|-|–)\s+)?" + _ANGLE.format("b"), re.I)
_LABELS = re.compile(
    r"\b(?:latitude|longitude|lintang|bujur|lat|long|lon|lng|koordinat|coordinates?|gps|posisi)\b\s*[:=]?", re.I
)
# «-6:35:24 110:39:36», «-6 35 24, 110 39 36», but no date and no time
_TRIPLES = re.compile(r"(?<![\d.,:-])([-+−–]?\d{1,3})[: ](\d{1,2})[: ](\d{1,2}(?:\.\d+)?)(?![\d.:])")
# a third number behind latitude and longitude: height or zoom
_HEIGHT = re.compile(r"(-?\d{1,3}\.\d+\s*,\s*-?\d{1,3}\.\d+),\s*-?\d+(?:\.\d+)?[azm]?(?![\d.])")
_SEXAGESIMAL = re.compile(r"['’′″\"”]|menit|detik|\b(?:ls|lu|bt|bb)\b", re.I)
_SIDED = re.compile(rf"\d\s*[°º˚]?\s*(?:{_SIDE})\b|\b(?:{_SIDE})\.?\s*\d", re.I)


def read_angles(text: str, near: tuple[float, float] | None) -> Point | None:
    """Two angles in a text, in degrees or degrees, minutes and seconds."""
    plain = _LABELS.sub(" ", text.replace("&", " ")).strip(" ()[]{}<>.;")
    plain = _HEIGHT.sub(r"\1", _TRIPLES.sub(r"""\1°\2'\3" """, plain))
    if _SEXAGESIMAL.search(plain) or _SIDED.search(plain):
        for match in _TWO_ANGLES.finditer(plain):
            if point := _of_angles(match, near):
                return point
    plain = re.sub(r"[°º˚]|\bderajat\b", " ", plain)
    for candidate in (_dotted(plain), plain):
        for pair in PAIR.finditer(candidate):
            if _plausible(pair[1], pair[2]):
                return checked(pair[1], pair[2], "angka", near)
    return None


def _plausible(first: str, second: str) -> bool:
    """True for numbers that are meant as a point: with decimals both, or within Indonesia; others are house numbers."""
    lat, lon = float(ascii_number(first)), float(ascii_number(second))
    decimals = all(len(re.split("[.,]", number)[-1]) > 1 and not number.strip().isdigit() for number in (first, second))
    return (
        decimals
        or lat == lon == 0
        or any(in_indonesia(*pair) for pair in ((lat, lon), (lon, lat), (-lat, lon), (-lon, lat)))
    )


def _dotted(text: str) -> str:
    """Decimal commas as points: «-6,59, 110,66», «-6,59 110,66»; empty where that is not how it is written."""
    commas = re.fullmatch(r"\D*?([-+−–]?\d{1,3}),(\d+)\s*[,;/|\s]\s*([-+−–]?\d{1,3}),(\d+)\D*", text)
    return "{}.{} {}.{}".format(*commas.groups()) if commas else ""


def _of_angles(match: re.Match[str], near: tuple[float, float] | None) -> Point | None:
    values: list[float] = []
    sides: list[str | None] = []
    for part in "ab":
        degrees = float(match[f"{part}d"].replace(",", "."))
        minutes = float((match[f"{part}m"] or "0").replace(",", "."))
        seconds = float((match[f"{part}s"] or "0").replace(",", "."))
        if minutes >= 60 or seconds >= 60:
            raise InvalidInput(f"menit dan detik harus di bawah 60: «{match[0].strip()[:60]}»")
        value = degrees + minutes / 60 + seconds / 3600
        side = _SIDES.get((match[f"{part}before"] or match[f"{part}after"] or "").lower())
        if (match[f"{part}sign"] or "+") in "-−–" or side in ("S", "B"):
            value = -value
        values.append(value)
        sides.append(side)
    if sides[0] in ("T", "B") and sides[1] not in ("T", "B"):
        values.reverse()
        sides.reverse()
    elif sides[0] in ("T", "B") or sides[1] in ("S", "U"):
        if sides[0] == sides[1] or (None not in sides and sides[1] in ("S", "U")):
            return None
        values.reverse()
        sides.reverse()
    return ordered(values[0], values[1], "derajat", near if None in sides else None)
