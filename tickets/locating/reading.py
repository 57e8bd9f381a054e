"""Points as people paste them: degrees in any notation, geo: URIs, links of maps, Plus Codes, PIDF-LO. Pure."""

from __future__ import annotations

import re

from tickets.errors import InvalidInput
from tickets.locating import map_links, pidf_lo, plus_codes
from tickets.locating.angles import read_angles
from tickets.locating.point import EXAMPLE, Point, within

MAX_TEXT = 8000
# marks of direction that messengers put around numbers
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_RADIUS = re.compile(r"(?:±|\+/?-|\bakurasi\b|\baccuracy\b|\bradius\b)\D{0,12}?(\d+(?:[.,]\d+)?)\s*(km|m)\b", re.I)


def read(text: str, near: tuple[float, float] | None) -> Point:
    """The point in a pasted text; a short Plus Code and a lost minus are completed by `near`, the region's middle.

    InvalidInput with a sentence that says why there is none, and what to do."""
    written = " ".join(_INVISIBLE.sub("", text).split())
    if not written:
        raise InvalidInput(f"tidak ada yang ditempel; diharapkan misalnya {EXAMPLE}")
    if len(written) > MAX_TEXT:
        raise InvalidInput(f"teks terlalu panjang ({len(written)} huruf); tempel titik atau tautannya saja")
    if pidf_lo.is_meant(written):
        return pidf_lo.read(written)
    if link := map_links.search(written):
        return map_links.read_link(link, written.replace(link, " ").strip(), near)
    if code := plus_codes.search(written):
        return map_links.read_code(code, near)
    radius = _RADIUS.search(written)
    if point := read_angles(_RADIUS.sub(" ", written), near):
        return within(point, _metres(radius[1], radius[2])) if radius else point
    raise InvalidInput(
        f"bukan titik di peta: «{written[:60]}»; diharapkan misalnya {EXAMPLE}, tautan peta, atau Plus Code"
    )


def _metres(number: str, unit: str) -> float:
    return float(number.replace(",", ".")) * (1000.0 if unit.lower() == "km" else 1.0)
