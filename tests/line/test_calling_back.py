"""Calling back, where something fails: the operator's desk is free again, also when the store refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog.testing

from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.legs import Legs
from asterisk.site import Trunk
from asterisk.translate import translate
from instance.site import Site
from ivr import events as ev
from line import calling_back
from line.calling_back import CallingBack
from line.inventory import look
from line.trunk_room import TrunkRoom
from line.trunks import NO_TRUNK
from tests.line.line import Line, channel, refused
from tickets.errors import SchemaViolated, StoreUnavailable
from tickets.model import Row


def locked_store() -> StoreUnavailable:
    """The store's refusal."""
    return StoreUnavailable("basis data terkunci")


class Callbacks:
    """Calling back on a line with one operator, sari; `refuse` raises `unwritten` where there is one."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line = line
        line.ready("sari")
        self.refused: list[str] = []
        self.unwritten: Exception | None = None
        self.site = SimpleNamespace(
            mobile_trunk="uji",
            name="112 Uji",
            country_code="62",
            area_code="31",
            asterisk=SimpleNamespace(trunks=(Trunk("uji", ("127.0.0.1",)),), numbers=("112",)),
        )
        self.legs = Legs(cast(Ari, line.ari))
        self.calling_back = CallingBack(
            cast(Ari, line.ari),
            self.legs,
            line.store,
            line.floor,
            lambda: cast(Site, self.site),
            lambda: line.now,
            line.spawn,
            self._refuse,
            TrunkRoom(cast(Ari, line.ari), folder),
        )

    async def _refuse(self, operator: str, task: int, why: str) -> None:
        self.refused.append(why)
        if self.unwritten is not None:
            raise self.unwritten

    async def task(self) -> int:
        """Somebody gave up while waiting."""
        await self.line.call()
        await self.line.tell("c1", ev.PlaybackEnded("pb-c1-1"), ev.Digit("1"), ev.CallerGone())
        (row,) = await self.line.store.read(lambda store: store.callbacks.open())
        return int(row["id"])

    async def start(self) -> str:
        """The operator presses «Telepon»; the operator's leg, as soon as it is rung."""
        task = await self.task()
        self.line.did()
        assert self.calling_back.start("sari", task) is None
        assert self.desk() == ("calling", False)
        await self.line.until_told("originate")
        return next(str(done[1]) for done in self.line.ari.done if done[0] == "originate")

    def desk(self) -> tuple[str | None, bool]:
        """The operator's engagement, and True when a call may be taken."""
        desk = self.line.floor.roster.get("sari")
        assert desk is not None
        return desk.engaged, self.line.floor.may_take("sari")

    def hear(self, kind: str, leg: str, **fields: Any) -> None:
        """Deliver an event of a leg."""
        self.legs.route(translate({"type": kind, "channel": {"id": leg}, **fields}))

    async def done(self) -> None:
        """Wait until every task has ended, also by an error."""
        tasks, self.line._tasks = self.line._tasks, []
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def callbacks(line: Line, tmp_path: Path) -> Callbacks:
    """One operator, ready, and a trunk."""
    return Callbacks(line, tmp_path)


@pytest.mark.parametrize("status", [500, 0])
async def test_a_refusal_that_cannot_be_written_leaves_no_desk_engaged(callbacks: Callbacks, status: int) -> None:
    """The operator's phone is not there, and the store is locked for the refusal: the desk is free again."""
    callbacks.line.ari.fail["originate"], callbacks.unwritten = refused(status), locked_store()
    await callbacks.start()
    await callbacks.done()
    assert (callbacks.desk(), callbacks.refused) == ((None, True), ["telepon Anda tidak terjangkau"])


@pytest.mark.parametrize("error", [refused(0), RuntimeError("a defect of ours")])
async def test_a_failure_that_cannot_be_written_leaves_no_desk_engaged(callbacks: Callbacks, error: Exception) -> None:
    """Asterisk fails in the midst of it, or we do: the same."""
    callbacks.line.ari.fail["ring"], callbacks.unwritten = error, locked_store()
    callbacks.hear("StasisStart", await callbacks.start())
    await callbacks.done()
    assert (callbacks.desk(), callbacks.refused) == ((None, True), ["sambungan gagal"])


SIZED = Trunk("uji", ("127.0.0.1",), contact="sip:127.0.0.1", channels=3, reserve=1)
FULL = "2 dari 3 saluran trunk uji dipakai, 1 terakhir untuk penelepon: panggilan keluar menunggu"


def used(*names: str) -> list[dict[str, Any]]:
    """Channels of the trunk that Asterisk lists."""
    return [{"id": name, "name": f"PJSIP/trunk-uji-{name}", "state": "Up"} for name in names]


async def test_the_last_channels_of_a_trunk_are_left_to_callers(callbacks: Callbacks) -> None:
    """No phone rings, the operator reads how many are in use, the desk is free, and the task stays open."""
    callbacks.site.asterisk.trunks = (SIZED,)
    task = await callbacks.task()
    callbacks.line.ari.there = used("00000001", "0000000f")
    callbacks.line.did()
    assert callbacks.calling_back.start("sari", task) is None
    await callbacks.done()
    assert [done for done in callbacks.line.ari.done if done[0] == "originate"] == []
    assert (callbacks.desk(), callbacks.refused) == ((None, True), [FULL])
    (row,) = await callbacks.line.store.read(lambda store: store.callbacks.open())
    assert row["tries"][-1]["outcome"] == "cancelled"


async def test_a_trunk_that_fills_while_the_operators_phone_rings(callbacks: Callbacks) -> None:
    """The person is not rung: the last channel is a caller's."""
    callbacks.site.asterisk.trunks = (SIZED,)
    leg = await callbacks.start()
    callbacks.line.ari.there = used("00000001", "0000000f")
    callbacks.hear("StasisStart", leg)
    await callbacks.done()
    assert (callbacks.desk(), callbacks.refused) == ((None, True), [FULL])


async def test_a_trunk_that_was_taken_out_meanwhile_leaves_no_desk_engaged(callbacks: Callbacks) -> None:
    """While the operator's phone rang, site.yaml lost its trunk."""
    leg = await callbacks.start()
    callbacks.site.mobile_trunk = None
    callbacks.hear("StasisStart", leg)
    await callbacks.done()
    assert (callbacks.desk(), callbacks.refused) == ((None, True), [NO_TRUNK])
    (row,) = await callbacks.line.store.read(lambda store: store.callbacks.open())
    assert [attempt["outcome"] for attempt in row["tries"]] == ["failed"]


async def test_an_error_of_the_store_that_nobody_declared_leaves_no_desk_engaged(callbacks: Callbacks) -> None:
    """A damaged page, say."""
    task = await callbacks.task()

    async def damaged(job: object) -> Row:
        raise RuntimeError("database disk image is malformed")

    callbacks.line.store.write = damaged  # type: ignore[method-assign,assignment]
    assert callbacks.calling_back.start("sari", task) is None
    await callbacks.done()
    assert callbacks.desk() == (None, True)


async def test_the_desk_is_free_before_the_end_is_written(callbacks: Callbacks) -> None:
    """A slow disk holds no operator: the phone is hung up, so a call may ring there."""
    callbacks.hear("StasisStart", await callbacks.start())
    with callbacks.line.busy_store() as go_on:
        callbacks.line.did()
        callbacks.hear("ChannelDestroyed", "cb-1-op", cause=16)
        await callbacks.line.until_told("destroy_bridge")
        await _until(lambda: callbacks.desk() == (None, True))
        go_on()
        await callbacks.done()


async def test_calls_are_taken_over_while_the_store_cannot_be_read(
    callbacks: Callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conversations are taken up as soon as it can be: none is hung up meanwhile."""
    monkeypatch.setattr(calling_back, "RETRY_S", 0.01)
    task = await callbacks.task()
    store, read, tries = callbacks.line.store, callbacks.line.store.read, list[object]()
    row = await store.write(lambda store: store.callbacks.dial(datetime.now(UTC), task, "sari"))
    leg, out = (f"cb-{row['attempt']}-{end}" for end in ("op", "out"))

    async def locked(job: Callable[..., Any]) -> Any:
        tries.append(job)
        if len(tries) == 1:
            raise locked_store()
        return await read(job)

    async def recorded(recording: str) -> bool:
        return True

    store.read = locked  # type: ignore[method-assign]
    callbacks.line.ari.there = [channel(leg), channel(out)]
    callbacks.line.did()
    await callbacks.calling_back.sweep(await look(cast(Ari, callbacks.line.ari)), recorded)
    await _until(lambda: callbacks.desk() == ("calling", False))
    assert ("hangup", leg, 16) not in callbacks.line.did()
    callbacks.hear("ChannelDestroyed", out, cause=16)
    await callbacks.done()
    assert callbacks.desk()[0] is None


async def test_a_take_over_that_fails_half_way_leaves_no_desk_engaged(callbacks: Callbacks) -> None:
    """Asterisk does not say whether a talk is recorded: the sweep is repeated, and a task awaits the talk's end."""
    task, line = await callbacks.task(), callbacks.line
    row = await line.store.write(lambda store: store.callbacks.dial(datetime.now(UTC), task, "sari"))
    await line.store.write(lambda store: store.callbacks.talks(datetime.now(UTC), row["attempt"], "calls/x"))
    leg, out = (f"cb-{row['attempt']}-{end}" for end in ("op", "out"))
    line.ari.there, asked = [channel(leg), channel(out)], list[str]()

    async def recorded(recording: str) -> bool:
        asked.append(recording)
        if len(asked) == 1:
            raise refused(0)
        return True

    with pytest.raises(AriError):
        await callbacks.calling_back.sweep(await look(cast(Ari, line.ari)), recorded)
    await callbacks.calling_back.sweep(await look(cast(Ari, line.ari)), recorded)
    assert callbacks.desk() == ("calling", False)
    callbacks.hear("ChannelDestroyed", out, cause=16)
    await callbacks.done()
    assert callbacks.desk() == (None, True)


class Agency:
    """An agency whose desk phone may call the reporter of its one assignment."""

    def __init__(self, callbacks: Callbacks, monkeypatch: pytest.MonkeyPatch) -> None:
        self.callbacks, self.dialled = callbacks, list[str]()
        self.fails: Exception | None = None
        monkeypatch.setattr(callbacks.line.store, "write", self._write)

    async def _write(self, job: Callable[..., Any]) -> Any:
        if job.__name__ != "dial":
            return None
        await asyncio.sleep(0)
        if self.fails is not None:
            raise self.fails
        self.dialled.append("reporter")
        return {"task": len(self.dialled), "attempt": len(self.dialled), "number": "+628123456789"}

    def ask(self) -> str | None:
        """Somebody of the agency presses «Telepon pelapor»."""
        return self.callbacks.calling_back.start_for_agency("damkar", 7, "damkar1")


@pytest.fixture
def agency(callbacks: Callbacks, monkeypatch: pytest.MonkeyPatch) -> Agency:
    """Nothing asked yet."""
    return Agency(callbacks, monkeypatch)


async def test_two_quick_requests_of_an_agency_ring_its_phone_once(agency: Agency) -> None:
    """The second one comes while the first is being written; after the first has ended the phone is free again."""
    callbacks = agency.callbacks
    busy = "telepon meja OPD sedang dipakai menelepon"
    assert [agency.ask(), agency.ask()] == [None, busy]
    await callbacks.line.until_told("originate")
    assert (agency.ask(), agency.dialled) == (busy, ["reporter"])
    callbacks.hear("ChannelDestroyed", "cb-1-op", cause=17)
    await callbacks.done()
    assert [done[1] for done in callbacks.line.ari.done if done[0] == "originate"] == ["cb-1-op"]
    callbacks.line.did()
    assert agency.ask() is None
    await callbacks.line.until_told("originate")
    callbacks.hear("ChannelDestroyed", "cb-2-op", cause=17)
    await callbacks.done()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(locked_store(), "basis data terkunci"), (RuntimeError("a defect of ours"), "sambungan gagal")],
)
async def test_a_reporter_call_that_did_not_begin_leaves_the_phone_free(
    agency: Agency, error: Exception, reason: str
) -> None:
    """The agency is told why, and may try again."""
    agency.fails = error
    for _ in range(2):
        assert agency.ask() is None
        await agency.callbacks.done()
    assert agency.callbacks.refused == [reason] * 2


@pytest.mark.parametrize("error", [SchemaViolated("UNIQUE constraint failed"), RuntimeError("a defect of ours")])
async def test_a_defect_of_ours_is_logged_with_its_traceback(callbacks: Callbacks, error: Exception) -> None:
    """A statement that does not fit the schema is no state of the store: somebody has to mend it."""
    task = await callbacks.task()

    async def wrong(job: object) -> Row:
        raise error

    callbacks.line.store.write = wrong  # type: ignore[method-assign,assignment]
    with structlog.testing.capture_logs() as logs:
        assert callbacks.calling_back.start("sari", task) is None
        await callbacks.done()
    assert [entry["exc_info"] for entry in logs if entry["event"] == "callback.not_begun"] == [error]
    assert callbacks.refused == ["sambungan gagal"]


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not true():
            await asyncio.sleep(0.005)
