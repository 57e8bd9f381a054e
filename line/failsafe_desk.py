"""The fail-safe with tickets, for calls while the calls process is away; needs nothing but the store."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from asterisk.agi import AgiCall
from asterisk.failsafe import Arrival, Failsafe, Opened, failsafe_call
from asterisk.recordings import message_s
from asterisk.translate import trunk_of
from instance import Instance
from ivr.ending import NO_MESSAGE
from ivr.hours import decide
from line.broken.merged import COPY, Merged
from line.call_writer import CallWriter
from line.new_call import IDENTITY, new_call
from line.recordings import duty_of
from tickets.model import Row, day_of, to_text
from tickets.store import Store
from tickets.store.calls import NewCall, Note
from tickets.store.steps import CallStep, Record
from tickets.store.thread import StoreThread

# an operator in one of these states may be rung while we cannot ask them
ON_DUTY = ("ready", "ringing", "talking", "wrap_up")


class FailsafeDesk:
    """Serves the calls of the fail-safe branch: opens their tickets and writes their steps into the store."""

    def __init__(
        self, instance: Callable[[], Instance], store: StoreThread, writer: CallWriter, clock: Callable[[], datetime]
    ) -> None:
        self._instance = instance
        self._store = store
        self._writer = writer
        self._clock = clock
        self._merged = Merged()

    async def serve(self, call: AgiCall) -> None:
        """Serve one call up to Asterisk's queue, or to the end of its message; a copy of one is refused."""
        identity = await call.get_variable(IDENTITY)
        if self._merged.first(call.env["agi_uniqueid"], identity, asyncio.get_running_loop().time()) is not None:
            await call.refuse(COPY)
            return
        instance = self._instance()
        after = instance.hours.after_hours
        callers: dict[str, NewCall] = {}
        failsafe = Failsafe(
            prompts_dir=instance.var.resolve() / "prompts",
            recordings_dir=instance.var.resolve() / "asterisk" / "spool" / "recording",
            gate=lambda at: decide(self._instance().hours, at, until=False).open,
            open_call=partial(self.open_call, callers, identity=identity),
            operators=self.operators,
            note=partial(self.note, callers),
            max_message_s=after.max_message_s,
            leave_message=after.leave_message,
        )
        await failsafe_call(call, failsafe, self._clock)

    async def open_call(self, callers: dict[str, NewCall], arrival: Arrival, identity: str = "") -> Opened:
        """Take up the call and ticket that the application had opened, or open new ones."""
        site, zone, now = self._instance().site, self._instance().hours.tz, self._clock()
        new = new_call(
            arrival.unique_id,
            arrival.number or None,
            arrival.called,
            site,
            name=arrival.name or None,
            handled_by="agi",
            trunk=trunk_of(arrival.channel),
            identity=identity,
        )
        columns: dict[str, Any] = {"handled_by": "agi", "stage": "waiting", "ended_at": None, "outcome": None}
        moments = {"answered_at": to_text(now), "waiting_at": to_text(now)}
        notes = (Note("call.failsafe", {"by": "agi", "reason": arrival.reason, "open": arrival.open}),)

        def job(store: Store) -> str:
            known = store.calls.find(arrival.unique_id)
            ticket: str = known["ticket"] if known else store.calls.arrive(now, day_of(now, zone), new)
            missing = {name: at for name, at in moments.items() if known is None or known[name] is None}
            CallStep(arrival.unique_id, now, columns | missing, notes).write(store, ticket)
            return ticket

        def spilled() -> tuple[Record, str]:
            ticket = self._writer.provisional(day_of(now, zone), zone)
            step = CallStep(arrival.unique_id, now, columns | moments, notes)
            return Record(ticket, new, step, arrives=True), ticket

        callers[arrival.unique_id] = new
        ticket = await self._writer.write(job, spilled)
        return Opened(arrival.unique_id, ticket)

    async def operators(self) -> Sequence[str]:
        """Operators on duty as the calls process last wrote them; with an empty list all are rung."""
        rows: list[Row] = await self._store.read(lambda store: store.people.presences())
        return [row["operator"] for row in rows if row["wanted"] == "ready" and row["live"] in ON_DUTY]

    async def note(self, callers: Mapping[str, NewCall], opened: Opened, kind: str, data: Mapping[str, Any]) -> None:
        """Write an event of the call: a key, a message, its place in Asterisk's queue."""
        now, new = self._clock(), callers[opened.call]
        step = await self._message(opened, data, now) if kind == "message" else self._step(opened, kind, data, now)
        record = Record(opened.ticket, new, step)
        await self._writer.write(lambda store: step.write(store, opened.ticket), lambda: (record, None))

    def _step(self, opened: Opened, kind: str, data: Mapping[str, Any], now: datetime) -> CallStep:
        columns: dict[str, Any] = {}
        if kind == "key":
            choice = self._instance().routing.menus.first.keys.get(data["key"])
            columns = {"keys": data["key"], "lane": (choice.lane if choice else None) or "urgent"}
        return CallStep(opened.call, now, columns, (Note(f"failsafe.{kind}", data),))

    async def _message(self, opened: Opened, data: Mapping[str, Any], now: datetime) -> CallStep:
        """End the call; a message is pushed by the duty rule, an empty recording is none."""
        recording = data["recording"].removesuffix(".wav")
        path = self._instance().var / "asterisk" / "spool" / "recording" / data["recording"]
        seconds = await asyncio.to_thread(message_s, path)
        outcome = "message" if seconds else "after_hours"
        columns = {"stage": "ended", "ended_at": to_text(now), "outcome": outcome}
        columns |= {"recording": recording} if seconds else {}
        notes = (Note("failsafe.message", {**data, "seconds": seconds}), Note("call.ended", {"outcome": outcome}))
        duty = duty_of(self._instance(), now) if seconds else None
        callbacks = (NO_MESSAGE,) if data["key"] and not seconds else ()
        return CallStep(opened.call, now, columns, notes, callbacks=callbacks, duty=duty, ends=outcome)
