"""`bench/search`: the command."""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import click
import structlog

from bench.searching import line, queries
from bench.searching.seed import Region, fill
from operations.search_index import LOOK_AGAIN_S, Indexing
from tickets.shares import percentile
from tickets.store import Store
from tickets.store.thread import StoreThread

AIM_MS = 200.0
BULK = 2_000
HEADS = ("p50", "p95", "p99", "most", "count", "cpu p95", "empty", "more")
WARMING = 2  # rounds that do not count


def run(folder: Path, count: int, seconds: float, rounds: int) -> dict[str, Any]:
    """The figures, part by part."""
    path, region, figures = folder / "tanggap.db", Region(count), {"tickets": count, "calls": 2 * count}
    figures["fill_s"] = _seconds(lambda: fill(path, region, count, _midnight()))
    figures["megabytes_before"] = path.stat().st_size / 1e6
    figures["line_before"] = _shown(line.write(path, Event(), seconds, "a"))
    figures["start_s"] = _seconds(lambda: Store(path).close())
    figures["index"], figures["line_while_indexing"] = _index(path, seconds)
    figures["rest_of_index_s"] = _seconds(lambda: _finish(path))
    figures["megabytes"] = path.stat().st_size / 1e6
    figures["line_after"] = _shown(line.write(path, Event(), seconds, "c"))
    stop = Event()
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(line.write, path, stop, 3600.0, "d")
        queries.measure(path, region, WARMING, seed=1)
        timed = queries.measure(path, region, rounds)
        stop.set()
        figures["line_while_searching"] = _shown(writing.result())
    figures["warm"] = _by_kind(timed)
    figures["cold"] = _by_kind(queries.measure(path, region, max(1, rounds // 4), cold=True))
    return figures


def _seconds(job: Callable[[], object]) -> float:
    began = time.monotonic()
    job()
    return time.monotonic() - began


def _shown(took: list[float]) -> dict[str, float]:
    return {f"p{share}": percentile(took, share) for share in (50, 95, 99)} | {"most": max(took), "count": len(took)}


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)  # the line's own tickets are of today


def _by_kind(timed: list[queries.Timed]) -> dict[str, dict[str, float]]:
    kinds = dict.fromkeys(each.kind for each in timed)
    return {kind: _of_kind([each for each in timed if each.kind == kind]) for kind in kinds}


def _of_kind(timed: list[queries.Timed]) -> dict[str, float]:
    cpu = percentile([each.cpu_ms for each in timed], 95)
    empty, unfinished = sum(not each.hits for each in timed), sum(each.unfinished for each in timed)
    return _shown([each.ms for each in timed]) | {"cpu_p95": cpu, "empty": empty, "unfinished": unfinished}


def _index(path: Path, seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """Index as the console does for some seconds, with the line beside it; tickets a second, and the line's writes."""
    stop = Event()
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(line.write, path, stop, 3600.0, "b")
        done = asyncio.run(_as_the_console(path, seconds))
        stop.set()
        return {"tickets_per_s": done / seconds}, _shown(writing.result())


async def _as_the_console(path: Path, seconds: float) -> int:
    store = await StoreThread(path).open()
    indexing, end = Indexing(store), time.monotonic() + seconds
    while time.monotonic() < end and (rest := await indexing.step()) != LOOK_AGAIN_S:
        await asyncio.sleep(rest)
    progress = await store.read(lambda store: store.backlog.progress())
    await store.close()
    return int(progress["done"]) if progress else 0


def _finish(path: Path) -> None:
    with closing(Store(path, migrate=False)) as store:
        store.connection.raw.execute("PRAGMA synchronous=OFF")
        store.connection.raw.execute("PRAGMA cache_size=-400000")
        while store.backlog.take(BULK):
            pass


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
@click.option("--keep", is_flag=True, help="Leave the store.")
@click.option("--json", "as_json", is_flag=True)
def main(tickets: int, seconds: float, rounds: int, keep: bool, as_json: bool) -> None:
    """Searches of each kind in a store of years, and the line's writes before, beside and after. Exit 1: an aim is
    missed."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    folder = Path(tempfile.mkdtemp(prefix="tgs-"))
    try:
        figures = run(folder, tickets, seconds, rounds)
    finally:
        if keep:
            click.echo(f"left in {folder}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    click.echo(json.dumps(figures, indent=2) if as_json else _table(figures))
    if _missed(figures):
        raise SystemExit(1)


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
