"""The whole fault matrix by one command: `bash scripts/faults` (`--help`)."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import click

from processes.logs import quiet, to_file
from tests.faults.faults import FAULTS
from tests.faults.lab import lab
from tests.faults.matrix import Matrix
from tests.faults.table import Line, table

NAMES = [fault.name for fault in FAULTS]


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[FAULT]...")
@click.option("--brief", is_flag=True, help="As CI runs it: the scene is set once, and no fault lasts long.")
@click.option("--keep", is_flag=True, help="Keep the instance's folder (logs).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def main(names: tuple[str, ...], brief: bool, keep: bool, as_json: bool) -> None:
    """Faults crossed with the stages of calls and tickets, on a real Asterisk with real SIP; exit 1 when a promise was
    not kept."""
    quiet()
    lines = asyncio.run(_run(names, brief, keep))
    green = all(line.green for line in lines)
    document = {"green": green, "faults": [line.as_dict() for line in lines]}
    print(json.dumps(document, indent=2) if as_json else table(lines))
    sys.exit(0 if green else 1)


async def _run(names: tuple[str, ...], brief: bool, keep: bool) -> list[Line]:
    folder = Path(tempfile.mkdtemp(prefix="tgf-"))
    lines: list[Line] = []
    to_file(folder / "log" / "lab.log")
    try:
        async with lab(folder, keep=keep) as made:
            matrix = Matrix(made, brief=brief)
            for fault in FAULTS:
                if fault.name in names or (not names and not (brief and fault.brief_s is None)):
                    lines.append(await matrix.run(fault))
                    _tell(lines[-1])
            await matrix.clear()
    finally:
        if keep:
            print(f"kept: {folder}", file=sys.stderr)
    return lines


def _tell(line: Line) -> None:
    failed = [f"{cell.stage}: {cell.why}" for cell in line.cells if not cell.green]
    print(f"{line.what}: {'; '.join(failed) or line.skipped or 'ok'}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(prog_name="scripts/faults")
