"""`bench/dispatch`: the command."""

import asyncio
import json
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from bench.dispatching.rounds import Round, stage
from drills.demo import prepare
from drills.phones.softphone import Phone, phones
from instance import load
from operations.story import Story
from operations.up import RunningInstance
from processes.running import real_clock
from processes.tasks import TaskKeeper
from tickets.shares import percentile

# what issue 5 asks of the 95th of a hundred, in seconds
AIMS = {"siren": 1.0, "ring": 2.0, "quiet": 1.0, "shown": 1.0}
NAMES = {
    "siren": "«Kirim ke OPD» to siren on the agency's page",
    "ring": "«Kirim ke OPD» to INVITE at the agency's phone",
    "quiet": "key 1 to siren off",
    "shown": "key 1 to who accepted on the operator's page",
}


def figures(rounds: list[Round]) -> dict[str, dict[str, float]]:
    """Median, 95th, 99th of a hundred and maximum of each span."""
    spans = {}
    for name in AIMS:
        values = [asdict(round)[name] for round in rounds]
        spans[name] = {
            "p50": statistics.median(values),
            "p95": percentile(values, 95),
            "p99": percentile(values, 99),
            "max": max(values),
            "aim_p95": AIMS[name],
        }
    return spans


def table(spans: dict[str, dict[str, float]], count: int) -> str:
    """The figures as a table."""
    lines = [f"{count} reports; seconds", f"{'':<48}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>7}   aim p95"]
    for name, row in spans.items():
        cells = "".join(f"{row[key]:7.2f}" for key in ("p50", "p95", "p99", "max"))
        verdict = "held" if row["p95"] <= row["aim_p95"] else "MISSED"
        lines.append(f"{NAMES[name]:<48}{cells}   ≤ {row['aim_p95']:.0f} {verdict}")
    return "\n".join(lines)


async def measure(home: Path, count: int, *, quiet: bool) -> list[Round]:
    """An instance of its own with all its processes; `count` reports one after another."""
    instance, keeper = prepare(home), TaskKeeper()
    story = Story()
    line = RunningInstance(instance, story)
    rounds: list[Round] = []
    try:
        await line.start()
        async with phones() as runtime:
            server, sip = f"127.0.0.1:{instance.site.asterisk.sip_port}", load(home).secrets.sip
            phone = await Phone.register(runtime, server, "damkar1", sip["damkar1"], keeper.start)
            async with stage(line.store, instance.site.console.url, phone, real_clock()) as on:
                await on.round(0)  # prompts are spoken for the first time, pages are warm afterwards
                for number in range(1, count + 1):
                    rounds.append(await on.round(number))
                    if not quiet:
                        click.echo(f"\r{number}/{count}", nl=False, err=True)
            await phone.leave()
    finally:
        await keeper.close()
        await line.stop()
    return rounds


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=50, show_default=True, help="Reports to send.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON, all rounds among them.")
@click.option("--strict", is_flag=True, help="Exit 1 when an aim is missed.")
def main(rounds: int, as_json: bool, strict: bool) -> None:
    """Dispatch reports from a real page and time what the agency sees and hears, and what the operator is told."""
    with tempfile.TemporaryDirectory(prefix="tgd-", dir="/tmp") as folder:
        done = asyncio.run(measure(Path(folder) / "instance", rounds, quiet=as_json))
    spans = figures(done)
    if as_json:
        click.echo(json.dumps({"figures": spans, "rounds": [asdict(round) for round in done]}, ensure_ascii=False))
    else:
        click.echo("\n" + table(spans, len(done)) + f"\nthe operator reads: {done[-1].told}")
    if strict and any(row["p95"] > row["aim_p95"] for row in spans.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
