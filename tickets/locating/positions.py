"""Positions of a ticket: which of them counts, and why, and how it is written. Pure.

A position is a row: `kind` (a word of TRUST), `lat`, `lon`, `radius_m`, `source`, `at`, `by`, and the `kecamatan` and
`desa` by which it was looked up. Nothing is ever surer than its radius says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tickets.model import Row

POINT, LANDMARK, NETWORK, DESA = "point", "landmark", "network", "desa"
# a pasted point is the caller's own; a landmark is the caller's word, and a network's position nobody's; the middle of
# a desa only says which one
TRUST = {POINT: 3, LANDMARK: 2, NETWORK: 2, DESA: 1}
# looked up by the fields of the ticket: they count as long as its desa is theirs
LOOKED_UP = frozenset({LANDMARK, DESA})
# from this radius on a position says less than the name of a desa
COARSE_M = 5000.0
# links, and pairs of degrees, as they stand in a text
_DIGITS = re.compile(
    r"https?://\S+|\bgeo:\S+|[-−]?\d{1,3}[.,]\d{4,}°?\s*[,;/ ]\s*[-−]?\d{1,3}[.,]\d{4,}°?(?:\s*\([^)]*\))?"
)
MAPS = "https://maps.google.com/?q={lat},{lon}"
SHOWN = ("id", "kind", "lat", "lon", "radius_m", "source", "note", "at", "by")

ONLY, SURER, NEWER, FINER = "satu-satunya posisi", "lebih dipercaya", "lebih baru", "lebih teliti"


def counting(rows: Iterable[Row], desa: str | None) -> Row | None:
    """The position that counts for a ticket in this desa, as pages show it, with `words` and `why`; None without one.

    By trust, then by time, then by radius. What was withdrawn, or belongs to another desa, does not count."""
    counted = sorted((row for row in rows if counts(row, desa)), key=_rank, reverse=True)
    if not counted:
        return None
    row = counted[0]
    return shown(row) | {"why": _why(row, counted[1]) if len(counted) > 1 else ONLY}


def counts(row: Row, desa: str | None) -> bool:
    """True for a position that stands, and that is of the ticket's desa where it was looked up by one."""
    return row["withdrawn_at"] is None and (row["kind"] not in LOOKED_UP or row["desa"] == desa)


def trust_of(row: Row) -> int:
    """The trust in a position: that of its kind; none where it is as wide as several desa."""
    return 0 if (row["radius_m"] or 0.0) >= COARSE_M else TRUST[row["kind"]]


def _rank(row: Row) -> tuple[int, str, float, int]:
    radius = row["radius_m"] if row["radius_m"] is not None else COARSE_M
    return trust_of(row), row["at"], -radius, row["id"]


def _why(row: Row, other: Row) -> str:
    """The reason for which a position counts before the next one."""
    if trust_of(row) != trust_of(other):
        return SURER
    return NEWER if row["at"] != other["at"] else FINER


def shown(row: Row) -> Row:
    """A position as pages and programs show it, with its `words`."""
    return {name: row[name] for name in SHOWN} | {"words": words(row)}


def words(row: Row) -> str:
    """«± 850 m, dari desa Kecapi»; without a radius «radius tidak diketahui, tautan peta»."""
    radius = row["radius_m"]
    return f"{'radius tidak diketahui' if radius is None else f'± {metres(radius)}'}, {row['source']}"


def written(row: Row) -> str:
    """The position as a line of a message: its words and a link that opens the telephone's map."""
    return f"{words(row)}: {link(row)}"


def link(row: Row) -> str:
    """The link of a position for any telephone."""
    return MAPS.format(lat=f"{row['lat']:.6f}", lon=f"{row['lon']:.6f}")


def unspoken(text: str) -> str:
    """A text without its points and links, which nobody writes down from a telephone."""
    return " ".join(_DIGITS.sub(" ", text).split()).strip(" ;,")


def metres(value: float) -> str:
    """«12 m», «1,2 km»."""
    if value < 1000:
        return f"{value:.0f} m"
    return f"{value / 1000:.1f}".removesuffix(".0").replace(".", ",") + " km"
