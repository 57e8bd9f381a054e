"""New calls on the living line, without `calls`, and with nothing of ours alive: to the answer, to a ringing phone."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bench.answering.callers import Manner
from bench.answering.figures import spread
from bench.recovering.line import PROCESSES, Line

# the key is pressed into the prompt, in all three ways at the same time after the answer
KEY_AFTER_S = 1.0
EVERY_S = 2.0
# Asterisk needs some ms to see that an application is gone; who enters it meanwhile waits for the dead-man timer
NOTICED_S = 1.0


class WithoutUs:
    """The three ways, one after another; afterwards only Asterisk is left."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._number = 0

    def run(self, calls: int, tell: Callable[[str], None]) -> list[dict[str, Any]]:
        """Measure each way; a row for each."""
        line = self._line
        assert line.up is not None
        line.want(line.bench.operators)
        line.phones.pick_up = False
        tell(f"{calls} calls on the living line")
        rows = [self._way("everything alive", calls)]
        os.kill(line.up.pid, signal.SIGSTOP)  # it would start them again
        line.kill("calls")
        tell(f"{calls} calls without calls")
        rows.append(self._way("calls dead", calls))
        line.kill(*(name for name in PROCESSES if name != "calls"))
        os.kill(line.up.pid, signal.SIGKILL)
        line.up.wait()
        tell(f"{calls} calls with everything of ours dead")
        rows.append(self._way("everything of ours dead", calls))
        return rows

    def _way(self, name: str, count: int) -> dict[str, Any]:
        line = self._line
        line.wire.run(lambda: False, NOTICED_S)
        line.callers.done.clear()
        line.callers.manner = Manner(key_after_s=KEY_AFTER_S)
        start = time.monotonic_ns()
        for place in range(count):
            line.wire.at(start + int(place * EVERY_S * 1e9), self._dial)
        line.wire.run(lambda: len(line.callers.done) == count, count * EVERY_S + 20)
        line.wire.run(lambda: not line.phones.ringing, 3)
        good = [call for call in line.callers.done if not call.failure]
        failures = [call.failure for call in line.callers.done if call.failure]
        return {
            "way": name,
            "calls": count,
            "failed": count - len(good),
            "failures": sorted(set(failures)),
            "invite_to_200_ms": asdict(spread(call.answered - call.invited for call in good)),
            "key_to_operator_ms": asdict(spread(call.operator - call.pressed for call in good)),
            "invite_to_operator_ms": asdict(spread(call.operator - call.invited for call in good)),
        }

    def _dial(self) -> None:
        self._number += 1
        self._line.callers.dial(f"0813{self._number:08d}", "112")
