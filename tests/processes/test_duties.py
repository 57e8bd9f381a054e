"""Duties: begun anew after errors, noticed when they hang, shown in the health of the process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import structlog.testing

from processes import duties as module
from processes.duties import GRACE_S, Duties, Duty, is_set
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals


class Work:
    """A duty's work by a script: "fails", "hangs", or the seconds of rest that it returns."""

    def __init__(self, *script: float | str | None) -> None:
        self.script = list(script)
        self.begun = 0
        self.waiting = asyncio.Event()  # the last step of the script is reached
        self.go = asyncio.Event()

    async def __call__(self) -> float | None:
        self.begun += 1
        step = self.script.pop(0) if self.script else "hangs"
        if not self.script:
            self.waiting.set()
        if step == "fails":
            raise RuntimeError("rusak")
        if step == "hangs":
            await self.go.wait()
            return 0.0
        assert not isinstance(step, str)
        return step


@pytest.fixture
async def keeper() -> AsyncIterator[TaskKeeper]:
    """Tasks that end with the test."""
    made = TaskKeeper()
    yield made
    await made.close()


async def reached(work: Work) -> None:
    """Wait until the work is at the end of its script."""
    async with asyncio.timeout(5):
        await work.waiting.wait()


def only(duties: Duties) -> Duty:
    [duty] = duties
    return duty


async def test_work_is_done_again_after_its_rest_and_anew_after_an_error(keeper: TaskKeeper) -> None:
    """An error is logged and counted, and forgotten with the next success; work that ends is begun anew."""
    duties, work = Duties(), Work(0.0, "fails", None, "fails", 0.0, "hangs")
    with structlog.testing.capture_logs() as logs:
        duties.start(keeper.start, "uji", work, back_off_s=(0.0,))
        await reached(work)
    assert (work.begun, only(duties).failures, only(duties).trouble) == (6, 2, "")
    assert [(entry["event"], entry["duty"]) for entry in logs] == [("duty.failed", "uji")] * 2


async def test_an_error_is_shown_until_the_duty_is_well(keeper: TaskKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that is meant to last returns nothing: it is well once it has lasted."""
    duties, work = Duties(), Work("fails", "hangs")
    duties.start(keeper.start, "uji", work, limit_s=1000.0, back_off_s=(0.0,))
    await reached(work)
    duties.look(1)
    assert duties.troubles == {"uji": "rusak"}
    monkeypatch.setattr(module, "STEADY_S", 0.0)
    duties.look(1)
    assert duties.troubles == {}


async def test_pauses_grow_and_begin_anew_after_a_success(keeper: TaskKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """A duty that fails again and again does not take the processor from the others."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    work = Work("fails", "fails", "fails", 7.0, "fails", "hangs")
    keeper.start("uji", Duty("uji", work, back_off_s=(0.1, 0.5)).run())
    await reached(work)
    assert slept == [0.1, 0.5, 0.5, 7.0, 0.1]


async def test_a_duty_that_hangs_is_noticed_and_begun_anew(keeper: TaskKeeper) -> None:
    """The log says where it waits; until it is well the process's health says that it hung."""
    duties, work = Duties(), Work("hangs", "hangs")
    duties.start(keeper.start, "uji", work, limit_s=30.0, back_off_s=(0.0,))
    await asyncio.sleep(0)
    duties.look(1)
    duties.look(29)
    assert duties.troubles == {}
    with structlog.testing.capture_logs() as logs:
        duties.look(1)
        assert duties.troubles == {"uji": "tidak bergerak 30 detik"}
        await reached(work)
        assert work.begun == 2
    [hung] = logs
    assert (hung["event"], hung["duty"], hung["silent_s"]) == ("duty.hung", "uji", 30)
    assert re.fullmatch(r"processes/test_duties\.py:\d+ > asyncio/locks\.py:\d+", hung["at"])
    duties.look(1)
    assert (only(duties).silent_s, only(duties).hangs, duties.lost) == (0, 1, [])
    assert duties.troubles == {"uji": "tidak bergerak 30 detik"}


async def test_work_that_ends_although_it_is_told_to_begin_anew(keeper: TaskKeeper) -> None:
    """Hung work that ends by itself while it is cancelled has ended; its next run starts without a failure."""
    duties, stop = Duties(), Work("hangs")

    async def work() -> float | None:
        try:
            return await stop()
        except asyncio.CancelledError:
            if stop.begun > 1:
                raise
            return 0.0

    task = duties.start(keeper.start, "uji", work, limit_s=1.0)
    await asyncio.sleep(0)
    duties.look(0)
    duties.look(1)
    stop.waiting.clear()
    await reached(stop)
    assert (only(duties).failures, only(duties).error, task.cancelling()) == (0, "", 0)


async def test_a_duty_that_rests_does_not_hang(keeper: TaskKeeper) -> None:
    """Once a day is no hang."""
    duties, work = Duties(), Work(1000.0)
    duties.start(keeper.start, "uji", work, limit_s=1.0)
    await reached(work)
    await asyncio.sleep(0)
    for _ in range(5):
        duties.look(10)
    assert (duties.troubles, only(duties).hangs) == ({}, 0)


async def test_a_server_waits_for_whoever_comes(keeper: TaskKeeper) -> None:
    """Without a limit only its end counts."""
    duties = Duties()
    duties.start(keeper.start, "uji", Work("hangs"), limit_s=None)
    await asyncio.sleep(0)
    for _ in range(5):
        duties.look(1000)
    assert duties.troubles == {}


async def test_a_duty_that_ended_is_missed() -> None:
    """Cancelled by mistake, say: it is told, and a vital one is lost; when the process is told to stop all is well."""
    for vital, lost in ((True, ["uji"]), (False, [])):
        keeper, duties = TaskKeeper(), Duties()
        duties.start(keeper.start, "uji", Work("hangs"), vital=vital)
        await asyncio.sleep(0)
        await keeper.close()
        duties.ending = lambda: True
        duties.look(GRACE_S)
        assert duties.lost == []
        duties.ending = lambda: False
        duties.look(GRACE_S)
        assert (duties.troubles, duties.lost) == ({"uji": "berhenti"}, lost)


async def test_who_is_not_begun_anew_is_lost(keeper: TaskKeeper) -> None:
    """Half of its work may not be done twice: it is left to hang, and the process is replaced."""
    duties, work = Duties(), Work("hangs")
    duties.start(keeper.start, "uji", work, limit_s=30.0, restarts=False)
    await asyncio.sleep(0)
    duties.look(0)
    duties.look(30)
    assert (work.begun, duties.lost) == (1, [])
    duties.look(GRACE_S)
    assert duties.lost == ["uji"]
    work.go.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    duties.look(1)
    assert (duties.lost, duties.troubles) == ([], {})


async def test_stopped_from_outside_it_ends(keeper: TaskKeeper) -> None:
    """Even while it is being begun anew: a process that is told to stop stops."""
    duties = Duties()
    task = duties.start(keeper.start, "uji", Work("hangs"), limit_s=1.0)
    await asyncio.sleep(0)
    duties.look(0)
    duties.look(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_that_another_repeats_is_watched(keeper: TaskKeeper) -> None:
    """A name that comes again keeps its counts, and an error is its owner's."""
    duties, go = Duties(), asyncio.Event()

    async def fail() -> None:
        await go.wait()
        raise RuntimeError("rusak")

    task = keeper.start("uji", duties.follow("uji", fail(), limit_s=5.0))
    await asyncio.sleep(0)
    duties.look(0)
    duties.look(5)
    assert (duties.troubles, only(duties).hangs) == ({"uji": "tidak bergerak 5 detik"}, 1)
    go.set()
    with pytest.raises(RuntimeError):
        await task
    again = keeper.start("uji", duties.follow("uji", asyncio.Event().wait()))
    await asyncio.sleep(0)
    duties.look(1)
    assert (duties.troubles, only(duties).hangs) == ({}, 1)
    again.cancel()


async def test_the_result_and_every_error_pass_through(keeper: TaskKeeper) -> None:
    """Timeouts inside of the work, and its result, are as without the watch."""
    duties = Duties()

    async def work() -> str:
        assert not await is_set(asyncio.Event(), 0.0)
        await asyncio.sleep(0)
        return "selesai"

    assert await keeper.start("uji", duties.follow("uji", work())) == "selesai"


async def test_it_is_measured_and_stands_in_the_health(keeper: TaskKeeper) -> None:
    """By name: up, silent, failures, hangs."""
    vitals, work = Vitals("uji"), Work("fails", "hangs")
    vitals.duties.start(keeper.start, "requests", work, limit_s=30.0, restarts=False, back_off_s=(0.0,))
    await reached(work)
    vitals.duties.look(0)
    vitals.duties.look(31)
    text = vitals.exposition()
    for line in (
        b'tanggap_duty_up{duty="requests"} 0.0',
        b'tanggap_duty_silent_seconds{duty="requests"} 31.0',
        b'tanggap_duty_failures_total{duty="requests"} 1.0',
        b'tanggap_duty_hangs_total{duty="requests"} 1.0',
    ):
        assert line in text
    assert vitals.health()["duties"] == {"requests": "tidak bergerak 31 detik"}
