"""Points as people paste them: degrees in any notation, geo: URIs, links of maps, Plus Codes. Pure; fetches nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from tickets.errors import InvalidInput
from tickets.locating import plus_codes

# Indonesia with its seas, degrees: by it latitude and longitude are told apart, whatever their order
SOUTH, NORTH, WEST, EAST = -11.5, 6.5, 94.5, 141.5
MAX_TEXT = 2000
EXAMPLE = "-6.59, 110.66"
SHORT = re.compile(
    r"(?:maps\.app\.goo\.gl|goo\.gl|g\.co|bit\.ly|s\.id|t\.co|tinyurl\.com|maps\.apple|wa\.me|osm\.org/go|w3w\.co|what3words\.com)"
)
# parameters of links that hold a point, the most exact first
KEYS = (
    "ll", "q", "query", "daddr", "destination", "coordinate", "center", "cp", "near", "sll", "saddr", "origin",
    "viewpoint", "pin", "loc", "where1",
)  # fmt: skip
_NUMBER = r"[-+−–]?\d{1,3}(?:[.,]\d+)?"
_PAIR = re.compile(rf"({_NUMBER})\s*(?:[,;/|\s]\s*)\s*({_NUMBER})(?![\d.,]*\d)")
_PIN = re.compile(r"!3d(-?\d+(?:\.\d+)?)!4d(-?\d+(?:\.\d+)?)")
_PIN_SWAPPED = re.compile(r"!2d(-?\d+(?:\.\d+)?)!3d(-?\d+(?:\.\d+)?)")
_AT = re.compile(r"@(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
_HASH = re.compile(r"map=\d+(?:\.\d+)?/(-?\d+(?:\.\d+)?)/(-?\d+(?:\.\d+)?)")
_LINK = re.compile(r"(?:https?://|www\.|maps\.|goo\.gl/|bit\.ly/|geo:|comgooglemaps://|waze://)\S+", re.I)
_SIDES = {
    "lintang selatan": "S", "lintang utara": "U", "bujur timur": "T", "bujur barat": "B",
    "ls": "S", "lu": "U", "bt": "T", "bb": "B", "selatan": "S", "utara": "U", "timur": "T", "barat": "B",
    "south": "S", "north": "U", "east": "T", "west": "B",
    "s": "S", "n": "U", "u": "U", "e": "T", "w": "B", "t": "T", "b": "B",
}  # fmt: skip
_SIDE = "|".join(sorted(_SIDES, key=len, reverse=True))
_DEGREES = (
    r"(?P<{0}sign>[-+−–])?\s*(?P<{0}d>\d{{1,3}}(?:[.,]\d+)?)\s*(?:[°ºo˚*:]|derajat|deg)?\s*"
    r"(?:(?P<{0}m>\d{{1,2}}(?:[.,]\d+)?)\s*(?:['’′`:]|menit|min)?\s*)?"
    r"(?:(?P<{0}s>\d{{1,2}}(?:[.,]\d+)?)\s*(?:\"|”|″|''|’’|detik|sec)?\s*)?"
)
_ANGLE = rf"(?:\b(?P<{{0}}before>{_SIDE})\.?\s*:?\s*)?{_DEGREES}(?:(?P<{{0}}after>{_SIDE})\b\.?)?"
_TWO_ANGLES = re.compile(_ANGLE.format("a") + r"\s*[,;/|]?\s*(?:dan\s+)?" + _ANGLE.format("b"), re.I)
_LABELS = re.compile(
    r"\b(?:latitude|longitude|lintang|bujur|lat|long|lon|lng|koordinat|coordinates?|gps|posisi)\b\s*[:=]?", re.I
)
# «-6:35:24 110:39:36», «-6 35 24, 110 39 36», but no date and no time
_TRIPLES = re.compile(r"(?<![\d.,:-])([-+−–]?\d{1,3})[: ](\d{1,2})[: ](\d{1,2}(?:\.\d+)?)(?![\d.:])")
# a third number behind latitude and longitude: height or zoom
_HEIGHT = re.compile(r"(-?\d{1,3}\.\d+\s*,\s*-?\d{1,3}\.\d+),\s*-?\d+(?:\.\d+)?[azm]?(?![\d.])")
_SEXAGESIMAL = re.compile(r"['’′″\"”]|menit|detik|\b(?:ls|lu|bt|bb)\b", re.I)
_SIDED = re.compile(rf"\d\s*[°º˚]?\s*(?:{_SIDE})\b|\b(?:{_SIDE})\.?\s*\d", re.I)


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees of WGS 84; `source` is how it was written, `note` a doubt about it."""

    lat: float
    lon: float
    source: str
    note: str = ""


def read(text: str, near: tuple[float, float]) -> Point:
    """The point in a pasted text; a short Plus Code and a lost minus are completed by `near`, the region's middle.

    InvalidInput with a sentence that says why there is none, and what to do."""
    written = " ".join(text.replace("\u200e", "").replace("\u200f", "").split())
    if not written:
        raise InvalidInput(f"tidak ada yang ditempel; diharapkan misalnya {EXAMPLE}")
    if len(written) > MAX_TEXT:
        raise InvalidInput(f"teks terlalu panjang ({len(written)} huruf); tempel titik atau tautannya saja")
    link = _LINK.search(written)
    if link is not None:
        return _of_link(link[0].rstrip(".,;)>]\"'"), written, near)
    if code := plus_codes.search(written):
        return _of_code(code, near)
    if point := _bare(written, near):
        return point
    raise InvalidInput(
        f"bukan titik di peta: «{written[:60]}»; diharapkan misalnya {EXAMPLE}, tautan peta, atau Plus Code"
    )


def _of_link(link: str, written: str, near: tuple[float, float]) -> Point:
    if link.lower().startswith("geo:"):
        return _of_geo(link)
    address = link if "://" in link else f"https://{link}"
    try:
        parts = urlsplit(address)
    except ValueError:
        raise InvalidInput(f"tautan rusak: «{link[:60]}»") from None
    whole = unquote(address)
    for pattern, swapped in ((_PIN, False), (_PIN_SWAPPED, True)):
        if pins := pattern.findall(whole):
            first, second = pins[-1]
            return _checked(second, first, "tautan peta") if swapped else _checked(first, second, "tautan peta")
    fields = dict(reversed(parse_qsl(parts.query, keep_blank_values=True)))
    if "mlat" in fields and "mlon" in fields:
        return _checked(fields["mlat"], fields["mlon"], "tautan peta")
    if "lat" in fields and ("lon" in fields or "lng" in fields):
        return _checked(fields["lat"], fields.get("lon") or fields["lng"], "tautan peta")
    for key in KEYS:
        value = fields.get(key, "").replace("~", ",").removeprefix("loc:")
        if value and (point := _found_in(value, near)):
            return Point(point.lat, point.lon, "tautan peta", point.note)
    path = unquote(parts.path).partition("/@")[0]
    code = plus_codes.search(path)
    if point := _of_code(code, near) if code else _bare(re.sub(r"[/+]", " ", path), near):
        return Point(point.lat, point.lon, "tautan peta", point.note)
    for pattern in (_AT, _HASH):
        if match := pattern.search(whole):
            return _checked(match[1], match[2], "tautan peta")
    rest = written.replace(link, " ").strip()
    if rest and (point := _found_in(rest, near)):
        return point
    if SHORT.search(f"{parts.netloc}{parts.path}".lower()):
        raise InvalidInput("tautan pendek tidak memuat titiknya; buka di ponsel, lalu salin angka koordinatnya")
    raise InvalidInput(
        "tautan ini tidak memuat titik; buka petanya, tekan lama tempatnya, lalu salin angka koordinatnya"
    )


def _found_in(text: str, near: tuple[float, float]) -> Point | None:
    """The point in a part of a link, by code or number; None where there is none."""
    if code := plus_codes.search(text):
        return _of_code(code, near)
    return _bare(text, near)


def _of_geo(uri: str) -> Point:
    """RFC 5870: geo:lat,lon[,alt][;u=…]; Android writes geo:0,0?q=lat,lon(name), whose q counts."""
    path, _, query = unquote(uri)[4:].partition("?")
    for key, value in parse_qsl(query):
        if key == "q" and (pair := _PAIR.search(value)):
            return _checked(pair[1], pair[2], "geo:")
    numbers = path.partition(";")[0].split(",")
    if len(numbers) < 2:
        raise InvalidInput(f"geo: tanpa titik: «{uri[:60]}»; diharapkan misalnya geo:{EXAMPLE.replace(' ', '')}")
    return _checked(numbers[0], numbers[1], "geo:")


def _of_code(code: str, near: tuple[float, float]) -> Point:
    lat, lon = plus_codes.decode(code, near)
    return _known(lat, lon, "Plus Code")


def _bare(text: str, near: tuple[float, float]) -> Point | None:
    """Two angles in a text, in degrees or degrees, minutes and seconds."""
    plain = _LABELS.sub(" ", text).strip(" ()[]{}<>.;")
    plain = _HEIGHT.sub(r"\1", _TRIPLES.sub(r"""\1°\2'\3" """, plain))
    if _SEXAGESIMAL.search(plain) or _SIDED.search(plain):
        for match in _TWO_ANGLES.finditer(plain):
            if point := _of_angles(match, near):
                return point
    plain = re.sub(r"[°º˚]|\bderajat\b", " ", plain)
    for candidate in (_dotted(plain), plain):
        for pair in _PAIR.finditer(candidate):
            if _plausible(pair[1], pair[2]):
                return _checked(pair[1], pair[2], "angka", near)
    return None


def _plausible(first: str, second: str) -> bool:
    """True for numbers that are meant as a point: with decimals both, or within Indonesia; others are house numbers."""
    lat, lon = float(_ascii(first)), float(_ascii(second))
    decimals = all(len(re.split("[.,]", number)[-1]) > 1 and not number.strip().isdigit() for number in (first, second))
    return decimals or any(_in_indonesia(*pair) for pair in ((lat, lon), (lon, lat), (-lat, lon), (-lon, lat)))


def _dotted(text: str) -> str:
    """Decimal commas as points: «-6,59, 110,66», «-6,59 110,66»; empty where that is not how it is written."""
    commas = re.fullmatch(r"\D*?([-+−–]?\d{1,3}),(\d+)\s*[,;/|\s]\s*([-+−–]?\d{1,3}),(\d+)\D*", text)
    return "{}.{} {}.{}".format(*commas.groups()) if commas else ""


def _of_angles(match: re.Match[str], near: tuple[float, float]) -> Point | None:
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
    return _ordered(values[0], values[1], "derajat", near if None in sides else None)


def _checked(first: str, second: str, source: str, near: tuple[float, float] | None = None) -> Point:
    try:
        lat, lon = float(_ascii(first)), float(_ascii(second))
    except ValueError:
        raise InvalidInput(f"bukan angka: «{first[:30]}, {second[:30]}»; diharapkan misalnya {EXAMPLE}") from None
    return _ordered(lat, lon, source, near)


def _ascii(number: str) -> str:
    return number.strip().replace("−", "-").replace("–", "-").replace(",", ".")


def _ordered(lat: float, lon: float, source: str, near: tuple[float, float] | None) -> Point:
    """Latitude and longitude told apart by where Indonesia lies; a minus that was lost is put back, and said."""
    if not _in_indonesia(lat, lon) and _in_indonesia(lon, lat):
        lat, lon = lon, lat
    if near is not None and near[0] < 0 < lat:
        if not WEST <= lon <= EAST and WEST <= lat <= EAST:
            lat, lon = lon, lat
        if WEST <= lon <= EAST and 0 < lat <= -SOUTH and abs(-lat - near[0]) < abs(lat - near[0]):
            return _known(-lat, lon, source, "tanda minus ditambahkan: lintang selatan")
    return _known(lat, lon, source)


def _in_indonesia(lat: float, lon: float) -> bool:
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


def _known(lat: float, lon: float, source: str, note: str = "") -> Point:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise InvalidInput(f"tidak ada titik {lat:g}, {lon:g} di bumi; lintang -90 sampai 90, bujur -180 sampai 180")
    if abs(lat) < 0.01 and abs(lon) < 0.01:
        raise InvalidInput("titik 0, 0 berarti ponsel belum tahu posisinya; minta dikirim ulang")
    return Point(round(lat, 6), round(lon, 6), source, note)
