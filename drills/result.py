"""The result of a drill: each call's story, and the checks that must hold in every drill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from drills.caller import Heard
from drills.conducted import Conducted
from drills.operators import Operator
from drills.plan import Plan
from drills.spans import overlap, together
from tickets.model import Row, from_text

# sounds that the operator must hear, or the call did not reach one
VOICES = ("emergency", "whisper", "nonsense", "laughter")


@dataclass(frozen=True, slots=True)
class CallStory:
    """One call: its plan, the moments of its events (seconds after our answer; None: did not happen), its outcome.

    `…_in_life_s`: with the wait for a busy operator, and the operator's reaction, as long as in real life.
    """

    index: int
    at_s: float
    week_s: float | None
    group: str
    genuine: bool
    trait: str | None
    answer_s: float | None
    pressed_s: float | None
    challenged_s: float | None
    ring_s: float | None
    ring_in_life_s: float | None
    voice_in_life_s: float | None
    talk_s: float | None
    lasted_s: float | None
    ended_by: str
    keys: str
    lane: str | None
    mark: str | None
    outcome: str | None
    operator: str
    verdict: str
    ticket: str
    both_heard: bool
    message: bool
    prompts: tuple[str, ...]
    failure: str

    @property
    def rang(self) -> bool:
        """True if an operator's phone rang for it."""
        return self.ring_s is not None

    @property
    def reached(self) -> bool:
        """True if caller and operator heard each other, or the caller's message is kept."""
        return self.both_heard or self.message


@dataclass(frozen=True, slots=True)
class Checks:
    """Counts that must be 0 in every drill, and some that are only reported.

    `frames_late` only tells how busy the machine was. While faults are played (`kills`: seconds, process) the fail-safe
    branch may carry calls, and a push that a killed daemon had sent may come twice; `pushes_twice_unexplained`: such
    pushes without a kill of the daemon in between. `cut`: talks that neither side ended; `hung_up`: calls that we ended
    without a good-bye; `pushes_missing`: gaps longer than the ladder's.
    """

    failed: int
    without_ticket: int
    not_ended: int
    stuck_channels: int
    left_to_failsafe: int
    restarts: int
    frames_late: int
    cut: int = 0
    hung_up: int = 0
    pushes_missing: int = 0
    pushes_twice: int = 0
    pushes_twice_unexplained: int = 0
    pushes: int = 0
    assignments: int = 0
    kills: tuple[tuple[float, str], ...] = ()

    @property
    def wrong(self) -> dict[str, int]:
        """The counts that should be 0 and are not."""
        reported = {"frames_late", "pushes", "pushes_twice", "assignments", "kills"}
        reported |= {"restarts", "left_to_failsafe"} if self.kills else set()
        return {name: value for name, value in asdict(self).items() if value and name not in reported}


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a report needs."""

    scenario: str
    title: str
    about: str
    seed: int
    rate: float
    screening: bool
    lasted_s: float
    stretch: float
    operators: int
    bars: tuple[str, ...]
    calls: tuple[CallStory, ...]
    checks: Checks


def result(drill: Conducted, rows: Sequence[Row], checks: Checks, lasted_s: float, *, screening: bool) -> Result:
    """Join the callers' records with the store's rows."""
    by_ticket = {row["ticket"]: row for row in rows}
    crowded = Crowded(drill.operators)
    stretch = _stretch(drill.plan, drill)
    heard = sorted((caller.heard for caller in drill.callers), key=lambda call: call.planned.index)
    file = drill.plan.scenario.file
    stories = [_story(call, by_ticket.get(call.ticket), crowded, stretch, drill.began) for call in heard]
    return Result(
        scenario=drill.plan.scenario.name,
        title=file.title,
        about=file.about,
        seed=drill.plan.seed,
        rate=drill.plan.rate,
        screening=screening,
        lasted_s=round(lasted_s, 1),
        stretch=round(stretch, 1),
        operators=file.operators.count,
        bars=tuple(file.bars),
        calls=tuple(stories),
        checks=checks,
    )


class Crowded:
    """Spans in which every operator on duty was busy; without those in which nobody was on duty."""

    def __init__(self, operators: Sequence[Operator]) -> None:
        self._away = together([operator.away.until_now() for operator in operators])
        self._off = together([operator.off.until_now() for operator in operators])

    def within(self, start: float, end: float) -> float:
        """Seconds of these spans between start and end."""
        return overlap(self._away, start, end) - overlap(self._off, start, end)


def _stretch(plan: Plan, drill: Conducted) -> float:
    """Ratio of the operators' time per call in real life to that in the drill (at least 1)."""
    talked = [caller.heard.planned.answering for caller in drill.callers if caller.heard.talked is not None]
    in_life = sum(answering.reaction_s + answering.talk_s + answering.wrap_up_s for answering in talked)
    played = sum(b - a for operator in drill.operators for a, b in operator.work.until_now())
    return max(1.0, in_life / played) if played else plan.rate


def _story(heard: Heard, row: Row | None, crowded: Crowded, stretch: float, began: float) -> CallStory:
    planned = heard.planned

    def after_answer(moment: float | None) -> float | None:
        return None if moment is None or heard.answered is None else round(moment - heard.answered, 3)

    ring, in_life = after_answer(heard.rang), None
    if ring is not None and heard.rang is not None and heard.answered is not None:
        queued = crowded.within(_in_line(heard, row), heard.rang)
        in_life = round(ring + queued * (stretch - 1), 3)
    answer = None if heard.answered is None else round(heard.answered - heard.invited, 4)
    voice = None if in_life is None or answer is None else round(answer + in_life + planned.answering.reaction_s, 3)
    return CallStory(
        index=planned.index,
        at_s=round(heard.invited - began, 3),
        week_s=planned.week_s,
        group=planned.group.name,
        genuine=planned.genuine,
        trait=planned.group.trait,
        answer_s=answer,
        pressed_s=after_answer(heard.pressed),
        challenged_s=after_answer(heard.challenged),
        ring_s=ring,
        ring_in_life_s=in_life,
        voice_in_life_s=voice,
        talk_s=after_answer(heard.talked),
        lasted_s=after_answer(heard.ended),
        ended_by=heard.ended_by,
        keys=heard.keys,
        lane=row["lane"] if row else None,
        mark=row["mark"] if row else None,
        outcome=row["outcome"] if row else None,
        operator=heard.operator,
        verdict=heard.verdict,
        ticket=heard.ticket,
        both_heard=heard.heard_operator and (heard.heard_caller or planned.group.sound not in VOICES),
        message=bool(row and row["outcome"] == "message"),
        prompts=tuple(heard.prompts),
        failure=heard.failure,
    )


def _in_line(heard: Heard, row: Row | None) -> float:
    """Moment at which the call entered the waiting line, on the caller's clock."""
    assert heard.answered is not None
    if row is None or row["waiting_at"] is None or row["answered_at"] is None:
        return heard.answered
    return heard.answered + (from_text(row["waiting_at"]) - from_text(row["answered_at"])).total_seconds()
