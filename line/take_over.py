"""Take-over after a (re)connection: every live call learns what Asterisk has of it; the rest is ended.

Commands of a saved step that were not carried out are made up for then, by the flow (ivr.flow, docs/adr/0014).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.recordings import file_of
from asterisk.translate import TAP, call_of_part
from ivr import events as ev
from ivr.state import CallState
from line.call_runner import CallRunner
from line.call_writer import CallWriter
from line.calling_back import CallingBack
from line.ear.ear import Ear
from line.inventory import Found, look
from line.listening import Listening
from tickets.model import Row

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class TakeOver:
    """Takes the calls over: `run` after each (re)connection; `asterisk` then names the run of Asterisk we talk to.

    `revive` starts a runner for a stored call; `arrive` serves an unknown call as a new one."""

    ari: Ari
    writer: CallWriter
    runners: dict[str, CallRunner]
    recordings: Path
    revive: Callable[[Row], CallRunner]
    arrive: Callable[[str, str, dict[str, Any]], None]
    ear: Ear
    listening: Listening
    calling_back: CallingBack
    asterisk: str | None = None

    async def run(self) -> None:
        """Go on with every call, and end what belongs to none. AriError: the whole must be done again."""
        inventory = await look(self.ari)
        self.asterisk = inventory.run
        rows = {row["id"]: row for row in await self.writer.live()}
        unreadable: set[str] = set()
        for call in {**rows, **self.runners}:
            if call in self.runners or rows[call]["handled_by"] == "calls":
                try:
                    await self._take_up(call, rows.get(call), inventory)
                except AriError:
                    raise
                except Exception:  # one unreadable row must not stop the other calls
                    log.exception("call.not_taken_up", call=call)
                    unreadable.add(call)
        for channel in inventory.channels:
            if channel.startswith(TAP):
                self.ear.entered(channel)
        for call, args in inventory.callers(self.ari.app).items():
            if call in unreadable:
                await self.ari.leave(call, "failsafe")
            elif call not in self.runners:
                await self._take_up_unknown(call, args[0] if args else "", inventory)
        await self._clear(inventory)
        await self.listening.sweep(set(inventory.channels))
        await self.calling_back.sweep(inventory, self._recorded)
        for call in self.runners:
            self.ear.missed(call)

    async def _take_up(self, call: str, row: Row | None, inventory: Found) -> None:
        """Go on with a call of ours; `row` is None where the store does not have it yet, or has its end."""
        runner, is_there = self.runners.get(call), call in inventory.channels
        if runner is None and row is not None and _lives(row) and (not is_there or inventory.ours(call)):
            runner = self.revive(row)
        if runner is None or runner.state.stage == "ended":
            return
        if not is_there and carried_elsewhere(row):
            runner.tell(ev.LeftToFailsafe())
        elif not is_there:
            self._lost(runner, inventory)
        elif inventory.ours(call):
            await self._restore(runner, inventory)
        else:
            runner.tell(ev.LeftToFailsafe())

    def _lost(self, runner: CallRunner, inventory: Found) -> None:
        """Tell a call that its channel is gone: the caller hung up, or was cut off where another Asterisk runs now."""
        message = _message(runner.state)
        runner.tell(ev.CallerGone() if runner.asterisk in (None, inventory.run) else ev.Cut())
        if message is not None:
            runner.tell(ev.MessageRecorded(message, 0.0))  # its length is taken from the file

    async def _restore(self, runner: CallRunner, inventory: Found) -> None:
        """Tell a call what Asterisk has of it; the flow then makes that agree with the saved state."""
        call, state, message = runner.call, runner.state, _message(runner.state)
        legs = inventory.legs(call)
        answered = tuple(leg for leg in legs if inventory.up(leg))
        recorded = state.talking is None or state.recording is None or await self._recorded(state.recording)
        runner.tell(ev.Restored(legs, answered, inventory.bridged(call), inventory.up(call), recorded))
        if message is not None and not await self.ari.is_recording(message):
            runner.tell(ev.MessageRecorded(message, 0.0))

    async def _recorded(self, recording: str) -> bool:
        """True when a talk has its recording; recording it a second time would overwrite the file."""
        return file_of(self.recordings, recording).exists() or await self.ari.is_recording(recording)

    async def _take_up_unknown(self, call: str, dialled: str, inventory: Found) -> None:
        """Serve a channel without a live row as a new call, or hang it up where its row has ended."""
        if await self.writer.find(call) is not None:
            await self.ari.hangup(call)  # the process died between saving the end and hanging up
            return
        with contextlib.suppress(AriError):  # it may still hear the music of a slow disk
            await self.ari.stop_music(call)
        self.arrive(call, dialled, dict(inventory.channels[call]))

    async def _clear(self, inventory: Found) -> None:
        """End the phones and bridges of calls that are over."""
        for leg in inventory.legs():
            if call_of_part(leg) not in self.runners:
                await self.ari.hangup(leg, 26)
        for bridge, call in inventory.talks().items():
            if call not in self.runners:
                await self.ari.destroy_bridge(bridge)


def carried_elsewhere(row: Row | None) -> bool:
    """True when the fail-safe branch has taken the call: its end stands in the queue log, not in our state."""
    return row is not None and row["handled_by"] != "calls"


def _lives(row: Row) -> bool:
    """True until the flow has ended: a call that the dead-man timer moved has ended for the flow."""
    return bool(json.loads(row["state"]).get("stage") != "ended")


def _message(state: CallState) -> str | None:
    """The name of the message that a call records, or has just recorded."""
    return state.recording if state.stage == "recording" and state.outcome != "message" else None
