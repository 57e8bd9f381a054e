"""`bench/screening`: the command."""

import asyncio
import json
import platform
from dataclasses import asdict
from typing import Any

import click

from bench.answering.figures import percentile
from bench.hearing.model import Class, Cost, classes, cost
from bench.hearing.stage import WAYS, Stage, measure, median
from line.ear.process import MOST

PROCESSES = ("asterisk", "calls", "hearing")


@click.command()
@click.option("--calls", type=click.IntRange(1, MOST), default=20, show_default=True, help="Callers at once.")
@click.option("--seconds", type=click.FloatRange(1), default=10, show_default=True, help="Of each way in each round.")
@click.option("--rounds", type=click.IntRange(1), default=2, show_default=True, help="Interleaved.")
@click.option("--speakers", type=click.IntRange(0), default=10, show_default=True, help="Callers who speak.")
@click.option("--sounds/--no-sounds", default=True, help="Whether to judge the labelled sounds.")
@click.option("--stage/--no-stage", default=True, help="Whether to run Asterisk and callers.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
def main(calls: int, seconds: float, rounds: int, speakers: int, sounds: bool, stage: bool, as_json: bool) -> None:
    """Measure what telling a voice from noise costs, and how well it does."""
    alone = cost()
    judged = classes() if sounds else []
    whole = asyncio.run(measure(calls, seconds, rounds, speakers)) if stage else None
    if as_json:
        click.echo(json.dumps(_json(alone, judged, whole), indent=1))
        return
    click.echo(f"machine        {platform.machine()}, Python {platform.python_version()}")
    click.echo(
        f"model alone    {alone.cpu_ms_per_s} ms CPU per second of sound; one core carries {alone.calls_per_core}"
    )
    if judged:
        _tell_sounds(judged)
    if whole is not None:
        _tell_stage(whole)


def _tell_sounds(judged: list[Class]) -> None:
    click.echo(f"\n{'sound':24}{'taken for a person':>20}{'after, median':>16}{'latest':>9}")
    for kind in judged:
        when = "" if kind.median_s is None else f"{kind.median_s:14.2f} s{kind.latest_s:7.2f} s"
        right = kind.persons if kind.is_person else kind.sounds - kind.persons
        mark = "" if right == kind.sounds else f"   {kind.sounds - right} wrong"
        click.echo(f"{kind.kind:24}{f'{kind.persons} of {kind.sounds}':>20}{when:25}{mark}")


def _tell_stage(whole: Stage) -> None:
    click.echo(f"\n{whole.calls} calls in the silent lane, CPU ms per second and call (median of the rounds)")
    click.echo(f"{'':10}" + "".join(f"{name:>11}" for name in (*PROCESSES, "together")) + "   others  late frames")
    for way in WAYS:
        click.echo(_way(way, whole))
    quiet, roaring = (_together(whole, way) for way in WAYS)
    heard = roaring - quiet
    click.echo(f"{'ratio':10}{'':33}{roaring / quiet:11.2f}")
    click.echo(f"to listen to a call costs {heard:.2f} ms a second; one core carries {int(1000 / heard)} such calls")
    if whole.voice_ms:
        ordered = sorted(whole.voice_ms)
        spread = f"p50 {percentile(ordered, 0.5):.0f}, p95 {percentile(ordered, 0.95):.0f}, max {ordered[-1]:.0f} ms"
        click.echo(f"first sound to verdict: {spread} ({len(ordered)} callers)")
        ordered = sorted(whole.lane_s)
        click.echo(
            f"answer to the line, speaking after 1 s: p50 {percentile(ordered, 0.5):.1f}, max {ordered[-1]:.1f} s"
        )
    click.echo(f"not judged: {whole.unheard}; snoop channels left over: {whole.taps_left}")


def _way(way: str, whole: Stage) -> str:
    spans = whole.ways[way]
    each = [median([getattr(span, name) for span in spans]) for name in PROCESSES]
    others = median([span.others_percent for span in spans])
    figures = "".join(f"{value:11.2f}" for value in (*each, sum(each)))
    return f"{way:10}{figures}{others:8.0f} %{sum(span.late_frames for span in spans):13}"


def _together(whole: Stage, way: str) -> float:
    return sum(median([getattr(span, name) for span in whole.ways[way]]) for name in PROCESSES)


def _json(alone: Cost, judged: list[Class], whole: Stage | None) -> dict[str, Any]:
    return {
        "model": asdict(alone) | {"calls_per_core": alone.calls_per_core},
        "sounds": [asdict(kind) for kind in judged],
        "stage": None if whole is None else asdict(whole),
    }


if __name__ == "__main__":
    main()
