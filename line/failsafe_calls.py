"""Calls that the fail-safe branch carried: when the channel is gone, the row is ended from Asterisk's queue log."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.queue_log import Carried, QueueLog
from asterisk.recordings import mend, message_s
from instance import Instance
from ivr.ending import NO_MESSAGE
from line.new_call import new_call
from tickets.errors import StoreUnavailable
from tickets.model import Row, day_of, to_text
from tickets.store import Store
from tickets.store.calls import Note
from tickets.store.steps import CallStep, Duty
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

GAVE_UP, CUT = "menutup saat menunggu", "terputus"
LOOK_S = 5.0
# younger calls are left to our FastAGI, which opens call and ticket itself
ALONE_AFTER = timedelta(seconds=15)


@dataclass(slots=True)
class FailsafeCalls:
    """Watches the calls without a runner (`ours` names those with one); a message that was left is pushed to `duty`."""

    store: StoreThread
    ari: Ari
    clock: Callable[[], datetime]
    instance: Callable[[], Instance]
    ours: Callable[[], Collection[str]]
    duty: Callable[[datetime], Duty | None]
    _log: QueueLog = field(init=False)
    _settled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._log = QueueLog(self._asterisk / "log" / "queue_log")

    @property
    def _asterisk(self) -> Path:
        return self.instance().var / "asterisk"

    async def run(self) -> None:
        """Look again and again; a call ends when Asterisk no longer has its channel."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except (AriError, StoreUnavailable) as error:
                log.warning("strays.not_ended", error=str(error))

    async def look(self) -> None:
        """Open the rows that are missing, end those whose call is over."""
        await asyncio.to_thread(self._log.read)
        self._settled &= self._log.carried.keys()  # a call that the log has forgotten is forgotten here
        rows = await self.store.read(lambda store: strays(store, self.ours()))
        if not rows and not self._log.carried.keys() - self._settled:
            return
        there = {channel["id"] for channel in await self.ari.channels()}
        await asyncio.to_thread(self._log.read)  # the end of a call that went before that look is in it now
        await self._adopt(there)
        for row in await self.store.read(lambda store: strays(store, self.ours())):
            if row["id"] not in there and row["id"] not in self.ours():
                with self._alone("end", row["id"]):
                    await self._end(row)

    @contextlib.contextmanager
    def _alone(self, step: str, call: str) -> Iterator[None]:
        """An error of one call leaves the others alone; it is tried again at the next look."""
        try:
            yield
        except (AriError, StoreUnavailable):
            raise
        except Exception:
            log.exception("stray.failed", step=step, call=call)

    async def _adopt(self, there: Collection[str]) -> None:
        instance, now = self.instance(), self.clock()
        for carried in list(self._log.carried.values()):
            fresh = carried.ended is None and carried.id in there and now - carried.at < ALONE_AFTER
            if carried.id in self._settled or fresh:
                continue
            with self._alone("adopt", carried.id):
                ticket = await self.store.write(partial(adopt, carried=carried, instance=instance))
                self._settled.add(carried.id)
                if ticket is not None:
                    log.info("call.adopted", call=carried.id, ticket=ticket)

    async def _end(self, row: Row) -> None:
        now, carried = self.clock(), self._log.carried.get(row["id"])
        recordings, duty = self._asterisk / "spool" / "recording", self.duty(now)
        if carried is not None and carried.cut:
            for name in ("failsafe", "failsafe-pesan"):
                await asyncio.to_thread(mend, recordings / f"{name}-{row['id']}.wav")
        outcome = await self.store.write(lambda store: end(store, now, row, carried, recordings, duty))
        log.info("call.stray_ended", call=row["id"], ticket=row["ticket"], outcome=outcome)


def adopt(store: Store, carried: Carried, instance: Instance) -> str | None:
    """Open call and ticket of a call that Asterisk carried alone; None where they exist already.

    It arrived when the log says so, and its row is live until `end`."""
    if store.calls.find(carried.id) is not None:
        return None
    new = new_call(carried.id, carried.number or None, carried.called, instance.site, handled_by="asterisk")
    at = to_text(carried.at)
    choice = instance.routing.menus.first.keys.get(carried.key)
    columns = {"stage": "waiting", "answered_at": at, "waiting_at": at, "keys": carried.key}
    columns["lane"] = (choice.lane if choice else None) or "urgent"
    with store.transaction():
        ticket = store.calls.arrive(carried.at, day_of(carried.at, instance.hours.tz), new)
        note = Note("call.failsafe", {"by": "asterisk", "reason": carried.reason})
        store.calls.step(carried.at, carried.id, ticket, columns, (note,))
    return ticket


def strays(store: Store, known: Collection[str]) -> list[Row]:
    """Live rows of calls that no runner serves."""
    return [row for row in store.calls.live() if row["id"] not in known]


def end(
    store: Store, now: datetime, row: Row, carried: Carried | None, recordings: Path, duty: Duty | None = None
) -> str:
    """End the row of a call whose channel is gone; `carried` is the call in the queue log. Returns the outcome.

    `talked` where the log names an operator who answered, `message` where one was left, which goes to `duty`, `cut`
    where Asterisk died during the call. A caller who was cut off is called back, also from a talk, and one who pressed
    a key and left no message."""
    at, talk = to_text(carried.ended or now if carried else now), carried.answer if carried else None
    recording, message = f"failsafe-{row['id']}", f"failsafe-pesan-{row['id']}"
    left = talk is None and message_s(recordings / f"{message}.wav") > 0
    cut = carried is not None and carried.cut
    outcome = row["outcome"] or ("talked" if talk else "message" if left else _unheard(carried))
    columns: dict[str, Any] = {"stage": "ended", "ended_at": at, "outcome": outcome}
    if left:
        columns |= {"recording": message}
    if talk is not None:
        columns |= {"operator": talk.operator, "talking_at": to_text(talk.at), "talk_ended_at": at}
        columns |= {"recording": recording} if (recordings / f"{recording}.wav").exists() else {}
        columns |= {"mark": CUT} if cut else {}
    notes = (Note("call.cut", {"stage": "talking" if talk else row["stage"]}),) if cut else ()
    step = CallStep(
        call=row["id"],
        at=now,
        columns=columns,
        notes=(*notes, Note("call.ended", {"outcome": outcome})),
        callbacks=_reasons(row, outcome, cut=cut),
        duty=duty if left else None,
        ends=outcome,
    )
    step.write(store, row["ticket"])
    return outcome


def _reasons(row: Row, outcome: str, *, cut: bool) -> tuple[str, ...]:
    """The task of calling back that this end leaves behind."""
    if cut:
        return (CUT,)
    if outcome == "after_hours" and row["keys"]:  # pressed in our own program, before Asterisk took the call
        return (NO_MESSAGE,)
    return (GAVE_UP,) if outcome == "abandoned" else ()


def _unheard(carried: Carried | None) -> str:
    """The outcome of a call that nobody answered and that left no message."""
    if carried is not None and carried.cut:
        return "cut"
    return "after_hours" if carried is not None and carried.step == "closed" else "abandoned"
