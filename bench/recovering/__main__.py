"""`bench/recovery`: the command."""

import json
import os
import platform
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from asterisk.errors import AsteriskError
from bench.answering.instance import fsync_ms
from bench.recovering.kills import Kills
from bench.recovering.line import line
from bench.recovering.parts import measure
from bench.recovering.without_us import WithoutUs

# one of five callers talks
OPERATORS_PER_CALL = 5


def _sizes(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in value.split(",") if part)
    except ValueError:
        raise click.BadParameter(f"{value!r}; expected numbers such as 1,10,50") from None
    if any(not 0 < size <= 200 for size in sizes):
        raise click.BadParameter(f"{value!r}; expected live calls, 1 to 200")
    return sizes


@click.command()
@click.option(
    "--calls", "sizes", default="1,10,50", show_default=True, callback=_sizes, help="Live calls; empty: none."
)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Kills at each size, interleaved.")
@click.option("--new", type=click.IntRange(0), default=20, show_default=True, help="New calls in each way; 0: none.")
@click.option("--parts", type=click.IntRange(0), default=5, show_default=True, help="Starts, part by part; 0: none.")
@click.option("--keep", is_flag=True, help="Keep the instance directory (logs, database).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def main(sizes: tuple[int, ...], rounds: int, new: int, parts: int, keep: bool, as_json: bool) -> None:
    """Seconds from kill -9 of `tanggap calls` under `tanggap up` until every live call is in hand again, beside the
    restart of a bare ARI application; then how fast a new call is answered, and an operator rings, without us."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Asterisk and the others end with us
    home = Path(tempfile.mkdtemp(prefix="tgr-"))
    try:
        document = _measure(home, sizes, rounds, new, parts)
    except (AsteriskError, RuntimeError, OSError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        if keep:
            _tell(f"kept: {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(document, indent=2) if as_json else "\n".join(_text(document)))


def _measure(home: Path, sizes: tuple[int, ...], rounds: int, new: int, parts: int) -> dict[str, Any]:
    operators = max(2, max(sizes, default=0) // OPERATORS_PER_CALL)
    with line(home, operators) as made:
        document: dict[str, Any] = {
            "machine": {
                "cpus": os.cpu_count(),
                "Python": platform.python_version(),
                "Asterisk": made.bench.asterisk.binary.version,
                "fdatasync_ms": fsync_ms(home / "var"),
                "load": os.getloadavg()[0],
            }
        }
        if sizes:
            document["recovery"] = Kills(made).run(sizes, rounds, _tell)
        if new:
            document["new_calls"] = WithoutUs(made).run(new, _tell)
        if parts:
            made.end_ours()
            document["parts"] = measure(home, parts, _tell)
    return document


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _text(document: dict[str, Any]) -> Iterable[str]:
    yield ", ".join(f"{name} {value}" for name, value in document["machine"].items())
    if rows := document.get("recovery"):
        yield "\nkill -9 of calls, until in hand, s  all                    each call          times   cut  keys not"
        yield f"{'':30}    p50    p95    max       p50    p95    max     bare         heeded"
        for row in rows:
            name = "bare application, no calls" if row["way"] == "bare" else f"{row['calls']} live calls"
            times = f"{_three(row['in_hand_s'])}    {_three(row.get('each_call_s'))}"
            yield f"{name:30} {times}   {row['times_bare']:6.2f} {row['cut']:5d} {row['unheeded']:9d}"
    if rows := document.get("parts"):
        yield "\na start of calls alone, part by part, ms   p50    min"
        for row in rows:
            yield f"{row['part']:40} {row['p50_ms']:5d}  {row['min_ms']:5d}"
    if rows := document.get("new_calls"):
        yield "\nnew calls, ms                         INVITE to 200           key to operator         failed"
        yield "                               n      p50    p95    max       p50    p95    max"
        for row in rows:
            answer, ring = row["invite_to_200_ms"], row["key_to_operator_ms"]
            start = f"{row['way']:28} {row['calls']:3d}  {_three(answer, 1)}   {_three(ring, 1)}"
            yield f"{start}  {row['failed']:8d} {', '.join(row['failures'])}"


def _three(values: dict[str, float] | None, digits: int = 2) -> str:
    if values is None:
        return " ".join(["     -"] * 3)
    return " ".join(f"{values[name]:6.{digits}f}" for name in ("p50", "p95", "max"))


if __name__ == "__main__":
    main(prog_name="bench/recovery")
