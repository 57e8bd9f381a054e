"""CPU time and memory of processes, from /proc."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_CPUS = os.cpu_count() or 1


def used_ms(pid: int) -> float:
    """CPU time that a process has used, its ended threads included; the kernel tells it in ticks of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory now, and the most that it ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = (line.split() for line in lines if line.startswith("Vm"))
    values = {name.rstrip(":"): float(kilobytes) / 1024 for name, kilobytes, _ in fields}
    return values["VmRSS"], values["VmHWM"]


def _busy_ms() -> float:
    values = [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(values[:8]) - values[3] - values[4]) * _TICK_MS


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU ms of each process over a span, and how much of the machine others took meanwhile (percent)."""

    seconds: float
    by_name: dict[str, float]
    others_percent: float


class Meter:
    """Measures a span from its making to `stop`, of processes by name."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids | {"caller": os.getpid()}
        self._started = time.monotonic()
        self._before = self._now()
        self._busy = _busy_ms()

    def _now(self) -> dict[str, float]:
        return {name: used_ms(pid) for name, pid in self._pids.items()}

    def stop(self) -> Usage:
        """The usage since this meter was made."""
        seconds, after = time.monotonic() - self._started, self._now()
        used = {name: after[name] - before for name, before in self._before.items()}
        others = _busy_ms() - self._busy - sum(used.values())
        return Usage(seconds, used, max(0.0, others / (seconds * 10 * _CPUS)))
