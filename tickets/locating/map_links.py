"""Points in links of maps, by address alone: nothing is ever fetched. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlsplit

from tickets.errors import InvalidInput
from tickets.locating import plus_codes
from tickets.locating.angles import PAIR, read_angles
from tickets.locating.point import EXAMPLE, Point, checked, known

SHORT = re.compile(
    r"(?:maps\.app\.goo\.gl|goo\.gl|g\.co|bit\.ly|s\.id|t\.co|tinyurl\.com|maps\.apple|wa\.me|osm\.org/go|w3w\.co"
    r"|what3words\.com|is\.gd|cutt\.ly|shorturl\.at|binged\.it|her\.is|yandex\.[a-z]+/maps/-/)"
)
# parameters of links that hold a point, the most exact first
KEYS = (
    "ll", "q", "query", "daddr", "destination", "coordinate", "center", "cp", "near", "sll", "saddr", "origin",
    "viewpoint", "pin", "loc", "where1", "text",
)  # fmt: skip
_PIN = re.compile(r"!3d(-?\d+(?:\.\d+)?)!4d(-?\d+(?:\.\d+)?)")
_PIN_SWAPPED = re.compile(r"!2d(-?\d+(?:\.\d+)?)!3d(-?\d+(?:\.\d+)?)")
_AT = re.compile(r"@(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
_HASH = re.compile(r"map=\d+(?:\.\d+)?/(-?\d+(?:\.\d+)?)/(-?\d+(?:\.\d+)?)")
_LINK = re.compile(
    r"(?:[a-z][a-z0-9.+-]*://|www\.|maps\.|goo\.gl/|bit\.ly/|s\.id/|geo:|(?:google\.[a-z.]+|plus\.codes)/)\S+", re.I
)
_NAME = "tautan peta"
SHORT_CODE = "kode pendek: dihitung dari tengah wilayah ini"
VIEW = "tengah peta di layar, bukan tanda tempatnya"
_UNCERTAIN = re.compile(r";u=(\d+(?:\.\d+)?)", re.I)


def search(text: str) -> str | None:
    """The first link in a text, without the sentence's own marks behind it; None without one."""
    link = _LINK.search(text)
    return link[0].rstrip(".,;)>]\"'") if link is not None else None


def read_link(link: str, beside: str, near: tuple[float, float] | None) -> Point:
    """The point of a link, or of the text beside it; InvalidInput with advice where neither holds any."""
    if link.lower().startswith("geo:"):
        return _of_geo(link)
    address = link if "://" in link else f"https://{link}"
    try:
        parts = urlsplit(address)
    except ValueError:
        raise InvalidInput(f"tautan rusak: «{link[:60]}»") from None
    if point := _of_pin(address) or _of_fields(parts.query, near) or _of_path(parts.path, near) or _of_view(address):
        return point
    if beside and (point := _within(beside, near)):
        return point
    if SHORT.search(f"{parts.netloc}{parts.path}".lower()):
        raise InvalidInput("tautan pendek tidak memuat titiknya; buka di ponsel, lalu salin angka koordinatnya")
    raise InvalidInput(
        "tautan ini tidak memuat titik; buka petanya, tekan lama tempatnya, lalu salin angka koordinatnya"
    )


def _of_pin(address: str) -> Point | None:
    """The pin of a Google link: !3dLAT!4dLON, or !2dLON!3dLAT in an older one; the last is the goal."""
    whole = unquote(address)
    if pins := _PIN.findall(whole):
        return checked(pins[-1][0], pins[-1][1], _NAME)
    if pins := _PIN_SWAPPED.findall(whole):
        return checked(pins[-1][1], pins[-1][0], _NAME)
    return None


def _of_fields(query: str, near: tuple[float, float] | None) -> Point | None:
    fields = dict(reversed(parse_qsl(query, keep_blank_values=True)))
    for lat, lon in (("mlat", "mlon"), ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude")):
        if fields.get(lat) and fields.get(lon):
            return checked(fields[lat], fields[lon], _NAME)
    for key in KEYS:
        value = fields.get(key, "").replace("~", ",").removeprefix("loc:")
        if value and (point := _within(value, near)):
            return replace(point, source=_NAME)
    return None


def _of_path(path: str, near: tuple[float, float] | None) -> Point | None:
    written = unquote(path).partition("/@")[0]
    code = plus_codes.search(written)
    point = read_code(code, near) if code else read_angles(re.sub(r"[/+]", " ", written), near)
    return replace(point, source=_NAME) if point else None


def _of_view(address: str) -> Point | None:
    """The middle of the map that was on the screen: nearly, and noted."""
    for pattern in (_AT, _HASH):
        if match := pattern.search(unquote(address)):
            return replace(checked(match[1], match[2], _NAME), note=VIEW)
    return None


def _within(text: str, near: tuple[float, float] | None) -> Point | None:
    """The point in a part of a link, by code or number; None where there is none."""
    if code := plus_codes.search(text):
        return read_code(code, near)
    return read_angles(text, near)


def _of_geo(uri: str) -> Point:
    """RFC 5870: geo:lat,lon[,alt][;u=…]; Android writes geo:0,0?q=lat,lon(name), whose q counts."""
    path, _, query = unquote(uri)[4:].partition("?")
    for key, value in parse_qsl(query):
        if key == "q" and (pair := PAIR.search(value)):
            return checked(pair[1], pair[2], "geo:")
    numbers = path.partition(";")[0].split(",")
    if len(numbers) < 2:
        raise InvalidInput(f"geo: tanpa titik: «{uri[:60]}»; diharapkan misalnya geo:{EXAMPLE.replace(' ', '')}")
    radius = _UNCERTAIN.search(path)
    return checked(numbers[0], numbers[1], "geo:", radius_m=float(radius[1]) if radius else None)


def read_code(code: str, near: tuple[float, float] | None) -> Point:
    """The middle of a Plus Code's cell; its radius is half the cell's diagonal."""
    if near is None and code.index("+") < plus_codes.SEPARATOR_AT:
        raise InvalidInput(f"Plus Code pendek tanpa kotanya: «{code}»; tempel kode lengkap, misalnya 6P5GCM56+2X")
    note = SHORT_CODE if code.index("+") < plus_codes.SEPARATOR_AT else ""
    return known(*plus_codes.decode(code, near or (0.0, 0.0)), "Plus Code", note, plus_codes.radius_m(code))
