"""Plans the calls of a drill: the same scenario and seed give the same calls in the same order. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from drills.scenario import ANONYMOUS, CLEAN, NO_SIM, CallersModel, Scenario, ScenarioFile, Span

PREFIXES = ("0812", "0813", "0821", "0822", "0852", "0857", "0858", "0895")
HOUR_S = 3600.0
VARIANTS = 60
# An operator's times are shortened with the arrivals, but must stay long enough to be seen and heard.
SHORTEST_S = {"reaction": 0.3, "talk": 0.8, "wrap_up": 0.1}


@dataclass(frozen=True, slots=True)
class Answering:
    """Times and verdict of the operator who answers a call; seconds as in real life."""

    reaction_s: float
    talk_s: float
    wrap_up_s: float
    verdict: str


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call; `at_s` counts from the beginning of the drill, `week_s` from Monday midnight of the played week."""

    index: int
    at_s: float
    week_s: float | None
    group: CallersModel
    number: str
    trunk: str
    variant: int
    after_s: float
    stays_s: float
    answering: Answering

    @property
    def genuine(self) -> bool:
        """True for a caller who really needs help."""
        return self.group.genuine


@dataclass(frozen=True, slots=True)
class Plan:
    """All calls in the order of their beginning; `rate` is the factor by which arrivals and operators are sped up."""

    scenario: Scenario
    seed: int
    rate: float
    calls: tuple[PlannedCall, ...]
    pools: dict[str, tuple[str, ...]]
    lasts_s: float

    @property
    def genuine(self) -> int:
        """Number of genuine calls."""
        return sum(call.genuine for call in self.calls)

    def shortened(self, part: str, seconds: float) -> float:
        """An operator's `reaction`, `talk` or `wrap_up` as it is played."""
        return min(seconds, max(seconds / self.rate, SHORTEST_S[part]))


def plan(scenario: Scenario, seed: int, calls: int, rate: float) -> Plan:
    """The calls of a drill."""
    file, random = scenario.file, Random(f"{scenario.name}:{seed}:{calls}")
    pools = {name: tuple(_fresh(random) for _ in range(pool.size)) for name, pool in file.numbers.items()}
    lasts = _lasts_s(file) * calls / file.calls
    drafts = []
    for group, count in zip(file.callers, _shares([g.calls for g in file.callers], calls), strict=True):
        drafts += _of_group(group, count, file, pools, lasts, rate, random)
    drafts.sort(key=lambda draft: draft[0])
    made = [
        PlannedCall(
            index=index,
            at_s=round(at, 3),
            week_s=None if file.arrivals.days is None else _week_s(file, at * rate / lasts),
            group=group,
            number=number,
            trunk=group.trunk or file.trunks[index % len(file.trunks)],
            variant=random.randrange(VARIANTS),
            after_s=_draw(group.after, random),
            stays_s=stays,
            answering=_answering(group, file, random),
        )
        for index, (at, number, group, stays) in enumerate(drafts)
    ]
    return Plan(scenario, seed, rate, tuple(made), pools, made[-1].at_s if made else 0.0)


def _lasts_s(file: ScenarioFile) -> float:
    """Length of the whole scenario if every hour were as dense as its busiest."""
    if file.arrivals.within is not None:
        return file.arrivals.within
    return file.calls / busiest_hour(file) * HOUR_S


def busiest_hour(file: ScenarioFile) -> float:
    """Calls in the busiest hour of the week."""
    days, hours = file.arrivals.days, file.arrivals.hours
    if days is None or hours is None:
        return file.calls / (file.arrivals.within or HOUR_S) * HOUR_S
    return file.calls * max(days) / sum(days) * max(hours) / sum(hours)


def _week_s(file: ScenarioFile, part: float) -> float:
    """Seconds from Monday midnight until this part (0 to 1) of the week's calls has come."""
    days, hours = file.arrivals.days or [1], file.arrivals.hours or [1]
    weights = [day * hour for day in days for hour in hours]
    sums = list(accumulate(weights))
    wanted = min(max(part, 0.0), 0.999999) * sums[-1]
    cell = bisect_right(sums, wanted)
    day, hour = divmod(cell, len(hours))
    within = 1 - (sums[cell] - wanted) / weights[cell]
    return round((day * 24 + file.arrivals.first_hour + hour + within) * HOUR_S, 1)


def _shares(weights: Sequence[int], total: int) -> list[int]:
    """`total` in these proportions, by largest remainder."""
    exact = [weight * total / sum(weights) for weight in weights]
    counts = [int(part) for part in exact]
    by_rest = sorted(range(len(weights)), key=lambda at: (counts[at] - exact[at], at))
    for at in by_rest[: total - sum(counts)]:
        counts[at] += 1
    return counts


Draft = tuple[float, str, CallersModel, float]


def _of_group(
    group: CallersModel,
    count: int,
    file: ScenarioFile,
    pools: dict[str, tuple[str, ...]],
    lasts: float,
    rate: float,
    random: Random,
) -> list[Draft]:
    """The calls of a group; in a burst the same number calls again some seconds after it hung up."""
    drafts: list[Draft] = []
    while len(drafts) < count:
        at, number = _begins(group, lasts, random) / rate, _number(group, pools, random)
        for _ in range(min(group.bursts, count - len(drafts))):
            stays = _draw(group.stays, random)
            drafts.append((at, number, group, stays))
            at += stays + _draw(group.gap, random)
    return drafts


def _begins(group: CallersModel, lasts: float, random: Random) -> float:
    if group.between is None:
        return random.uniform(0, lasts)
    return min(_draw(group.between, random), lasts)


def _number(group: CallersModel, pools: dict[str, tuple[str, ...]], random: Random) -> str:
    if group.numbers == ANONYMOUS:
        return ""
    if group.numbers == NO_SIM:
        return f"911{random.randrange(10**7):07d}"
    return _fresh(random) if group.numbers == CLEAN else random.choice(pools[group.numbers])


def _fresh(random: Random) -> str:
    return f"{random.choice(PREFIXES)}{random.randrange(10**8):08d}"


def _answering(group: CallersModel, file: ScenarioFile, random: Random) -> Answering:
    staff = file.operators
    verdict = group.verdict or ("genuine" if group.genuine else "prank")
    if random.randrange(100) >= staff.accuracy:
        verdict = "prank" if group.genuine else "genuine"
    return Answering(
        reaction_s=_draw(staff.reaction, random),
        talk_s=_draw(staff.talk_genuine if group.genuine else staff.talk_other, random),
        wrap_up_s=_draw(staff.wrap_up, random),
        verdict=verdict,
    )


def _draw(span: Span, random: Random) -> float:
    return round(random.uniform(span.low, span.high), 3)
