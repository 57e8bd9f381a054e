"""Percentiles, and what one way showed at one rate."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.answering.callers import Call
from bench.answering.cpu import Usage

WAYS = ("dialplan", "bare", "ours")
EXTENS = {"dialplan": "9001", "bare": "9002", "ours": "112"}


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles in ms of `n` values; all 0 where there is none."""

    n: int
    p50: float
    p95: float
    p99: float
    max: float


def spread(values_ns: Iterable[int]) -> Spread:
    """The spread of durations in ns."""
    ordered = sorted(value / 1e6 for value in values_ns)
    if not ordered:
        return Spread(0, 0.0, 0.0, 0.0, 0.0)
    p50, p95, p99 = (round(percentile(ordered, share), 3) for share in (0.50, 0.95, 0.99))
    return Spread(len(ordered), p50, p95, p99, round(ordered[-1], 3))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two nearest values."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


@dataclass(slots=True)
class Cell:
    """All rounds of one way at one rate."""

    rate: float
    way: str
    calls: list[Call] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    left_ringing: int = 0

    @property
    def good(self) -> list[Call]:
        """Calls in which everything happened that should."""
        return [call for call in self.calls if not call.failure]

    @property
    def failed(self) -> int:
        """Calls in which something did not happen, and phones that went on ringing after their caller had gone."""
        return len(self.calls) - len(self.good) + self.left_ringing

    def cpu_ms(self, process: str) -> float:
        """CPU per call of a process over all rounds; a process that is not of this way is 0."""
        used = sum(usage.by_name.get(process, 0.0) for usage in self.usages)
        return round(used / len(self.calls), 2) if self.calls else 0.0

    @property
    def application_ms(self) -> float:
        """CPU per call of the application behind this way."""
        return 0.0 if self.way == "dialplan" else self.cpu_ms(self.way)

    @property
    def total_ms(self) -> float:
        """CPU per call of Asterisk and the application together."""
        return round(self.cpu_ms("asterisk") + self.application_ms, 2)

    @property
    def answer(self) -> Spread:
        """Time from INVITE to 200."""
        return spread(call.answered - call.invited for call in self.good)

    @property
    def ring(self) -> Spread:
        """Time from the end of the digit to the operator's INVITE."""
        return spread(call.operator - call.pressed for call in self.good)

    @property
    def prompt(self) -> Spread:
        """Time from 200 to the first RTP of the prompt."""
        return spread(call.first_rtp - call.answered for call in self.good if call.first_rtp)

    def as_dict(self) -> dict[str, Any]:
        """The cell as it is printed with `--json`."""
        seconds = sum(usage.seconds for usage in self.usages)
        others = sum(usage.others_percent * usage.seconds for usage in self.usages) / seconds if seconds else 0.0
        reasons = Counter(call.failure for call in self.calls if call.failure)
        if self.left_ringing:
            reasons["phone left ringing"] = self.left_ringing
        return {
            "rate": self.rate,
            "way": self.way,
            "calls": len(self.calls),
            "failed": self.failed,
            "failures": dict(reasons),
            "retransmitted": sum(call.retransmitted for call in self.calls),
            "invite_to_200_ms": asdict(self.answer),
            "key_to_operator_ms": asdict(self.ring),
            "answer_to_prompt_ms": asdict(self.prompt),
            "cpu_ms_per_call": {
                "asterisk": self.cpu_ms("asterisk"),
                "application": self.application_ms,
                "total": self.total_ms,
                "caller": self.cpu_ms("caller"),
            },
            "others_cpu_percent": round(others, 1),
        }
