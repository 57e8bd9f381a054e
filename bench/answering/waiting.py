"""Many callers in the line at once and no operator free: the prompts that each hears, and their lateness."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bench.answering.callers import Call, Callers, Manner
from bench.answering.cpu import Meter, memory_mb
from bench.answering.figures import EXTENS, Spread, spread
from bench.answering.instance import Bench
from bench.answering.wire import Wire
from ivr.state import Script

ARRIVE_PER_S = 40.0
KEY_AFTER_S = 1.0
PATIENCE_S = 15.0
POSITION_S: float = Script.__dataclass_fields__["position_every_s"].default  # type: ignore[assignment]
HEARD = ("menu-utama", "sambungkan", "antrean", "tetap-di-telepon")
PLACES = ("antrean", "tetap-di-telepon")
_START = 900_000


class WaitingRoom:
    """Fills the line with `size` callers, listens until each was told its position, and empties it again."""

    def __init__(self, bench: Bench, wire: Wire, callers: Callers, size: int) -> None:
        self._bench = bench
        self._wire = wire
        self._callers = callers
        self._size = size

    def run(self, tell: Callable[[str], None]) -> dict[str, Any]:
        """The figures as they go into the report."""
        self._callers.manner = Manner(key_after_s=KEY_AFTER_S, hang_up_s=None)
        self._callers.done.clear()
        pids = self._bench.pids
        before = memory_mb(pids["ours"])[0]
        tell(f"{self._size} callers into the line, no operator free")
        calls: list[Call] = []
        meter, started, lost = Meter(pids), time.monotonic(), self._wire.lost()
        for number in range(self._size):
            self._wire.after(number / ARRIVE_PER_S, lambda number=number: calls.append(self._dial(number)))  # type: ignore[misc]
        span = self._size / ARRIVE_PER_S + KEY_AFTER_S + POSITION_S
        self._wire.run(lambda: False, span)
        self._wire.run(lambda: all(_place(call) for call in calls), PATIENCE_S)
        usage, took = meter.stop(), time.monotonic() - started
        waiting = self._in_line()
        now, most = memory_mb(pids["ours"])
        tell("all of them hang up at once")
        for call in calls:
            self._callers.hang_up(call)
        emptied = self._wire.run(lambda: not self._callers.live and not self._in_line(), 20)
        return {
            "callers": self._size,
            "in_line_at_once": waiting,
            "lost": sum(1 for call in calls if call.failure or not call.answered),
            "line_empty_after_hang_up": emptied,
            "late_ms": {name: asdict(values) for name, values in _late(calls).items()},
            "packets_the_callers_lost": self._wire.lost() - lost,
            "not_heard": {name: missing for name, missing in _not_heard(calls).items() if missing},
            "longest_silence_ms": asdict(spread(call.longest_gap for call in calls if call.longest_gap)),
            "cpu_percent_of_one_core": {
                name: round(used / took / 10, 1) for name, used in usage.by_name.items() if name != "bare"
            },
            "others_cpu_percent": round(usage.others_percent, 1),
            "calls_rss_mb": {"before": round(before, 1), "with_all_waiting": round(now, 1), "most": round(most, 1)},
        }

    def _dial(self, number: int) -> Call:
        return self._callers.dial(f"0812{_START + number:08d}", EXTENS["ours"])

    def _in_line(self) -> int:
        with self._bench.store() as store:
            return sum(1 for row in store.calls.live() if row["stage"] == "waiting")


def _place(call: Call) -> int:
    """Moment at which the announcement of the caller's place began; beyond the tenth it names no place."""
    return min((call.heard[name] for name in PLACES if name in call.heard), default=0)


def _late(calls: list[Call]) -> dict[str, Spread]:
    due = int(POSITION_S * 1e9)
    return {
        "menu_after_200": spread(
            call.heard["menu-utama"] - call.answered for call in calls if "menu-utama" in call.heard
        ),
        "prompt_after_key": spread(
            call.heard["sambungkan"] - call.pressed for call in calls if "sambungkan" in call.heard
        ),
        "position_after_its_time": spread(_place(call) - call.pressed - due for call in calls if _place(call)),
    }


def _not_heard(calls: list[Call]) -> dict[str, int]:
    names = ("menu-utama", "sambungkan", "musik")
    missing = {name: sum(1 for call in calls if name not in call.heard) for name in names}
    return missing | {"position": sum(1 for call in calls if not _place(call))}
