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
        timed = queries.measure(path, region, rounds)
        stop.set()
        figures["line_while_searching"] = _shown(writing.result())
    figures["search"] = _shown([each.ms for each in timed])
    figures["by_kind"] = {kind: _of_kind([each for each in timed if each.kind == kind]) for kind in _kinds(timed)}
    return figures


def _seconds(job: Callable[[], object]) -> float:
    began = time.monotonic()
    job()
    return time.monotonic() - began


def _shown(took: list[float]) -> dict[str, float]:
    return {f"p{share}": percentile(took, share) for share in (50, 95, 99)} | {"most": max(took), "count": len(took)}


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)  # the line's own tickets are of today


def _kinds(timed: list[queries.Timed]) -> list[str]:
    return list(dict.fromkeys(each.kind for each in timed))


def _of_kind(timed: list[queries.Timed]) -> dict[str, float]:
    return _shown([each.ms for each in timed]) | {"empty": sum(not each.hits for each in timed)}


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
    progress = await store.read(lambda store: store.text_index.progress())
    await store.close()
    return int(progress["done"]) if progress else 0


def _finish(path: Path) -> None:
    with closing(Store(path, migrate=False)) as store:
        store.connection.raw.execute("PRAGMA synchronous=OFF")
        store.connection.raw.execute("PRAGMA cache_size=-400000")
        while store.text_index.index_older(BULK):
            pass


@click.command()
@click.option(
    "--tickets", type=click.IntRange(1000), default=1_000_000, show_default=True, help="And twice as many calls."
)
@click.option("--seconds", type=click.FloatRange(1), default=30.0, show_default=True, help="Of the line, in each part.")
@click.option("--rounds", type=click.IntRange(1), default=40, show_default=True, help="Each of the ten searches.")
@click.option("--keep", is_flag=True, help="Leave the store.")
@click.option("--json", "as_json", is_flag=True)
def main(tickets: int, seconds: float, rounds: int, keep: bool, as_json: bool) -> None:
    """Ten kinds of searches in a store of nine years, and the line's writes before, beside and after. Exit 1: an aim is
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
    if figures["search"]["p95"] > AIM_MS:
        raise SystemExit(1)


def _table(figures: dict[str, Any]) -> str:
    aim = "held" if figures["search"]["p95"] <= AIM_MS else "MISSED"
    lines = [
        f"{figures['tickets']} tickets, {figures['calls']} calls",
        f"MB without and with the index: {figures['megabytes_before']:.0f}, {figures['megabytes']:.0f}",
        f"start that brings the schema up to date: {figures['start_s']:.1f} s",
        f"indexing beside the line: {figures['index']['tickets_per_s']:.0f} tickets a second",
        f"{'milliseconds':<32}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}{'count':>8}{'empty':>8}",
    ]
    parts = {name: figures[name] for name in figures if name.startswith("line_")} | figures["by_kind"]
    parts["all searches"] = figures["search"]
    for name, row in parts.items():
        numbers = "".join(f"{row[key]:>8.1f}" for key in ("p50", "p95", "p99", "most"))
        lines.append(f"{name.replace('_', ' '):<32}{numbers}{row['count']:>8}{row.get('empty', ''):>8}")
    return "\n".join([*lines, f"95th percentile of all searches ≤ {AIM_MS:g} ms: {aim}"])


if __name__ == "__main__":
    main()
