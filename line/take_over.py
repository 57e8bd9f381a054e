"""Back after having been away: every live call is told what Asterisk has of it, and what belongs to nobody is ended.

What a saved step said and nobody did any more is done then: the flow compares (ivr.flow, docs/adr/0014).
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
    """`run` after each (re)connection; `asterisk` is then the name of the Asterisk that we are connected to.

    `revive` makes a runner of a stored call and lets it run; `arrive` takes a call that nobody knows as a new one."""

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
        """Every call goes on from what Asterisk has of it; what nobody knows is ended. AriError: to be done anew."""
        found = await look(self.ari)
        self.asterisk = found.run
        rows = {row["id"]: row for row in await self.writer.live()}
        unreadable: set[str] = set()
        for call in {**rows, **self.runners}:
            if call in self.runners or rows[call]["handled_by"] == "calls":
                try:
                    await self._take_up(call, rows.get(call), found)
                except AriError:
                    raise
                except Exception:  # one row that cannot be read must not keep us from all other calls
                    log.exception("call.not_taken_up", call=call)
                    unreadable.add(call)
        for channel in found.channels:
            if channel.startswith(TAP):
                self.ear.entered(channel)
        for call, args in found.callers(self.ari.app).items():
            if call in unreadable:
                await self.ari.leave(call, "failsafe")
            elif call not in self.runners:
                await self._take_up_unknown(call, args[0] if args else "", found)
        await self._clear(found)
        await self.listening.sweep(set(found.channels))
        await self.calling_back.sweep(found, self._recorded)
        for call in self.runners:
            self.ear.missed(call)

    async def _take_up(self, call: str, row: Row | None, found: Found) -> None:
        """A call of ours; `row` is None where the store does not have it yet, or has its end."""
        runner, is_there = self.runners.get(call), call in found.channels
        if runner is None and row is not None and _lives(row) and (not is_there or found.ours(call)):
            runner = self.revive(row)
        if runner is None or runner.state.stage == "ended":
            return
        if not is_there and carried_elsewhere(row):
            runner.tell(ev.LeftToFailsafe())
        elif not is_there:
            self._lost(runner, found)
        elif found.ours(call):
            await self._restore(runner, found)
        else:
            runner.tell(ev.LeftToFailsafe())

    def _lost(self, runner: CallRunner, found: Found) -> None:
        """The caller hung up while we were away, or, where another Asterisk runs now, was cut off."""
        message = _message(runner.state)
        runner.tell(ev.CallerGone() if runner.asterisk in (None, found.run) else ev.Cut())
        if message is not None:
            runner.tell(ev.MessageRecorded(message, 0.0))  # the file tells how much of it there is

    async def _restore(self, runner: CallRunner, found: Found) -> None:
        """Tell it what Asterisk has of it; the flow makes that what its saved step says."""
        call, state, message = runner.call, runner.state, _message(runner.state)
        legs = found.legs(call)
        answered = tuple(leg for leg in legs if found.up(leg))
        recorded = state.talking is None or state.recording is None or await self._recorded(state.recording)
        runner.tell(ev.Restored(legs, answered, found.bridged(call), found.up(call), recorded))
        if message is not None and not await self.ari.is_recording(message):
            runner.tell(ev.MessageRecorded(message, 0.0))

    async def _recorded(self, recording: str) -> bool:
        """Whether a talk has its recording: one that was begun is not begun anew, that would overwrite it."""
        return file_of(self.recordings, recording).exists() or await self.ari.is_recording(recording)

    async def _take_up_unknown(self, call: str, dialled: str, found: Found) -> None:
        """A channel in our hands that no live row knows: one that came while we were away, or one that we had ended."""
        if await self.writer.find(call) is not None:
            await self.ari.hangup(call)  # its end was saved, and then we died before we hung up
            return
        with contextlib.suppress(AriError):  # it may hear the music of a slow disk
            await self.ari.stop_music(call)
        self.arrive(call, dialled, dict(found.channels[call]))

    async def _clear(self, found: Found) -> None:
        """Phones and bridges of calls that are over."""
        for leg in found.legs():
            if call_of_part(leg) not in self.runners:
                await self.ari.hangup(leg, 26)
        for bridge, call in found.talks().items():
            if call not in self.runners:
                await self.ari.destroy_bridge(bridge)


def carried_elsewhere(row: Row | None) -> bool:
    """Whether the fail-safe branch has taken a call of ours: how it ended stands in the queue log, not with us."""
    return row is not None and row["handled_by"] != "calls"


def _lives(row: Row) -> bool:
    """Whether its flow has not ended: what the dead-man timer took away is the fail-safe's."""
    return bool(json.loads(row["state"]).get("stage") != "ended")


def _message(state: CallState) -> str | None:
    """The message that a call records, or has just recorded."""
    return state.recording if state.stage == "recording" and state.outcome != "message" else None
