"""`tanggap drill SCENARIO`: a rehearsal with real callers on an instance of its own."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instance import REPOSITORY, ConfigErrors
from tanggap.cli.base import Failure, home_of, in_instance, json_option, print_json

if TYPE_CHECKING:
    from drills.plan import Plan
    from drills.result import Result

WIDTH = 150


@click.command("drill")
@click.argument("scenario", required=False)
@click.option("--list", "listed", is_flag=True, help="Sebutkan skenario yang ada.")
@click.option("--calls", type=click.IntRange(1, 5000), help="Jumlah panggilan (bawaan: seluruh skenario).")
@click.option("--rate", type=click.FloatRange(1, 1000), help="Berapa kali lebih cepat dari kenyataan.")
@click.option("--seed", type=click.IntRange(0, 999_999_999), help="Benih: benih yang sama, panggilan yang sama.")
@click.option("--no-screening", is_flag=True, help="Tanpa penyaringan.")
@click.option("--compare", is_flag=True, help="Dengan dan tanpa penyaringan, berurutan.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Tulis hasilnya sebagai halaman web.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder instans latihan (bawaan: var/drill).",
)
@json_option
@in_instance
def drill(
    context: click.Context,
    scenario: str | None,
    listed: bool,
    calls: int | None,
    rate: float | None,
    seed: int | None,
    no_screening: bool,
    compare: bool,
    html: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Latihan: penelepon dan petugas SIP sungguhan di instans tersendiri; keluar 0 bila semua patokan tercapai."""
    from drills import scenario as scenarios
    from drills.plan import plan
    from drills.report import document, show
    from drills.result_page import page

    if listed:
        for name in scenarios.shipped():
            click.echo(f"{name}: {scenarios.load(name).file.title}")
        return
    if scenario is None:
        raise click.UsageError(f"sebutkan skenarionya: {', '.join(scenarios.shipped())}")
    if no_screening and compare:
        raise click.UsageError("--compare sudah mencakup --no-screening")
    try:
        script = scenarios.load(scenario)
    except ConfigErrors as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)
    file = script.file
    planned = plan(script, file.seed if seed is None else seed, calls or file.calls, rate or file.rate)
    screenings = (True, False) if compare else (not no_screening,)
    home = (folder or REPOSITORY / "var" / "drill").resolve()
    results = asyncio.run(_run(planned, home, home_of(context), screenings))
    written = document(results)
    if html is not None:
        html.write_text(page(results), encoding="utf-8")
    if as_json:
        print_json(written)
    else:
        from rich.console import Console

        show(results, Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH))
    sys.exit(0 if written["met"] else 1)


async def _run(planned: "Plan", home: Path, live: Path, screenings: Sequence[bool]) -> "list[Result]":
    from drills.conduct import play
    from operations.up import UpError
    from processes.instance_lock import TakenError

    me = asyncio.current_task()
    assert me is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, me.cancel)
    try:
        return [await play(planned, home, live, screening=screening) for screening in screenings]
    except (TakenError, UpError) as error:
        raise Failure(str(error)) from None
    except asyncio.CancelledError:
        sys.exit(130)
