"""`tanggap up`: its own duties are watched like those of the processes that it runs."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from instance import Instance, load
from operations import up
from operations.story import Story
from operations.up import RunningInstance
from processes.duties import Duties
from processes.tasks import TaskKeeper
from processes.vitals import answers
from processes.vitals.notify import ALIVE, Notify
from tests.fixtures import Edit

BESIDE = {"beat", "applying", "ballast", "page-test", "backup", "refused"}
VITALS = {"pulse", "probe", "vitals"}


@pytest.fixture
async def running(edited: Edit) -> AsyncIterator[RunningInstance]:
    """A running instance without Asterisk and without processes: what goes on beside them."""
    made = RunningInstance(load(edited()), Story(Console(file=io.StringIO())))
    (made.instance.var / "run").mkdir(parents=True, exist_ok=True, mode=0o700)
    yield made
    await made.stop()


async def health(instance: Instance) -> dict[str, object]:
    """The health that the doctor reads, as soon as it is good."""
    async with asyncio.timeout(15):
        while True:
            text = await answers.ask(answers.socket_of(instance.var, "steward"), "/health")
            if text is not None and (reply := json.loads(text))["ok"]:
                return dict(reply)
            await asyncio.sleep(0.02)


async def test_its_duties_are_answered_for(running: RunningInstance) -> None:
    """They are there by name, at the socket where the console and the doctor ask a steward."""
    await running._open_store()
    running._answer()
    await running._stay()
    assert {duty.name for duty in running.vitals.duties} == BESIDE | VITALS
    reply = await health(running.instance)
    assert (reply["process"], reply["duties"]) == ("up", {})
    text = await answers.ask(answers.socket_of(running.instance.var, "steward"), "/metrics")
    assert text is not None
    assert b'tanggap_duty_up{duty="applying"} 1.0' in text
    assert b"tanggap_config_edition 0.0" in text


async def test_a_duty_that_fails_is_begun_anew_and_named(
    running: RunningInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that cannot even be looked for is looked for again: 112 is not without it until somebody looks."""
    tries: list[str] = []

    async def refuse_once() -> None:
        tries.append("calls")
        if len(tries) == 1:
            raise PermissionError("calls.pid")
        kept.set()
        await asyncio.Event().wait()

    kept = asyncio.Event()
    monkeypatch.setattr(running.children["calls"], "keep", refuse_once)
    running._keep_children()
    async with asyncio.timeout(15):
        await kept.wait()
    [duty] = [duty for duty in running.vitals.duties if duty.name == "child-calls"]
    assert (duty.failures, duty.trouble) == (1, "calls.pid")


class Listener(Notify):
    """A service manager that counts what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.heard = asyncio.Event()

    def tell(self, *words: str) -> None:
        """Keep the words."""
        self.words += words
        self.heard.set()


class Asked(Duties):
    """Duties that notice how often somebody asks for the lost ones."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0
        self.often = asyncio.Event()

    @property
    def lost(self) -> list[str]:
        """The names, counted."""
        self.times += 1
        if self.times >= 5:
            self.often.set()
        return super().lost


async def test_without_a_vital_duty_it_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service manager, told nothing, replaces it; while all move it is told every second."""
    monkeypatch.setattr(up, "PULSE_S", 0.001)
    duties, keeper, listener = Asked(), TaskKeeper(), Listener()
    duties.start(keeper.start, "asterisk", asyncio.Event().wait, limit_s=30)
    pulse = keeper.start("pulse", up._pulse(listener, duties))
    async with asyncio.timeout(15):
        await listener.heard.wait()
        assert set(listener.words) == {ALIVE}
        for _ in range(60):
            duties.look(1)
        assert duties.lost == ["asterisk"]
        listener.words, duties.times = [], 0
        duties.often.clear()
        await duties.often.wait()
    assert listener.words == []
    assert not pulse.done()
    await keeper.close()
