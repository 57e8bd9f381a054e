"""A line under test: a real store and floor, a stepped clock, and an Asterisk that only notes its orders."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from agents.presence import Desk
from agents.waiting import LineRules
from asterisk.ami import Ami
from asterisk.ari import Ari
from asterisk.errors import AriError
from ivr import events as ev
from ivr import flow
from ivr.state import Script
from line.call_runner import CallContext, Caller, CallRunner, Judge
from line.call_writer import CallWriter
from line.floor import Floor
from tests.ivr.playbook import OPEN, SCRIPT
from tickets.model import Row
from tickets.store.calls import NewCall
from tickets.store.steps import Duty
from tickets.store.thread import StoreThread

# on a clock that stands still every talk is short: here whoever hangs up ends the call
STILL = replace(SCRIPT, short_talk_s=0.0)


class FakeAri:
    """Ari's methods: each call is noted with the stage that the store has at that moment, or fails by `fail`.

    `there`, `met`, `records` and `values` are its channels, bridges, recordings and variables of channels."""

    app = "tanggap"

    def __init__(self, store: StoreThread) -> None:
        self.there: list[dict[str, Any]] = []
        self.met: dict[str, list[str]] = {}
        self.records: set[str] = set()
        self.done: list[tuple[Any, ...]] = []
        self.over: list[tuple[Any, ...]] = []  # those of `done` that have been obeyed or refused
        self._stages: dict[int, str] = {}
        self._count = itertools.count()
        self.fail: dict[str, Exception] = {}
        self.values: dict[tuple[str, str], str] = {}
        self.waits: dict[str, asyncio.Event] = {}
        self._store = store

    async def _do(self, name: str, channel: str, *values: Any) -> None:
        if name in self.waits:
            await self.waits[name].wait()
        order = (name, channel, *values)
        self.done.append(order)
        n = next(self._count)
        if not self._store._closed:
            row = await self._store.read(lambda store: store.calls.find(channel))
            if row is not None and name != "answer":  # which goes out beside the saving: before or after it
                self._stages[n] = f"{row['stage']}: {name}"
        self.over.append(order)
        if name in self.fail:
            raise self.fail[name]

    @property
    def stages(self) -> list[str]:
        """The stage of the stored call at each command, in the order of the commands: reads overtake each other."""
        return [self._stages[n] for n in sorted(self._stages)]

    async def answer(self, channel: str) -> None:
        await self._do("answer", channel)

    async def hangup(self, channel: str, cause: int = 16) -> None:
        await self._do("hangup", channel, cause)

    async def originate(
        self,
        channel: str,
        endpoint: str,
        *,
        app_args: str,
        caller_id: str,
        timeout_s: float,
        originator: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        await self._do("originate", channel, endpoint, app_args, caller_id, timeout_s, originator, variables)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        await self._do("set_variable", channel, name, value)

    async def variable(self, channel: str, name: str) -> str:
        if "variable" in self.fail:
            raise self.fail["variable"]
        return self.values.get((channel, name), "")

    async def leave(self, channel: str, context: str, extension: str = "s") -> None:
        await self._do("leave", channel, context)

    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        await self._do("play", channel, playback, *media)

    async def stop_playback(self, playback: str) -> None:
        await self._do("stop_playback", playback)

    async def start_music(self, channel: str) -> None:
        await self._do("start_music", channel)

    async def stop_music(self, channel: str) -> None:
        await self._do("stop_music", channel)

    async def record_channel(self, channel: str, name: str, *, max_s: float, silence_s: float) -> None:
        await self._do("record_channel", channel, name, max_s)

    async def create_bridge(self, bridge: str) -> None:
        await self._do("create_bridge", bridge)

    async def add_to_bridge(self, bridge: str, *channels: str) -> None:
        await self._do("add_to_bridge", bridge, *channels)

    async def destroy_bridge(self, bridge: str) -> None:
        await self._do("destroy_bridge", bridge)

    async def record_bridge(self, bridge: str, name: str) -> None:
        await self._do("record_bridge", bridge, name)

    async def ring(self, channel: str, on: bool) -> None:
        await self._do("ring", channel, on)

    async def snoop(self, channel: str, snoop: str, *, spy: str = "in", whisper: str = "none") -> None:
        await self._do("snoop", channel, snoop, spy, whisper)

    async def started(self) -> str:
        return "2026-11-22T05:00:00"

    async def channels(self) -> list[dict[str, Any]]:
        return self.there

    async def bridges(self) -> list[dict[str, Any]]:
        return [{"id": bridge, "channels": inside} for bridge, inside in self.met.items()]

    async def is_recording(self, name: str) -> bool:
        return name in self.records


class FakeAmi:
    """The methods of Ami that a call uses."""

    def __init__(self, ari: FakeAri) -> None:
        self._ari = ari

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        await self._ari._do("ami_variable", channel, name, value)

    async def set_timeout(self, channel: str, seconds: float) -> None:
        await self._ari._do("set_timeout", channel, seconds)


def channel(name: str, state: str = "Up", args: str = "tanggap", app: str = "Stasis") -> dict[str, Any]:
    """A channel as Asterisk lists it."""
    return {"id": name, "name": name, "state": state, "dialplan": {"app_name": app, "app_data": args}}


def refused(status: int) -> AriError:
    """Asterisk's refusal."""
    return AriError("uji", status, "ditolak")


def same_shape(fake: type, real: type) -> list[str]:
    """The methods of `fake` that `real` does not have with the same parameters."""
    mine = {name: method for name, method in vars(fake).items() if inspect.isfunction(method) and name[0] != "_"}
    return [name for name, method in mine.items() if _parameters(method) != _parameters(getattr(real, name, None))]


def _parameters(method: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(method).parameters.values() if method else ()
    return [(each.name, each.kind, each.default) for each in parameters]


class Line:
    """Calls of one line; `tell` runs a call until it has nothing more to do."""

    def __init__(self, folder: Path, store: StoreThread, script: Script = STILL) -> None:
        self.now = OPEN
        self.script = script
        self.store = store
        self.ari = FakeAri(store)
        self.desks: list[tuple[str, str]] = []
        self.floor = Floor(lambda: self.now, self._desk_changed, LineRules, lambda: 120.0)
        self.runners: dict[str, CallRunner] = {}
        self.recordings = folder / "recording"
        self.duty: Duty | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._context = CallContext(
            writer=CallWriter(store, (), lambda: self.now, self.spawn),
            ari=cast(Ari, self.ari),
            ami=cast(Ami, FakeAmi(self.ari)),
            floor=self.floor,
            script=lambda: self.script,
            clock=lambda: self.now,
            spawn=self.spawn,
            offers=self,
            media=lambda name: f"sound:{name}",
            recordings=self.recordings,
            ring_s=lambda: 15.0,
            ticket_url=lambda ticket: f"https://112.example/tiket/{ticket}",
            duty=lambda now: self.duty,
        )

    def _desk_changed(self, desk: Desk, live: str) -> None:
        self.desks.append((desk.operator, live))

    def spawn(self, name: str, work: Any) -> asyncio.Task[Any]:
        self._tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return self._tasks[-1]

    def offer(self, call: str, operators: tuple[str, ...]) -> None:
        self.runners[call].tell(ev.Offered(operators))

    def ready(self, *operators: str) -> None:
        """Put these operators on duty, the first one idle the longest."""
        self.floor.staff(operators)
        for operator in operators:
            self.now += timedelta(milliseconds=1)
            self.floor.want(operator, "ready")
            self.floor.registered(operator, True)

    async def call(
        self,
        name: str = "c1",
        number: str | None = "+6281234567890",
        doubt: str | None = None,
        judge: Judge | None = None,
        *,
        gone: bool = False,
    ) -> CallRunner:
        """A call that has arrived (`gone`: and hung up at once): its row and ticket are there."""
        new = NewCall(name, number, number or "tanpa nomor", number is None, number is not None, "112")
        runner = self.runners[name] = CallRunner(flow.begin(name), "", Caller(new.display, number), self._context)
        if gone:
            runner.tell(ev.CallerGone())
        await runner.arrive(new, "20261122", judge or (lambda store: ev.Arrived(doubt, callable=new.callable)))
        await self.quiet(runner)
        return runner

    async def until_told(self, order: str) -> None:
        """Wait until Asterisk has obeyed this order, or has refused it; one that is only on its way does not count."""
        async with asyncio.timeout(60):
            while not any(done is over for done in self.ari.done if done[0] == order for over in self.ari.over):
                await asyncio.sleep(0.005)

    @contextlib.contextmanager
    def busy_store(self) -> Iterator[Callable[[], None]]:
        """Hold the store's writer up, as a slow disk does, until the function that is yielded is called."""
        held = threading.Event()
        job = asyncio.ensure_future(self.store.write(lambda store: held.wait(5)))
        try:
            yield held.set
        finally:
            held.set()
        assert job.done()

    async def tell(self, call: str, *events: ev.Event) -> None:
        """Hand events in, and wait until every call has carried out their steps."""
        for event in events:
            self.runners[call].tell(event)
        await self.quiet()

    async def quiet(self, *arrived: CallRunner) -> None:
        """Wait until no call has anything to do and no phone is being rung; the arrived ones begin."""
        for runner in arrived:
            runner.stop()
            await runner.serve()
        while self._tasks or any(not runner._events.empty() for runner in self.runners.values()):
            tasks, self._tasks = self._tasks, []
            await asyncio.gather(*tasks)
            for runner in self.runners.values():
                runner.stop()
                await runner.serve()

    def did(self) -> list[tuple[Any, ...]]:
        """The orders to Asterisk since the last time, as («play», channel, …)."""
        done, self.ari.done[:], self.ari.over[:] = list(self.ari.done), [], []
        return done

    def later(self, seconds: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self.now

    async def saves(self, call: str, *events: ev.Event) -> int:
        """The number of writes of the store that these events lead to."""
        return await self.counted(lambda: self.tell(call, *events))

    async def counted(self, work: Callable[[], Awaitable[object]]) -> int:
        """The number of writes of the store that this work leads to."""
        write, counted = self.store.write, list[object]()

        async def count(job: Any) -> Any:
            counted.append(job)
            return await write(job)

        self.store.write = count  # type: ignore[method-assign]
        await work()
        self.store.write = write  # type: ignore[method-assign]
        return len(counted)

    async def row(self, call: str = "c1") -> Row:
        """The call's row."""
        return await self.store.read(lambda store: store.calls.get(call))

    async def stored(self, call: str = "c1") -> dict[str, Any]:
        """The call's state as it is stored."""
        state: dict[str, Any] = json.loads((await self.row(call))["state"])
        return state

    async def journal(self) -> list[str]:
        """The kinds of all journal rows."""
        return [row["kind"] for row in await self.store.read(lambda store: store.journal.after(0))]
