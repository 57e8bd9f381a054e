"""The shipped scenarios at a small size with fixed seeds: real Asterisk, real callers, real operators, all at once.

How fast an operator is reached is not judged here: five lines share the machine. `tanggap drill` does that.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from dataclasses import asdict

import pytest
import pytest_asyncio

from drills.conduct import drill
from drills.figures import Figures, figures
from drills.instance import prepare
from drills.plan import plan
from drills.report import document
from drills.result import Result
from drills.result_page import page
from drills.scenario import load, shipped
from instance import REPOSITORY
from operations.phone_system import build_prompts

pytestmark = pytest.mark.real

# scenario -> calls, seed (one whose callers are done soon), rate; the longest begin first
SMALL = {
    "prank-storm": (18, 435, 8),
    "cannot-speak": (18, 1015, 6),
    "launch-week": (26, 2024, 90),
    "after-hours": (16, 211, 6),
    "shift-change": (24, 260, 60),
    "chaos": (24, 117, 60),
}
LIMIT_S = 240


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Each scenario on an instance of its own, which plays while the next one is still being started."""

    homes = {name: tmp_path_factory.mktemp(name) for name in SMALL}
    spoken, starting = tmp_path_factory.mktemp("prompts"), asyncio.Lock()
    instance = prepare(spoken, REPOSITORY, plan(load("launch-week"), 1, 1, 1), [1, 2, 3, 4, 5], screening=True)
    await asyncio.to_thread(build_prompts, instance)

    async def play(name: str) -> Result:
        calls, seed, rate = SMALL[name]
        # else each would speak all prompts anew
        shutil.copytree(instance.var / "prompts", homes[name] / "var" / "prompts")
        async with AsyncExitStack() as stack:
            async with starting:
                made = drill(plan(load(name), seed, calls, rate), homes[name], REPOSITORY, screening=True, tell=print)
                conducted = await stack.enter_async_context(made)
            return await conducted.run(screening=True)

    async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
        played = {name: group.create_task(play(name)) for name in SMALL}
    return {name: task.result() for name, task in played.items()}


def told(result: Result, found: Figures) -> str:
    """The lines to read when a drill failed."""
    lost = [json.dumps(asdict(call)) for call in result.calls if call.index in found.lost or call.failure]
    return "\n".join([*(f"{bar.what}: {bar.found}" for bar in found.bars), *lost])


def test_every_shipped_scenario_is_drilled() -> None:
    """A new one needs its small size here."""
    assert sorted(SMALL) == shipped()


@pytest.mark.parametrize("name", SMALL)
def test_no_genuine_caller_is_lost(results: dict[str, Result], name: str) -> None:
    """Each reached an operator or left a message, and no call failed, hangs, or has no ticket."""
    judged = figures(results[name])
    assert judged.genuine > 0
    assert (judged.lost, results[name].checks.wrong) == ((), {}), told(results[name], judged)


@pytest.mark.parametrize("name", SMALL)
def test_few_others_ring(results: dict[str, Result], name: str) -> None:
    """Silence, noise and hanging up ring nobody; with so few calls the share itself says little."""
    ringing = {call.group for call in results[name].calls if call.rang and not call.genuine}
    assert ringing <= {"iseng_bicara", "iseng_langganan", "tekan_lalu_diam", "anak_tertawa", "serbu_tekan"}


def test_the_calls_are_those_of_the_plan(results: dict[str, Result]) -> None:
    """Same seed, same calls in the same order."""
    for name, (calls, seed, rate) in SMALL.items():
        made = plan(load(name), seed, calls, rate)
        assert [(call.index, call.group) for call in results[name].calls] == [
            (c.index, c.group.name) for c in made.calls
        ]


def test_after_hours_every_report_is_a_message(results: dict[str, Result]) -> None:
    """There is nobody to ring."""
    calls = results["after-hours"].calls
    assert all(call.message == call.genuine for call in calls)
    assert not any(call.rang for call in calls)


def test_who_cannot_speak_reaches_an_operator(results: dict[str, Result]) -> None:
    """By any key, by a whisper, by tapping."""
    genuine = [call for call in results["cannot-speak"].calls if call.genuine]
    assert {"lima_lima", "berbisik", "mengetuk", "terlambat"} <= {call.group for call in genuine}
    assert all(call.rang and call.both_heard for call in genuine)


def test_the_next_shift_answers(results: dict[str, Result]) -> None:
    """Before the change the first three, after it the others."""
    answered = [call.operator for call in results["shift-change"].calls if call.talk_s is not None]
    assert {name in ("op1", "op2", "op3") for name in answered} == {True, False}


def test_reports_can_be_made_of_each(results: dict[str, Result]) -> None:
    """As JSON and as a page."""
    for result in results.values():
        assert json.loads(json.dumps(document([result])))["scenario"] == result.scenario
        assert page([result]).count("<svg") == 2
