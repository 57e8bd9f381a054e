"""Calls at a steady rate, way after way and round after round, so that what disturbs the machine disturbs all."""

import gc
import random
import time
from collections.abc import Callable, Sequence

from bench.answering.callers import Callers
from bench.answering.cpu import Meter
from bench.answering.figures import EXTENS, WAYS, Cell
from bench.answering.instance import Bench
from bench.answering.operators import Operators
from bench.answering.wire import Wire

DRAIN_S = 25.0
SETTLE_S = 0.4


class Rates:
    """Runs the grid; numbers count up over the whole run, so that each call is told from every other."""

    def __init__(self, bench: Bench, wire: Wire, operators: Operators, callers: Callers) -> None:
        self._bench = bench
        self._wire = wire
        self._operators = operators
        self._callers = callers
        self._number = 0
        self._random = random.Random(112)

    def run(
        self, rates: Sequence[float], ways: Sequence[str], seconds: float, rounds: int, tell: Callable[[str], None]
    ) -> list[Cell]:
        """Every rate and way, `seconds` in all for each, in `rounds` parts."""
        cells = {(rate, way): Cell(rate, way) for rate in rates for way in WAYS if way in ways}
        for number in range(rounds):
            for rate in rates:
                turn = number % len(ways)
                for way in (*ways[turn:], *ways[:turn]):
                    tell(f"round {number + 1} of {rounds}: {rate:g} calls per second, {way}")
                    self._part(cells[rate, way], seconds / rounds)
        return list(cells.values())

    def warm_up(self, ways: Sequence[str]) -> None:
        """A few calls of each way that count for nothing: caches, connections, threads."""
        for way in ways:
            self._part(Cell(5, way), 2)

    def _part(self, cell: Cell, seconds: float) -> None:
        count = max(1, round(cell.rate * seconds))
        gc.collect()
        gc.disable()
        self._callers.done.clear()
        meter = Meter(self._bench.pids)
        start = time.monotonic_ns()
        for index in range(count):
            # within its slot a call comes at any moment, so that no rhythm of ours meets one of the programs
            moment = (index + self._random.random()) / cell.rate
            self._wire.at(start + int(moment * 1e9), lambda: self._dial(cell.way))
        self._wire.run(lambda: len(self._callers.done) == count, seconds + 1 / cell.rate + DRAIN_S)
        self._wire.run(lambda: not self._operators.ringing, 2.0)
        self._rest()
        cell.usages.append(meter.stop())
        gc.enable()
        for dialog in list(self._callers.live.values()):
            dialog.call.failure = dialog.call.failure or "never ended"
            cell.calls.append(dialog.call)
            del self._callers.live[dialog.call.id]
        cell.left_ringing += len(self._operators.ringing)
        self._operators.ringing.clear()
        cell.calls += self._callers.done

    def _dial(self, way: str) -> None:
        self._number += 1
        self._callers.dial(f"0812{self._number:08d}", EXTENS[way])

    def _rest(self) -> None:
        """Wait for the end of the calls; their last writes and the end of their threads count as theirs."""
        self._wire.run(lambda: False, SETTLE_S)
