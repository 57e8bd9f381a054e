"""The places of the region: each kecamatan with its desa and kelurahan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Places:
    """Kecamatan to desa, both in the order in which forms show them; `points` names the CSV file of their middles."""

    kecamatan: Mapping[str, tuple[str, ...]]
    source: str = ""
    points: str = ""
