"""The gazetteer of an instance: its desa with their points, and the landmarks of its own CSV files, each row checked.

It is data, not configuration: a wrong row is left out and reported, and never keeps a process from starting."""

from __future__ import annotations

import csv
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from instance.loader import Instance
from instance.problems import Problem, one_of, quoted, reason
from tickets.locating.atlas import NOWHERE, Atlas
from tickets.locating.finding import Place, of_kecamatan
from tickets.places import Places

FOLDER = "places"
COLUMNS = ("kecamatan", "desa", "name", "kind", "also", "lat", "lon", "radius_m", "code")
REQUIRED = ("kecamatan", "desa")
MOST_ROWS, MOST_BYTES, LONGEST, MOST_NAMES = 100_000, 20_000_000, 120, 12
MOST_RADIUS_M = 100_000.0
EXPECTED_HEAD = "baris pertama berisi kecamatan, desa, dan boleh name, kind, also, lat, lon, radius_m"
Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The places of an instance, those of its lists first, and the problems of its files."""

    places: tuple[Place, ...]
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    """A row that cannot be used: the fault, and the expected content."""

    def __init__(self, fault: str, expected: str) -> None:
        super().__init__(fault)
        self.fault, self.expected = fault, expected


def files(instance: Instance) -> list[Path]:
    """The CSV files, that of the points of the desa first."""
    points = instance.places.points
    own = sorted((instance.home / FOLDER).glob("*.csv"))
    return ([instance.site.places.parent / points] if points else []) + own


def stamps(instance: Instance) -> Stamps:
    """The state of the files: it differs after a change."""
    seen = []
    for path in files(instance):
        try:
            state = path.stat()
        except OSError:
            seen.append((str(path), 0, 0))
        else:
            seen.append((str(path), state.st_ino, state.st_mtime_ns))
    return tuple(seen)


def read(instance: Instance) -> Contents:
    """Read all of them; a row that is wrong is left out and is a problem with its line."""
    kecamatan = instance.places.kecamatan
    lists = {(place.kecamatan, place.desa): place for place in of_kecamatan(kecamatan)}
    others: dict[tuple[str, str, str], Place] = {}
    problems: list[Problem] = []
    for path in files(instance):
        for line, fields in _rows(path, problems):
            try:
                _take(_place(fields, kecamatan), lists, others)
            except _Wrong as wrong:
                problems.append(Problem(_name(path), line, 1, wrong.fault, wrong.expected))
    problems += _without_point(instance, lists)
    return Contents((*lists.values(), *others.values()), tuple(problems))


def read_file(path: Path, kecamatan: Mapping[str, tuple[str, ...]]) -> tuple[list[Place], list[Problem]]:
    """The right rows of one file, and the problems of the others."""
    places: list[Place] = []
    problems: list[Problem] = []
    for line, fields in _rows(path, problems):
        try:
            places.append(_place(fields, kecamatan))
        except _Wrong as wrong:
            problems.append(Problem(_name(path), line, 1, wrong.fault, wrong.expected))
    return places, problems


class Shelf:
    """Holds the atlas of an instance, and makes it anew after a change of its lists or files; for threads."""

    def __init__(self, instance: Callable[[], Instance]) -> None:
        self._instance = instance
        self._lock = threading.Lock()
        self._known: tuple[Places, Stamps] | None = None
        self._atlas = NOWHERE

    def atlas(self) -> Atlas:
        """The present atlas."""
        instance = self._instance()
        with self._lock:
            seen = instance.places, stamps(instance)
            if seen != self._known:
                self._atlas, self._known = Atlas.of(read(instance).places), seen
            return self._atlas


def _take(place: Place, lists: dict[tuple[str, str], Place], others: dict[tuple[str, str, str], Place]) -> None:
    """Put a place among the others, or its point and further names at its desa."""
    at = place.kecamatan, place.desa
    if place.name:
        if (*at, place.name) in others:
            raise _Wrong(f"{quoted(place.name)} di {place.desa or place.kecamatan} tertulis dua kali", "satu baris")
        others[(*at, place.name)] = place
        return
    known = lists[at]
    if known.lat is not None and place.lat is not None:
        raise _Wrong(f"titik {quoted(known.name)} tertulis dua kali", "satu baris untuk setiap desa")
    point = (place.lat, place.lon, place.radius_m) if place.lat is not None else (known.lat, known.lon, known.radius_m)
    lat, lon, radius_m = point
    lists[at] = replace(known, also=(*known.also, *place.also), lat=lat, lon=lon, radius_m=radius_m)


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file by the names of its columns, with their line numbers."""
    lines = _lines(path, problems)
    if not lines:
        return
    head = lines[0][1]
    # spreadsheets set to Indonesian write semicolons, and decimal commas
    separator = ";" if head.count(";") > head.count(",") else ","
    columns = [name.strip().casefold() for name in next(csv.reader([head], delimiter=separator))]
    faults = [f"kolom {quoted(name)} tidak dikenal" for name in columns if name not in COLUMNS]
    faults += [f"kolom {name} tidak ada" for name in REQUIRED if name not in columns]
    faults += [f"kolom {name} ada dua kali" for name in sorted(set(columns)) if columns.count(name) > 1]
    if faults:
        problems += [Problem(_name(path), lines[0][0], 1, fault, EXPECTED_HEAD) for fault in faults]
        return
    for number, line in lines[1:]:
        values = next(csv.reader([line], delimiter=separator), [])
        if len(values) != len(columns):
            fault = f"{len(values)} kolom"
            problems.append(Problem(_name(path), number, 1, fault, f"{len(columns)}, seperti di baris pertama"))
            continue
        yield number, {name: value.strip() for name, value in zip(columns, values, strict=True)}


def _lines(path: Path, problems: list[Problem]) -> list[tuple[int, str]]:
    """The lines of a file with their numbers, without empty ones and remarks."""
    expected = "berkas CSV berhuruf UTF-8"
    try:
        if path.stat().st_size > MOST_BYTES:
            problems.append(Problem(_name(path), 0, 0, "terlalu besar", f"paling besar {MOST_BYTES // 10**6} MB"))
            return []
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(Problem(_name(path), 0, 0, "bukan UTF-8", expected))
        return []
    except OSError as error:
        problems.append(Problem(_name(path), 0, 0, f"tidak terbaca: {reason(error)}", expected))
        return []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    if len(lines) > MOST_ROWS:
        problems.append(Problem(_name(path), 0, 0, f"{len(lines)} baris", f"paling banyak {MOST_ROWS}"))
        return []
    if not lines:
        problems.append(Problem(_name(path), 0, 0, "kosong", EXPECTED_HEAD))
    return lines


def _place(fields: Mapping[str, str], kecamatan: Mapping[str, tuple[str, ...]]) -> Place:
    """The place of a row; _Wrong for what cannot be."""
    district, desa, name = (_text(fields, column) for column in ("kecamatan", "desa", "name"))
    if district not in kecamatan:
        raise _Wrong(f"kecamatan {quoted(district)} tidak ada di daftar", one_of(district, list(kecamatan)))
    if desa not in kecamatan[district] and (desa or not name):
        fault = f"desa {quoted(desa)} tidak ada di kecamatan {district}"
        raise _Wrong(fault, one_of(desa, list(kecamatan[district])))
    also = tuple(part.strip() for part in fields.get("also", "").split("|") if part.strip())
    if len(also) > MOST_NAMES or any(len(part) > LONGEST for part in also):
        raise _Wrong(f"also: {len(also)} nama", f"paling banyak {MOST_NAMES} nama, masing-masing {LONGEST} huruf")
    lat, lon = _number(fields, "lat", -90, 90), _number(fields, "lon", -180, 180)
    radius_m = _number(fields, "radius_m", 0, MOST_RADIUS_M)
    if (lat is None) != (lon is None):
        raise _Wrong("lat atau lon kosong", "keduanya, atau keduanya kosong")
    if not name and lat is None and not also:
        raise _Wrong("baris tanpa isi", "name, also, atau lat dan lon")
    kind = _text(fields, "kind") or "patokan"
    return Place(name, desa, district, kind if name else "desa", also, lat, lon, radius_m)


def _text(fields: Mapping[str, str], column: str) -> str:
    text = fields.get(column, "")
    if len(text) > LONGEST or not text.isprintable():
        raise _Wrong(f"{column} {quoted(text)} tidak bisa dipakai", f"paling panjang {LONGEST} huruf")
    return text


def _number(fields: Mapping[str, str], column: str, least: float, most: float) -> float | None:
    text = fields.get(column, "")
    if not text:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise _Wrong(f"{column} {quoted(text)} tidak bisa dipakai", f"angka {least:g} sampai {most:g}")
    return number


def _without_point(instance: Instance, lists: Mapping[tuple[str, str], Place]) -> list[Problem]:
    """A warning for desa whose point is not known, where the list names a file of points."""
    missing = [place.name for place in lists.values() if place.kind == "desa" and place.lat is None]
    if not missing or not instance.places.points:
        return []
    shown = ", ".join(missing[:4]) + (", …" if len(missing) > 4 else "")
    return [Problem(instance.places.points, 0, 0, f"{len(missing)} desa tanpa titik ({shown})", "lat, lon", True)]


def _name(path: Path) -> str:
    return f"{FOLDER}/{path.name}" if path.parent.name == FOLDER else path.name
