"""`bench/pages`: the command."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bench.answering.cpu import Meter, memory_mb
from bench.paging import seed, stage, watching
from instance import REPOSITORY
from tickets.shares import percentile
from tickets.store import Store

WALL = 40  # tickets that are changed: they stand on the wall and on their agency's page
AIMS = {"stall_ms": 50.0, "session_p99_ms": 50.0, "change_p95_ms": 300.0, "largest_kb": 400.0, "missing": 0.0}
NAMES = {
    "stall_ms": "longest stall of the event loop, ms",
    "session_p99_ms": "session check, 99th percentile, ms",
    "change_p95_ms": "change to page, 95th percentile, ms",
    "largest_kb": "largest page, kB",
    "missing": "changes that did not arrive",
    "change_p50_ms": "change to page, median, ms",
    "stall_p99_ms": "answer that reads nothing, 99th percentile, ms",
    "probe_late_ms": "longest that the probe itself was not run, ms",
    "memory_mb": "memory of the console, MB",
    "memory_peak_mb": "  at most, MB",
    "core_percent": "of a core, percent",
    "others_percent": "of the machine, taken by others, percent",
    "snapshots_per_s": "snapshots a second",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    calls: int
    seconds: float
    changes: float
    source: Path


def run(folder: Path, history: Path, count: int, options: Options) -> dict[str, Any]:
    """The figures with so many open tickets."""
    home = folder / f"open-{count}"
    home.mkdir()
    port = stage.prepare(home)
    path = home / "var" / "tanggap.db"
    seed.open_tickets(history, path, count, stage.AGENCIES, datetime.now(UTC))
    with closing(Store(path)) as store:
        rows = [row for row in store.boards.work(WALL) if row["assignments"]]
        wall = [(row["number"], row["assignments"][0]["opd"]) for row in rows]
        pages = stage.pages(store, wall[0][0])
    with stage.console(home, port, options.source) as pid:
        meter = Meter({"console": pid})
        watched, stalls, sessions = asyncio.run(
            watching.measure(home, port, pages, wall, options.seconds, options.changes)
        )
        usage, memory = meter.stop(), memory_mb(pid)
    seconds = usage.seconds
    return {
        "stall_ms": max(stalls["took"]),
        "session_p99_ms": percentile(sessions["took"], 99),
        "change_p95_ms": percentile(watched.late_ms, 95),
        "largest_kb": max(watched.largest.values()) / 1000,
        "missing": watched.missing,
        "change_p50_ms": percentile(watched.late_ms, 50),
        "stall_p99_ms": percentile(stalls["took"], 99),
        "probe_late_ms": max(stalls["idle"], sessions["idle"]),
        "memory_mb": memory[0],
        "memory_peak_mb": memory[1],
        "core_percent": usage.by_name["console"] / seconds / 10,
        "others_percent": usage.others_percent,
        "snapshots_per_s": watched.snapshots / seconds,
        "pages_kb": {name: size / 1000 for name, size in sorted(watched.largest.items())},
        "change_p95_ms_by_page": {name: percentile(late, 95) for name, late in sorted(watched.late_by_page.items())},
        "pages": len(pages),
    }


def table(full: dict[str, Any], small: dict[str, Any], counts: tuple[int, int]) -> str:
    """The figures as a table."""
    lines = [f"{'open tickets':<52}{counts[0]:>10}{counts[1]:>10}{'ratio':>8}"]
    for name, words in NAMES.items():
        ratio = f"{full[name] / small[name]:8.2f}" if small[name] else f"{'':>8}"
        aim = f"   ≤ {AIMS[name]:g} {'held' if full[name] <= AIMS[name] else 'MISSED'}" if name in AIMS else ""
        lines.append(f"{words:<52}{full[name]:>10.1f}{small[name]:>10.1f}{ratio}{aim}")
    sizes = ", ".join(f"{name} {size:.0f}" for name, size in full["pages_kb"].items())
    late = ", ".join(f"{name} {ms:.0f}" for name, ms in full["change_p95_ms_by_page"].items())
    return "\n".join([*lines, f"largest of each page, kB: {sizes}", f"change to page, 95th percentile, ms: {late}"])


@click.command()
@click.option("--calls", type=click.IntRange(1000), default=120_000, show_default=True, help="Calls in the store.")
@click.option("--open", "many", type=click.IntRange(60), default=10_000, show_default=True, help="Open tickets.")
@click.option("--few", type=click.IntRange(60), default=60, show_default=True, help="Open tickets beside it.")
@click.option("--seconds", type=click.FloatRange(2), default=30.0, show_default=True, help="Each.")
@click.option("--changes", type=click.FloatRange(0.1), default=5.0, show_default=True, help="A second.")
@click.option(
    "--source", type=click.Path(path_type=Path, exists=True), default=REPOSITORY, help="Another tree's console."
)
@click.option("--keep", is_flag=True, help="Leave the instances.")
@click.option("--json", "as_json", is_flag=True)
def main(
    calls: int, many: int, few: int, seconds: float, changes: float, source: Path, keep: bool, as_json: bool
) -> None:
    """Thirty open pages of all roles beside a store of years, with many open tickets and with few. Exit 1: an aim is
    missed."""
    options = Options(calls, seconds, changes, source.resolve())
    folder = Path(tempfile.mkdtemp(prefix="tgp-"))
    try:
        history = folder / "history.db"
        seed.fill(history, calls, stage.AGENCIES, datetime.now(UTC))
        small, full = (run(folder, history, count, options) for count in (few, many))
    finally:
        if keep:
            click.echo(f"kept: {folder}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    missed = [name for name, aim in AIMS.items() if full[name] > aim]
    if as_json:
        facts = asdict(options) | {"source": str(options.source), "open": many, "few": few, "cores": os.cpu_count()}
        click.echo(json.dumps({"options": facts, "full": full, "few": small, "aims": AIMS, "missed": missed}, indent=2))
    else:
        click.echo(f"{calls} calls, {full['pages']} pages, {changes:g} changes a second for {seconds:g} s, each")
        click.echo(table(full, small, (many, few)))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
