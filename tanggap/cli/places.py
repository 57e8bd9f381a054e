"""`tanggap places`: what a text names, where a pasted point lies, and whether the files of places are right."""

import sys
from pathlib import Path

import click

from instance.places import gazetteer, importing
from tanggap.cli.base import Failure, in_instance, instance_of, json_option, print_json, print_table, say
from tickets.errors import InvalidInput
from tickets.locating.finding import MOST, Gazetteer
from tickets.locating.placing import Position, place_of
from tickets.locating.region import Region
from tickets.model import Row

# «-6.59, 110.66» is a text, and no option
SHOWN = 5
TEXTS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.group()
def places() -> None:
    """Tempat: cari nama, baca titik, periksa daftar."""


@places.command("find", context_settings=TEXTS)
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=MOST, show_default=True, help="Paling banyak.")
@json_option
@in_instance
def find(context: click.Context, /, text: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Cari tempat yang disebut TEXT, juga yang salah eja; yang paling cocok dulu."""
    index = Gazetteer(gazetteer.read(instance_of(context)).places)
    rows: list[Row] = [match.as_row() for match in index.find(" ".join(text), limit)]
    if as_json:
        print_json(rows)
        return
    shown = [row | {"sure": "ya" if row["sure"] else "tanyakan"} for row in rows]
    print_table(shown, ("name", "desa", "kecamatan", "score", "sure"), "tidak ada tempat yang cocok")


@places.command("read", context_settings=TEXTS)
@click.argument("text", nargs=-1, required=True)
@json_option
@in_instance
def read(context: click.Context, /, text: tuple[str, ...], as_json: bool) -> None:
    """Baca titik dari TEXT: angka, tautan peta, Plus Code; di dalam wilayah atau tidak."""
    instance = instance_of(context)
    region = Region(gazetteer.read(instance).places)
    try:
        position = place_of(" ".join(text), region)
    except InvalidInput as error:
        if not as_json:
            raise Failure(str(error)) from error
        print_json({"refused": str(error)})
        return
    if as_json:
        print_json(position.as_row())
    else:
        click.echo(_sentence(position, instance.site.region))


@places.command("check")
@json_option
@in_instance
def check(context: click.Context, /, as_json: bool) -> None:
    """Periksa titik desa dan berkas places/*.csv instans ini."""
    instance = instance_of(context)
    contents = gazetteer.read(instance)
    errors = [problem for problem in contents.problems if not problem.warning]
    count, points = len(contents.places), sum(place.lat is not None for place in contents.places)
    if as_json:
        problems = [problem.as_json() for problem in contents.problems]
        print_json({"ok": not errors, "places": count, "points": points, "problems": problems})
    else:
        for problem in contents.problems:
            click.echo(str(problem), err=True)
        click.echo(f"{count} tempat, {points} dengan titik, dari {len(gazetteer.files(instance))} berkas")
    if errors:
        sys.exit(1)


@places.command("import")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--borders", type=click.Path(path_type=Path, dir_okay=False), help="GeoJSON batas desa: tempat di desa mana."
)
@click.option("--name", help="Nama berkasnya di folder places (bawaan: nama SOURCE).")
@json_option
@in_instance
def import_(context: click.Context, /, source: Path, borders: Path | None, name: str | None, as_json: bool) -> None:
    """Jadikan SOURCE (GeoJSON, misalnya ekspor OpenStreetMap, atau CSV) berkas places/NAMA.csv instans ini."""
    instance = instance_of(context)
    kecamatan = instance.places.kecamatan
    target = instance.home / gazetteer.FOLDER / f"{Path(name or source.name).stem}.csv"
    if source.suffix.lower() == ".csv":
        made = importing.checked_csv(source, kecamatan)
    else:
        outlines = importing.borders_of(importing.read_features(borders), kecamatan) if borders else []
        made = importing.landmarks(importing.read_features(source), kecamatan, outlines)
    if not made.count:
        raise Failure(f"{source.name}: tidak ada tempat yang bisa dipakai; {_left_out(made)}")
    target.parent.mkdir(exist_ok=True)
    target.write_text(made.text, encoding="utf-8")
    row: Row = {"file": str(target), "places": made.count, "left_out": list(made.left_out)}
    say(as_json, row, f"{made.count} tempat ditulis ke {target}; {_left_out(made)}")


def _left_out(made: importing.Imported) -> str:
    """Count of what was left out, and the first reasons."""
    if not made.left_out:
        return "tidak ada yang dilewati"
    more = ", …" if len(made.left_out) > SHOWN else ""
    return f"{len(made.left_out)} dilewati ({', '.join(made.left_out[:SHOWN])}{more})"


def _sentence(position: Position, region: str) -> str:
    """The point for people: degrees, the nearest desa, and every doubt."""
    parts = [f"{position.point.lat:.6f}, {position.point.lon:.6f} ({position.point.source})"]
    if position.point.radius_m is not None:
        parts.append(f"± {position.point.radius_m:.0f} m")
    if position.near is not None:
        parts.append(position.near.sentence)
    if position.inside is False:
        parts.append(f"di luar {region}")
    if position.point.note:
        parts.append(position.point.note)
    return "; ".join(parts)
