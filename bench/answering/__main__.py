"""`bench/answer`: the command."""

import json
import os
import platform
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from asterisk.errors import AsteriskError
from bench.answering.callers import Callers, Manner
from bench.answering.cpu import Meter
from bench.answering.figures import WAYS, Cell
from bench.answering.instance import READY_S, Bench, bench, fsync_ms, until_ready
from bench.answering.operators import Operators
from bench.answering.rates import Rates
from bench.answering.report import aims, ratios, text
from bench.answering.waiting import HEARD, WaitingRoom
from bench.answering.wire import Wire
from drills.phones.rtp import Ear
from instance import REPOSITORY

IDLE_S = 3.0


def _numbers(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[float, ...]:
    try:
        rates = tuple(float(part) for part in value.split(",") if part)
    except ValueError:
        raise click.BadParameter(f"{value!r}; expected numbers such as 1,10,50,100") from None
    if any(not 0 < rate <= 1000 for rate in rates):
        raise click.BadParameter(f"{value!r}; expected calls per second, above 0 and at most 1000")
    return rates


def _ways(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    ways = tuple(part for part in value.split(",") if part)
    if not ways or set(ways) - set(WAYS):
        raise click.BadParameter(f"{value!r}; expected some of {', '.join(WAYS)}")
    return ways


@click.command()
@click.option(
    "--rates", default="1,10,50,100", show_default=True, callback=_numbers, help="Calls per second; empty: none."
)
@click.option(
    "--seconds",
    type=click.FloatRange(1),
    default=9,
    show_default=True,
    help="For each rate and way, all rounds together.",
)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Parts of it, interleaved.")
@click.option("--ways", default=",".join(WAYS), show_default=True, callback=_ways, help="Which to measure.")
@click.option(
    "--ending",
    type=click.Choice(("ring", "talk")),
    default="ring",
    show_default=True,
    help="ring: the caller hangs up while the operator's phone rings; talk: they are connected and recorded first.",
)
@click.option("--operators", type=click.IntRange(1, 500), default=20, show_default=True, help="Phones that are ready.")
@click.option(
    "--waiting",
    type=click.IntRange(0, 600),
    default=200,
    show_default=True,
    help="Callers in the line at once; 0: none.",
)
@click.option(
    "--source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=REPOSITORY,
    help="The tree whose `tanggap calls` is measured (default: this one).",
)
@click.option("--keep", is_flag=True, help="Keep the instance directory (logs, database).")
@click.option("--strict", is_flag=True, help="Exit with 1 when an aim is missed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def main(**options: Any) -> None:
    """Time a call's answer and the ring of an operator's phone, and their CPU: pure dialplan, a bare aiohttp ARI
    application and ours (store at FULL), on one Asterisk in one run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Asterisk and the others end with us
    try:
        document = _measure(**{name: options[name] for name in options if name not in ("strict", "as_json")})
    except (AsteriskError, RuntimeError, OSError) as error:
        raise click.ClickException(str(error)) from None
    print(json.dumps(document, indent=2) if options["as_json"] else text(document))
    sys.exit(1 if options["strict"] and not all(aim["met"] for aim in document["aims"]) else 0)


def _measure(
    *,
    rates: tuple[float, ...],
    seconds: float,
    rounds: int,
    ways: tuple[str, ...],
    ending: str,
    operators: int,
    waiting: int,
    source: Path,
    keep: bool,
) -> dict[str, Any]:
    talk = ending == "talk"
    with bench(operators, record=talk, keep=keep, source=source.resolve()) as made:
        wire = Wire()
        phones = Operators(wire, made.registrar, made.passwords, pick_up=talk, rtp_port=9)
        callers = Callers(wire, made.registrar, phones, Ear(made.instance.var / "prompts", HEARD))
        _tell("waiting for every phone and for tanggap calls")
        _all_ready(made, wire, phones)
        document: dict[str, Any] = {
            "machine": _machine(made),
            "settings": _settings(rates, seconds, rounds, ending, operators),
        }
        document["idle_ms_per_s"] = _idle(made, wire)
        cells: list[Cell] = []
        if rates:
            callers.manner = Manner(hang_up_s=0.2 if talk else 0.05)
            runner = Rates(made, wire, phones, callers)
            _tell("warming up")
            runner.warm_up(ways)
            cells = runner.run(rates, ways, seconds, rounds, _tell)
            document["rates"] = [cell.as_dict() for cell in cells]
            document["ratios"] = ratios(cells)
        checks = _checks(made)
        if waiting:
            made.want("paused")
            if not wire.run(lambda: made.live().count("paused") == operators, READY_S):
                raise RuntimeError("the operators did not become paused")
            document["waiting"] = WaitingRoom(made, wire, callers, waiting).run(_tell)
        document["checks"] = checks
        document["aims"] = aims(document)
        wire.close()
    return document


def _all_ready(made: Bench, wire: Wire, phones: Operators) -> None:
    phones.register()
    if not wire.run(lambda: len(phones.registered) == len(made.operators), READY_S):
        raise RuntimeError(f"only {len(phones.registered)} of {len(made.operators)} phones registered")
    if not _poll(made, wire):
        raise RuntimeError(f"operators are not ready: {made.live()}")


def _poll(made: Bench, wire: Wire) -> bool:
    for _ in range(int(READY_S / 0.3)):
        if until_ready(made):
            return True
        wire.run(lambda: False, 0.3)
    return False


def _idle(made: Bench, wire: Wire) -> dict[str, float]:
    """CPU of every process while nobody calls."""
    meter = Meter(made.pids)
    wire.run(lambda: False, IDLE_S)
    usage = meter.stop()
    return {name: round(used / usage.seconds, 1) for name, used in usage.by_name.items() if name != "caller"}


def _checks(made: Bench) -> dict[str, Any]:
    """Checks of our calls against the store."""
    with made.store() as store:
        rows = store.calls.since(made.made_at, limit=1_000_000)
        full = store.connection.run("PRAGMA synchronous").fetchone()[0] == 2
    return {
        "store synchronous=FULL": full,
        "calls in the store": len(rows),
        "of them handled by calls": sum(1 for row in rows if row["handled_by"] == "calls"),
        "with an operator rung": sum(1 for row in rows if row["ring_s"] is not None),
        "not ended": sum(1 for row in rows if row["ended_at"] is None),
        "tickets": len({row["ticket"] for row in rows}),
    }


def _machine(made: Bench) -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "Linux": platform.release(),
        "Python": platform.python_version(),
        "Asterisk": made.asterisk.binary.version,
        "fdatasync_ms": fsync_ms(made.home / "var"),
        "load": os.getloadavg()[0],
    }


def _settings(rates: tuple[float, ...], seconds: float, rounds: int, ending: str, operators: int) -> dict[str, Any]:
    manner = asdict(Manner())
    return {
        "rates": rates,
        "seconds": seconds,
        "rounds": rounds,
        "ending": ending,
        "operators": operators,
        "caller": manner,
    }


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(prog_name="bench/answer")
