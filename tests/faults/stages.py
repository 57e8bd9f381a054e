"""Stages of a call or a ticket at the moment of a fault, and the promises that must hold afterwards.

A stage is set, and then either still stands (`stands`), is brought to its end (`served`), or, where Asterisk died, is
made good (`lost`). Each returns seconds for the matrix and raises AssertionError with what was not kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.faults.faults import Fault
from tests.faults.lab import EVERY_S, FOLLOW_UP_S, LATE_S, Lab
from tests.faults.people import CALLER_HZ, OPERATOR_HZ, Caller, Gap, Operator, hears, same_number, until

# a talk in which nothing was heard for longer than this was cut
SILENCE_S = 3.0
# from the mended fault until a caller talks, operators being free
SERVED_S = 60.0
# the dead-man timer of a call that is not answered is 8 s
ANSWERED_S = 12.0
ENDED_S = 40.0
RECORDED_BYTES = 16_000


@dataclass
class Scene:
    """One caller in each stage, and two tickets at an agency."""

    lab: Lab
    callers: dict[str, Caller] = field(default_factory=dict)
    old: list[Caller] = field(default_factory=list)
    assignments: dict[str, int] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)  # wall clock of the machine, as the agency notes it
    gap: Gap | None = None

    def operator(self, name: str) -> Operator:
        """A desk."""
        return self.lab.operators[name]

    async def dial(self, stage: str) -> Caller:
        """Somebody dials, and is the caller of this stage."""
        if before := self.callers.get(stage):
            self.old.append(before)
        caller = self.callers[stage] = self.lab.caller()
        await caller.dial()
        return caller

    async def ticket(self, stage: str) -> str:
        """The ticket of a stage's call."""
        row = await self.lab.row(self.callers[stage])
        assert row is not None
        return str(row["ticket"])

    def partner(self, caller: Caller) -> Operator | None:
        """The operator who talks with a caller."""
        for operator in self.lab.operators.values():
            if operator.talk is not None and same_number(operator.talk[2], caller.number):
                return operator
        return None

    async def talks(self, caller: Caller, limit_s: float) -> Operator:
        """Wait until a caller and an operator hear each other; of several who picked up, one keeps the call."""
        operators: list[Operator] = []

        def talking() -> bool:
            operator = self.partner(caller)
            if operator is None or operator.talk is None:
                return False
            if not caller.speaks:
                caller.speak()
            if hears(caller.stream, OPERATOR_HZ) and hears(operator.talk[1], CALLER_HZ):
                operators.append(operator)
            return bool(operators)

        await until(lambda: talking() or not caller.up, limit_s, f"{caller.number} talks with an operator")
        assert operators, f"{caller.number} was hung up"
        return operators[0]

    async def hear_each_other(self, caller: Caller, operator: Operator) -> None:
        """Both voices arrive now."""
        assert operator.talk is not None, "the operator was cut off"
        streams = {"caller": (caller.stream, OPERATOR_HZ), "operator": (operator.talk[1], CALLER_HZ)}
        for stream, _ in streams.values():
            stream.heard.clear()
        for party, (stream, hertz) in streams.items():
            await until(lambda stream=stream, hertz=hertz: hears(stream, hertz), 5, f"the {party} hears the other")

    async def reaches_a_person(self, stage: str) -> float:
        """The caller talks with an operator and hangs up; seconds until both hear each other."""
        caller, began = self.callers[stage], asyncio.get_running_loop().time()
        await self.talks(caller, SERVED_S)
        took = asyncio.get_running_loop().time() - began
        await caller.bye()
        row = await self.lab.at_stage(caller, "ended", limit_s=ENDED_S)
        assert row["outcome"] == "talked", f"outcome {row['outcome']}"
        return took

    async def still_up(self, stage: str, *stages: str) -> float:
        """The caller was not hung up, and the call stands there, or in the hands of the fail-safe branch."""
        caller = self.callers[stage]
        assert caller.up, f"{caller.number} was hung up"
        row = await self.lab.row(caller)
        assert row is not None, "no call in the store"
        assert row["handled_by"] != "calls" or row["stage"] in stages, f"expected {stages}, found {row['stage']}"
        return 0.0

    async def called_back(self, stage: str) -> float:
        """Asterisk took the call with it: the row ends, and there is a task to call back."""
        caller, began = self.callers[stage], asyncio.get_running_loop().time()
        await self.lab.at_stage(caller, "ended", limit_s=ENDED_S)
        task = await self.lab.callback(caller)
        assert task is not None, "no task to call back"
        return asyncio.get_running_loop().time() - began

    def pushed(self, stage: str, start: float, late_s: float) -> float:
        """The longest time between two pushes since `start`; AssertionError when it is longer than the ladder says."""
        moments = [start, *(at for at in sorted(self.lab.agency.pushed[self.assignments[stage]]) if at > start)]
        longest = max((later - before for before, later in pairwise([*moments, time.time()])), default=0.0)
        limit = EVERY_S + LATE_S + late_s
        assert longest <= limit, f"{longest:.1f} s without a push, at most {limit:g}"
        return longest


# talking


async def set_talking(scene: Scene) -> None:
    """op1 talks."""
    operator = scene.operator("op1")
    operator.willing = True
    await scene.lab.want("op1", "ready")
    caller = await scene.dial("talking")
    caller.insists = True
    await scene.talks(caller, 20)
    operator.willing = False
    assert operator.talk is not None
    scene.gap = Gap((caller.stream, operator.talk[1]), scene.lab.keeper)


async def talk_stands(scene: Scene, fault: Fault) -> float:
    """Neither side was cut off, and there was no silence."""
    caller, operator = scene.callers["talking"], scene.operator("op1")
    assert caller.up, "the caller was hung up"
    await scene.hear_each_other(caller, operator)
    assert scene.gap is not None
    assert scene.gap.longest_s < SILENCE_S, f"{scene.gap.longest_s:.1f} s of silence"
    return scene.gap.longest_s


async def talk_served(scene: Scene, fault: Fault) -> float:
    """It goes on, ends as any other, and is recorded."""
    longest = await talk_stands(scene, fault)
    caller = scene.callers["talking"]
    await caller.bye()
    row = await scene.lab.at_stage(caller, "ended", limit_s=ENDED_S)
    assert (row["outcome"], row["operator"]) == ("talked", "op1"), f"{row['outcome']} by {row['operator']}"
    path = scene.lab.line.asterisk.paths.recordings / f"{row['recording']}.wav"
    assert path.exists(), "no recording"
    assert path.stat().st_size > RECORDED_BYTES, f"{path.stat().st_size} bytes recorded"
    return longest


async def talk_lost(scene: Scene, fault: Fault) -> float:
    """The caller is called back, and the ticket says why."""
    took = await scene.called_back("talking")
    task = await scene.lab.callback(scene.callers["talking"])
    assert task is not None
    assert "terputus" in task["reason"], f"reason {task['reason']!r}"
    return took


# the others


async def set_wrap_up(scene: Scene) -> None:
    """op2 has talked and writes."""
    operator = scene.operator("op2")
    operator.willing = True
    await scene.lab.want("op2", "ready")
    caller = await scene.dial("wrap-up")
    caller.insists = True
    await scene.talks(caller, 20)
    operator.willing = False
    await caller.bye()
    await scene.lab.is_live("op2", "wrap_up")


async def wrap_up_stands(scene: Scene, fault: Fault) -> float:
    """The operator is not given another call."""
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(15):
        while (live := await scene.lab.live("op2")) != "wrap_up":
            assert live in ("wrap_up", "unregistered", "offline"), f"op2 is {live}"
            await asyncio.sleep(0.1)
    return asyncio.get_running_loop().time() - began


async def wrap_up_served(scene: Scene, fault: Fault) -> float:
    """«Selesai» makes the operator ready."""
    await wrap_up_stands(scene, fault)
    began = asyncio.get_running_loop().time()
    await scene.lab.wrapped_up(scene.operator("op2"))
    await scene.lab.is_live("op2", "ready", "ringing", "talking")
    return asyncio.get_running_loop().time() - began


async def set_ringing(scene: Scene) -> None:
    """op3's phone rings, and is not picked up."""
    await scene.lab.want("op3", "ready")
    caller = await scene.dial("ringing")
    caller.insists = True
    await until(lambda: scene.operator("op3").rings_for(caller.number), 10, "op3's phone rings")
    await scene.lab.at_stage(caller, "ringing")


async def set_waiting(scene: Scene) -> None:
    """Nobody is free."""
    caller = await scene.dial("waiting")
    caller.insists = True
    await scene.lab.at_stage(caller, "waiting")


async def set_menu(scene: Scene) -> None:
    """The caller hears the menu and presses nothing."""
    caller = await scene.dial("menu")
    await scene.lab.at_stage(caller, "menu")
    await until(caller.menus, 5, "the caller hears the menu")


async def menu_served(scene: Scene, fault: Fault) -> float:
    """Now the caller presses, and again whenever a menu is heard."""
    caller = scene.callers["menu"]
    caller.press()
    caller.insists = True
    return await scene.reaches_a_person("menu")


async def new_stands(scene: Scene, fault: Fault) -> float:
    """A caller who dialled during the fault was answered in time; seconds from INVITE to 200."""
    caller = scene.callers["new"]
    await until(lambda: caller.up, ANSWERED_S, "the new caller is answered")
    assert caller.answered_s < ANSWERED_S, f"answered after {caller.answered_s:.1f} s"
    return caller.answered_s


async def new_served(scene: Scene, fault: Fault) -> float:
    """And reaches an operator."""
    took = await new_stands(scene, fault)
    await scene.reaches_a_person("new")
    return took


async def set_pushing(scene: Scene) -> None:
    """A report is at the agency, which does not answer."""
    await scene.lab.at_stage(scene.callers["talking"], "talking")
    scene.since["pushing"] = time.time()
    number = scene.assignments["pushing"] = await scene.lab.dispatch(await scene.ticket("talking"))
    await until(lambda: scene.lab.agency.pushed[number], 5, "the first push arrives")


async def pushing_stands(scene: Scene, fault: Fault) -> float:
    """No gap longer than the ladder's; seconds of the longest."""
    return scene.pushed("pushing", scene.since["pushing"], fault.push_late_s)


async def pushing_served(scene: Scene, fault: Fault) -> float:
    """And one push more comes."""
    number, before = scene.assignments["pushing"], len(scene.lab.agency.pushed[scene.assignments["pushing"]])
    limit = EVERY_S + LATE_S + fault.push_late_s
    await until(lambda: len(scene.lab.agency.pushed[number]) > before, limit, "another push")
    return await pushing_stands(scene, fault)


async def set_accepted(scene: Scene) -> None:
    """Another report was accepted just now."""
    number = scene.assignments["accepted"] = await scene.lab.dispatch(await scene.ticket("wrap-up"))
    await until(lambda: scene.lab.agency.pushed[number], 5, "the first push arrives")
    await scene.lab.accept(number)
    scene.since["accepted"] = time.time()


async def accepted_stands(scene: Scene, fault: Fault) -> float:
    """It stays accepted, and nothing is pushed before its follow-up is due, but then it is."""
    number, accepted = scene.assignments["accepted"], scene.since["accepted"]
    row = await scene.lab.assignment(number)
    assert row["state"] == "diterima", f"state {row['state']}"
    due = accepted + FOLLOW_UP_S
    early = [at for at in scene.lab.agency.pushed[number] if accepted + 1 < at < due - 1]
    assert not early or fault.clock_s > 0, f"pushed {early[0] - accepted:.1f} s after it was accepted"
    return scene.pushed("accepted", due, fault.push_late_s) if time.time() > due else 0.0


async def accepted_served(scene: Scene, fault: Fault) -> float:
    """The follow-up comes."""
    number, due = scene.assignments["accepted"], scene.since["accepted"] + FOLLOW_UP_S
    limit = max(0.0, due - time.time()) + EVERY_S + LATE_S + fault.push_late_s
    began = time.time()

    def followed() -> bool:
        return any(at > scene.since["accepted"] + 1 for at in scene.lab.agency.pushed[number])

    await until(followed, limit, "the follow-up")
    assert began  # the wait itself is the proof
    return await accepted_stands(scene, fault)


async def ledger_stands(scene: Scene, fault: Fault) -> float:
    """Each caller is one call with one ticket of its own."""
    began = asyncio.get_running_loop().time()
    callers = [*scene.old, *scene.callers.values()]
    wanted = sorted(caller.number[-9:] for caller in callers if caller.call is not None and caller.answered_s)
    while True:
        rows = [row for row in await scene.lab.rows() if (row["number"] or "")[-9:] in wanted]
        numbers = sorted(row["number"][-9:] for row in rows)
        if numbers == wanted or asyncio.get_running_loop().time() > began + ENDED_S:
            break
        await asyncio.sleep(0.2)
    lost, twice = set(wanted) - set(numbers), {number for number in numbers if numbers.count(number) > 1}
    assert not lost, f"no call in the store: {sorted(lost)}"
    assert not twice, f"two calls in the store: {sorted(twice)}"
    assert len({row["ticket"] for row in rows}) == len(rows), "two calls share a ticket"
    return asyncio.get_running_loop().time() - began


Check = Callable[[Scene, Fault], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Stage:
    """`set` is None for what needs none, `stands` for what does not last, `lost` for what outlives Asterisk."""

    name: str
    set: Callable[[Scene], Awaitable[None]] | None
    stands: Check | None
    served: Check
    lost: Check | None = None


def _up(stage: str, *stages: str) -> Check:
    return lambda scene, fault: scene.still_up(stage, *stages)


def _person(stage: str) -> Check:
    return lambda scene, fault: scene.reaches_a_person(stage)


def _back(stage: str) -> Check:
    return lambda scene, fault: scene.called_back(stage)


# in the order in which they are set: whoever waits does so because everybody before is busy
STAGES = (
    Stage("talking", set_talking, talk_stands, talk_served, talk_lost),
    Stage("wrap-up", set_wrap_up, wrap_up_stands, wrap_up_served),
    Stage("pushing", set_pushing, pushing_stands, pushing_served),
    Stage("accepted", set_accepted, accepted_stands, accepted_served),
    Stage("ringing", set_ringing, None, _person("ringing"), _back("ringing")),
    Stage("waiting", set_waiting, _up("waiting", "waiting", "ringing"), _person("waiting"), _back("waiting")),
    Stage("menu", set_menu, None, menu_served, _back("menu")),
    Stage("new", None, new_stands, new_served),
    Stage("ledger", None, ledger_stands, ledger_stands),
)
