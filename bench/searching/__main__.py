"""`bench/search`: the command."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import click
import structlog

from bench.searching import line, queries
from bench.searching.making import STORE, made, shown
from bench.searching.seed import Region
from tickets.shares import percentile

AIM_MS = 200.0
HEADS = ("p50", "p95", "p99", "most", "count", "cpu p95", "empty", "more")
WARMING = 2  # rounds that do not count


def run(folder: Path, count: int, seconds: float, rounds: int) -> dict[str, Any]:
    """The figures, part by part; of a store that is there already, those of its making as they were."""
    path, region, mark = folder / STORE, Region(count), f"{time.time():.0f}"
    figures: dict[str, Any] = {"tickets": count, "calls": 2 * count} | made(folder, region, count, seconds)
    figures["line_after"] = shown(line.write(path, Event(), seconds, f"c{mark}-"))
    queries.remember(path)
    stop = Event()
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(line.write, path, stop, 3600.0, f"d{mark}-")
        queries.measure(path, region, WARMING, seed=1)
        timed = queries.measure(path, region, rounds)
        stop.set()
        figures["line_while_searching"] = shown(writing.result())
    figures["warm"] = _by_kind(timed)
    figures["cold"] = _by_kind(queries.measure(path, region, max(1, rounds // 4), cold=True))
    return figures


def _by_kind(timed: list[queries.Timed]) -> dict[str, dict[str, float]]:
    kinds = dict.fromkeys(each.kind for each in timed)
    return {kind: _of_kind([each for each in timed if each.kind == kind]) for kind in kinds}


def _of_kind(timed: list[queries.Timed]) -> dict[str, float]:
    cpu = percentile([each.cpu_ms for each in timed], 95)
    empty, unfinished = sum(not each.hits for each in timed), sum(each.unfinished for each in timed)
    return shown([each.ms for each in timed]) | {"cpu_p95": cpu, "empty": empty, "unfinished": unfinished}


@click.command()
@click.option(
    "--tickets", type=click.IntRange(1000), default=1_000_000, show_default=True, help="And twice as many calls."
)
@click.option("--seconds", type=click.FloatRange(1), default=30.0, show_default=True, help="Of the line, in each part.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=40,
    show_default=True,
    help="Each kind of search, warm; a quarter of them cold.",
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the store: made there once, kept, and measured again by later runs.  [default: a new one in "
    "TMPDIR, deleted at the end]",
)
@click.option("--json", "as_json", is_flag=True)
def main(tickets: int, seconds: float, rounds: int, store: Path | None, as_json: bool) -> None:
    """Searches of each kind in a store of years, and the line's writes before, beside and after. Exit 1: an aim is
    missed."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with _folder(store) as folder:
        try:
            figures = run(folder, tickets, seconds, rounds)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--store") from error
    click.echo(json.dumps(figures, indent=2) if as_json else _table(figures))
    if _missed(figures):
        raise SystemExit(1)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    folder = Path(tempfile.mkdtemp(prefix="tgs-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _missed(figures: dict[str, Any]) -> list[str]:
    return [kind for kind, row in figures["warm"].items() if row["p95"] > AIM_MS]


def _table(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['tickets']} tickets, {figures['calls']} calls",
        f"MB without and with the index: {figures['megabytes_before']:.0f}, {figures['megabytes']:.0f}",
        f"start that brings the schema up to date: {figures['start_s']:.1f} s",
        f"indexing beside the line: {figures['index']['tickets_per_s']:.0f} tickets a second",
        f"{'milliseconds':<32}" + "".join(f"{head:>8}" for head in HEADS),
    ]
    parts = {name.replace("_", " "): figures[name] for name in figures if name.startswith("line_")}
    parts |= {f"{state} {kind}": row for state in ("warm", "cold") for kind, row in figures[state].items()}
    for name, row in parts.items():
        numbers = "".join(f"{row[key]:>8.1f}" for key in ("p50", "p95", "p99", "most"))
        rest = f"{row['cpu_p95']:>8.1f}{row['empty']:>8}{row['unfinished']:>8}" if "cpu_p95" in row else ""
        lines.append(f"{name:<32}{numbers}{row['count']:>8}{rest}")
    missed = _missed(figures)
    aim = f"MISSED by {', '.join(missed)}" if missed else "held"
    return "\n".join([*lines, f"95th percentile of each kind, warm ≤ {AIM_MS:g} ms: {aim}"])


if __name__ == "__main__":
    main()
