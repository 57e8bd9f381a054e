"""Results of the faults, and their matrix for people and for JSON; every test run imports it, so it imports little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

# the property of a test report that holds a row
ROW = "fault matrix"


@dataclass(frozen=True, slots=True)
class Cell:
    """One stage under one fault: kept, or `why` not; `known` is why that is expected."""

    fault: str
    stage: str
    seconds: float
    why: str = ""
    known: str = ""

    @property
    def green(self) -> bool:
        """True if the promise was kept, or is known not to be."""
        return bool(self.why) == bool(self.known)

    @property
    def shown(self) -> str:
        """For the matrix."""
        if self.why:
            return "known" if self.known else "FAILED"
        return "XPASS" if self.known else f"{self.seconds:.1f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One fault: seconds until everything was in control again, and its cells."""

    fault: str
    what: str
    control_s: float
    cells: tuple[Cell, ...]
    skipped: str = ""

    @property
    def green(self) -> bool:
        """True if every cell is green."""
        return all(cell.green for cell in self.cells)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "green": self.green}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Line:
        """Read a line back from JSON."""
        kept = {name: value for name, value in data.items() if name not in ("green", "cells")}
        return cls(**kept, cells=tuple(Cell(**cell) for cell in data["cells"]))


def table(lines: Sequence[Line]) -> str:
    """The matrix for people: seconds, or FAILED."""
    names = list(dict.fromkeys(cell.stage for line in lines for cell in line.cells))
    width = max(len(line.what) for line in lines)
    rows = [f"{'':{width}}  control  " + "  ".join(f"{name:>8}" for name in names)]
    whys = []
    for line in lines:
        shown = {cell.stage: cell.shown for cell in line.cells}
        cells = "  ".join(f"{shown.get(name, '-'):>8}" for name in names)
        rows.append(f"{line.what:{width}}  {line.control_s:7.1f}  {cells}")
        whys += [f"{line.what}: {line.skipped}"] if line.skipped else []
        whys += [
            f"{line.what}, {cell.stage}: {cell.why or cell.known}" for cell in line.cells if cell.why or cell.known
        ]
    return "\n".join([*rows, "", LEGEND, *whys])


LEGEND = """Seconds; - is not set in the shortened form. control: from the mended fault until every process is well and
calls serves each of its calls. talking: the longest silence. wrap-up: until «Selesai» counts. pushing, accepted: the
longest time between two pushes (every 10 s by the ladder). ringing, waiting, menu: until caller and operator hear each
other; where Asterisk died, until there is a task to call back. new: who dialled into the fault, INVITE to 200. ledger:
until each call has its row and its own ticket. «known»: not kept yet, see below."""
