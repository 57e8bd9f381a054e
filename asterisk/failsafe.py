"""A call while our application is away: hours, one key, a ticket; then Asterisk's queue rings the operators.

The dialplan's own fail-safe stands behind it: every step winds the dead-man timer again, and any failure here ends the
AGI, after which Asterisk goes on alone. A ticket that cannot be opened never stops a call.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog

from asterisk.agi import AgiCall
from asterisk.errors import AgiError, CallerGone

KEYS = "0123456789*#"
WAIT_MS = 4000
TRIES = 2
STORE_S = 2.0
SILENCE_S = 10
# Time for the next command to come, beyond the duration of the present one.
GRACE_S = 6.0

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The call as Asterisk describes it; `call` and `ticket` are set when the application had opened them."""

    channel: str
    unique_id: str
    number: str
    name: str
    called: str
    reason: str
    call: str
    ticket: str
    at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """The call and its ticket in the store."""

    call: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Failsafe:
    """Settings and functions that the fail-safe is handed; where the store is slow or broken the call goes on.

    `gate`: true when the line is open. `open_call`: opens call and ticket of an arrival, or finds them again.
    `operators`: account names to dial, empty for all. `note`: writes an event (`key`, `message`, `queue`)."""

    prompts_dir: Path
    recordings_dir: Path
    gate: Callable[[datetime], bool]
    open_call: Callable[[Arrival], Awaitable[Opened]]
    operators: Callable[[], Awaitable[Sequence[str]]]
    note: Callable[[Opened, str, Mapping[str, Any]], Awaitable[None]]
    max_message_s: float = 120.0
    leave_message: bool = True


async def failsafe_call(call: AgiCall, failsafe: Failsafe, now: Callable[[], datetime]) -> None:
    """Handle one call up to the queue, or to the end of its after-hours message (then AGI_HANDLED is 1)."""
    await _wind(call, STORE_S)
    arrival = await _arrival(call, failsafe, now())
    opened = await _try("open_call", failsafe.open_call(arrival)) or Opened(arrival.call, arrival.ticket)
    await call.set_variable("TANGGAP_CALL", opened.call)
    await call.set_variable("TANGGAP_TICKET", opened.ticket)
    await call.set_variable("TANGGAP_GATE", "open" if arrival.open else "closed")
    if not arrival.open:
        await call.set_variable("TANGGAP_STEP", "closed")
    # Asterisk drops a key that comes between two commands: the answer is the last one before the prompt
    await _wind(call, 15 + WAIT_MS / 1000 if arrival.open else 60)
    await call.answer()
    if arrival.open:
        await _to_queue(call, failsafe, opened)
    else:
        await _after_hours(call, failsafe, opened, arrival.unique_id)


async def _arrival(call: AgiCall, failsafe: Failsafe, now: datetime) -> Arrival:
    """Read the call from its channel; the gate is that of the moment at which it came in."""
    epoch = await call.get_variable("TANGGAP_ARRIVED")
    at = datetime.fromtimestamp(int(epoch), now.tzinfo) if epoch.isdigit() else now
    number = call.env.get("agi_callerid", "")
    name = call.env.get("agi_calleridname", "")
    return Arrival(
        channel=call.env.get("agi_channel", ""),
        unique_id=call.env["agi_uniqueid"],
        number="" if number == "unknown" else number,
        name="" if name == "unknown" else name,
        called=await call.get_variable("TANGGAP_CALLED"),
        reason=await call.get_variable("TANGGAP_FAILSAFE"),
        call=await call.get_variable("TANGGAP_CALL"),
        ticket=await call.get_variable("TANGGAP_TICKET"),
        at=at,
        open=failsafe.gate(at),
    )


async def _to_queue(call: AgiCall, failsafe: Failsafe, opened: Opened) -> None:
    key = await _ask(call, str(failsafe.prompts_dir / "failsafe-menu"))
    await call.set_variable("TANGGAP_KEY", key)
    await _wind(call, 2 * STORE_S)
    await _note(failsafe, opened, "key", {"key": key})
    accounts = await _try("operators", failsafe.operators()) or ()
    dial = "&".join(f"PJSIP/{account}" for account in accounts if re.fullmatch(r"[\w.-]+", account))
    await call.set_variable("TANGGAP_DIAL", dial)
    await _note(failsafe, opened, "queue", {"operators": list(accounts)})
    await call.set_variable("TANGGAP_MENU", "done")


async def _ask(call: AgiCall, prompt: str) -> str:
    """Ask for a key; empty after two tries: such a caller reaches an operator all the same."""
    for attempt in range(TRIES):
        if attempt:
            await _wind(call, 15 + WAIT_MS / 1000)
        if key := await call.stream_file(prompt, KEYS) or await call.wait_for_digit(WAIT_MS):
            return key
    return ""


async def _after_hours(call: AgiCall, failsafe: Failsafe, opened: Opened, unique_id: str) -> None:
    key = await call.stream_file(str(failsafe.prompts_dir / "tutup-jam"), KEYS)
    if failsafe.leave_message:
        await _take_message(call, failsafe, opened, failsafe.recordings_dir / f"failsafe-pesan-{unique_id}", key)
    await call.set_variable("AGI_HANDLED", "1")


async def _take_message(call: AgiCall, failsafe: Failsafe, opened: Opened, file: Path, key: str) -> None:
    """Record without asking for a key: a caller who cannot press may still speak. A hang-up keeps the message."""
    await _wind(call, 30 + failsafe.max_message_s)
    message = {"key": key, "recording": f"{file.name}.wav"}
    await call.set_variable("TANGGAP_STEP", "record")
    await call.set_variable("TANGGAP_RECORDING", f"{file}.wav")
    try:
        await call.stream_file(str(failsafe.prompts_dir / "failsafe-rekam"))
        await call.stream_file(str(failsafe.prompts_dir / "nada"))
        await call.record_file(str(file), failsafe.max_message_s, SILENCE_S)
    except CallerGone:
        await _note(failsafe, opened, "message", message | {"hung_up": True})
        raise
    await _note(failsafe, opened, "message", message | {"hung_up": False})


async def _note(failsafe: Failsafe, opened: Opened, kind: str, data: Mapping[str, Any]) -> None:
    await _try(f"note {kind}", failsafe.note(opened, kind, data))


async def _try(step: str, work: Awaitable[T]) -> T | None:
    """Await `work`; None when it failed or took too long: the call is worth more than its record."""
    try:
        async with asyncio.timeout(STORE_S):
            return await work
    except Exception as error:
        log.exception("failsafe.without", what=step, error=repr(error))
        return None


async def _wind(call: AgiCall, seconds: float) -> None:
    """Give us this long, and GRACE_S more, before the dialplan takes the call back."""
    try:
        await call.set_variable("TIMEOUT(absolute)", f"{seconds + GRACE_S:g}")
    except CallerGone:
        raise
    except AgiError as error:
        log.warning("failsafe.timer", error=str(error))
