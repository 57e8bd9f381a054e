"""`bench/escalation`: the command."""

import json
import platform
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bench.answering.cpu import memory_mb, used_ms
from bench.answering.instance import fsync_ms
from bench.escalating.figures import Figures, figures
from bench.escalating.instance import Bench, bench, now
from instance import REPOSITORY

PARALLEL = 64  # connections of the floor
SETTLE_S = 3.0


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    assignments: int
    every_s: float
    core: int | None
    source: Path
    keep: bool

    def bench(self) -> Any:
        return bench(self.every_s, self.core, self.source, keep=self.keep)


def floor(options: Options, count: int) -> float:
    """Posts per second of the plain loop."""
    with options.bench() as made:
        words = ["bench.escalating.floor", str(count), str(PARALLEL), *map(str, made.ports)]
        took = subprocess.run(made.command(*words), cwd=REPOSITORY, capture_output=True, text=True, check=True)
        return count / float(took.stdout)


def drain(options: Options) -> float:
    """Pushes per second when all of them are due at once, from the first to the last arrival."""
    with options.bench() as made:
        made.fill(options.assignments, now(), 0.0)
        made.start()
        time.sleep(SETTLE_S)
        while arrived(made) < options.assignments:
            time.sleep(0.2)
        made.end()
        times = [at for at, key in sorted(made.arrivals) if key.endswith("-1")]
        return (len(times) - 1) / (times[-1] - times[0])


def arrived(made: Bench) -> int:
    """Number of attempts in the store."""
    from contextlib import closing

    from tickets.store import Store

    with closing(Store(made.home / "var" / "tanggap.db")) as store:
        row = store.connection.one("SELECT count(*) AS n FROM attempts")
    return int(row["n"]) if row else 0


def sustain(options: Options, seconds: float) -> tuple[Figures, dict[str, float]]:
    """Push all assignments at their pace; the figures, and the CPU and memory of the daemon."""
    with options.bench() as made:
        start = now() + timedelta(seconds=SETTLE_S)
        made.start()
        made.fill(options.assignments, start, options.every_s)
        begin = max(start.timestamp(), time.time() + 1)
        time.sleep(max(begin + options.every_s - time.time(), 0))
        assert made.daemon is not None
        used, at = used_ms(made.daemon.pid), time.time()
        time.sleep(seconds)
        end, cpu = time.time(), used_ms(made.daemon.pid) - used
        rss, peak = memory_mb(made.daemon.pid)
        made.end()
        spent = {"core_percent": cpu / (end - at) / 10, "rss_mb": rss, "peak_mb": peak}
        return figures(made.arrivals, options.assignments, options.every_s, at - options.every_s, end), spent


def killed(options: Options, kills: int, pause_s: float, seed: int) -> Figures:
    """Push all assignments at their pace, with kill -9 at random moments and a fresh start after each."""
    chance = random.Random(seed)
    with options.bench() as made:
        made.fill(options.assignments, now() + timedelta(seconds=SETTLE_S), options.every_s)
        made.start()
        time.sleep(SETTLE_S + options.every_s)
        begin = time.time()
        for _ in range(kills):
            time.sleep(chance.uniform(0, 2 * pause_s))
            made.kill()
            made.start()
        time.sleep(options.every_s + 5)
        end = time.time()
        made.end()
        return figures(made.arrivals, options.assignments, options.every_s, begin, end)


@click.command()
@click.option("--assignments", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--every", "every_s", type=click.FloatRange(10), default=30.0, show_default=True, help="Seconds.")
@click.option("--seconds", type=click.FloatRange(0), default=120, show_default=True, help="At this pace; 0: not.")
@click.option("--kills", type=click.IntRange(0), default=100, show_default=True, help="kill -9 so often.")
@click.option("--pause", type=click.FloatRange(0.1), default=6.0, show_default=True, help="Mean seconds between kills.")
@click.option("--core", type=int, default=0, show_default=True, help="The daemon's core; -1: any.")
@click.option(
    "--source", type=click.Path(path_type=Path, exists=True), default=REPOSITORY, help="Another tree's daemon."
)
@click.option("--no-drain", is_flag=True, help="Without floor and drain.")
@click.option("--seed", type=int, default=112)
@click.option("--keep", is_flag=True, help="Leave the instances.")
@click.option("--json", "as_json", is_flag=True)
def main(
    assignments: int,
    every_s: float,
    seconds: float,
    kills: int,
    pause: float,
    core: int,
    source: Path,
    no_drain: bool,
    seed: int,
    keep: bool,
    as_json: bool,
) -> None:
    """Ten thousand open assignments, each pushed every 30 seconds by one daemon on one core."""
    options = Options(assignments, every_s, core if core >= 0 else None, source.resolve(), keep)
    result: dict[str, Any] = {
        "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "fsync_ms": fsync_ms(Path("/tmp")),
        "needed_per_second": assignments / every_s,
    }
    say = (lambda text: click.echo(text, err=True)) if as_json else click.echo
    if not no_drain:
        result["floor_per_second"] = round(floor(options, 20_000), 1)
        say(f"floor: a plain loop of aiohttp posts   {result['floor_per_second']:8.0f} pushes/s")
        result["drain_per_second"] = round(drain(options), 1)
        ratio = result["drain_ratio"] = round(result["drain_per_second"] / result["floor_per_second"], 3)
        drained = result["drain_per_second"]
        say(f"ours, {assignments} due at once           {drained:8.0f} pushes/s   {ratio:.2f} of the floor")
    if seconds:
        measured, spent = sustain(options, seconds)
        result["sustained"] = asdict(measured) | spent
        say(_words(f"every {every_s:g} s for {measured.seconds:.0f} s", measured))
        say(
            f"    {spent['core_percent']:.0f} % of a core, {spent['rss_mb']:.0f} MB (at most {spent['peak_mb']:.0f} MB)"
        )
    if kills:
        measured = killed(options, kills, pause, seed)
        result["killed"] = asdict(measured) | {"kills": kills}
        say(_words(f"{kills} times kill -9 in {measured.seconds:.0f} s", measured))
    if as_json:
        click.echo(json.dumps(result, indent=2))
    bad = [name for name in ("sustained", "killed") if name in result and result[name]["missing"]]
    sys.exit(1 if bad else 0)


def _words(way: str, figures: Figures) -> str:
    late = figures.late
    return (
        f"{way}: {figures.per_second:.0f} pushes/s; late p50 {late.p50 * 1000:.0f} ms, p99 {late.p99 * 1000:.0f} ms, "
        f"worst {late.worst:.2f} s; missing {figures.missing}, twice {figures.twice} of {figures.arrived}"
    )


if __name__ == "__main__":
    main()
