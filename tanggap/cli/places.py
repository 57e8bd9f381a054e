"""`tanggap places`: what a text names, where a pasted point lies, and whether the files of places are right."""

import sys

import click

from instance import gazetteer
from tanggap.cli.base import Failure, in_instance, instance_of, json_option, print_json, print_table
from tickets.errors import InvalidInput
from tickets.locating.finding import MOST, Gazetteer
from tickets.locating.placing import Position, place_of
from tickets.locating.region import Region
from tickets.model import Row

# «-6.59, 110.66» is a text, and no option
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
