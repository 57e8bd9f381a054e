"""The fail-safe with our FastAGI program alive, on a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from asterisk.agi import AgiCall, AgiServer
from asterisk.failsafe import Arrival, Failsafe, Opened, failsafe_call
from tests.asterisk.phones import outside, phones, register
from tests.asterisk.rig import TONES, Rig, rig, until

pytestmark = pytest.mark.real


class Desk:
    """Functions for the fail-safe, over a memory instead of a store."""

    def __init__(self, r: Rig, open_now: bool = True, broken: bool = False) -> None:
        self.arrivals: list[Arrival] = []
        self.notes: list[tuple[str, Mapping[str, Any]]] = []
        self.broken = broken
        self.failsafe = Failsafe(
            r.paths.prompts_dir, r.paths.recordings, lambda at: open_now, self.open_call, self.operators, self.note, 5
        )
        self.server = AgiServer("127.0.0.1", r.site.agi_port, self.handle)

    async def handle(self, call: AgiCall) -> None:
        await failsafe_call(call, self.failsafe, lambda: datetime.now(UTC))

    async def open_call(self, arrival: Arrival) -> Opened:
        self.arrivals.append(arrival)
        if self.broken:
            raise OSError("disk full")
        return Opened("c-1", "T-20261122-0001")

    async def operators(self) -> Sequence[str]:
        return ["op-sari"]

    async def note(self, opened: Opened, kind: str, data: Mapping[str, Any]) -> None:
        self.notes.append((kind, data))


async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An AGI program that hangs until its peer gives up."""
    await reader.read()
    writer.close()


@pytest.mark.parametrize("broken", [False, True])
async def test_open_asks_a_key_and_queues(broken: bool) -> None:
    """First the ticket, then the menu, then an operator is rung; a broken store changes nothing for the caller."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        desk = Desk(r, broken=broken)
        async with desk.server:
            operator = await register(runtime, "op-sari", r)
            talk = await (await outside(runtime, "081234567890", r)).dial("112")
            await talk.up()
            assert await talk.hears(TONES["failsafe-menu"])
            await talk.press("2")
            answered = await operator.answer(await operator.rings())
            assert await talk.hears(880)
            [arrival] = desk.arrivals
            assert (arrival.number, arrival.called, arrival.reason, arrival.open) == (
                "081234567890",
                "112",
                "stasis",
                True,
            )
            assert desk.notes == [("key", {"key": "2"}), ("queue", {"operators": ["op-sari"]})]
            shown = await r.asterisk.command(f"core show channel {arrival.channel}")
            assert f"TANGGAP_TICKET={'' if broken else 'T-20261122-0001'}" in shown
            assert "TANGGAP_HANDLED_BY=agi" in shown
            await answered.hang_up()
            await talk.ended()


async def test_closed_records_a_message() -> None:
    """Outside the hours the AGI takes the message itself and finishes the call."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        desk = Desk(r, open_now=False)
        async with desk.server:
            talk = await (await outside(runtime, "081234567890", r)).dial("112")
            await talk.up()
            assert await talk.hears(TONES["tutup-jam"])
            assert await talk.hears(TONES["nada"])
            await asyncio.sleep(1.2)
            await talk.press("#")
            await talk.ended()
            [(kind, data)] = desk.notes
            assert (kind, data["hung_up"]) == ("message", False)
            assert (r.paths.recordings / data["recording"]).stat().st_size > 4000


async def test_hang_up_during_the_message_keeps_it() -> None:
    """A caller who hangs up after speaking has left a message."""
    async with rig() as r, phones() as runtime:
        desk = Desk(r, open_now=False)
        async with desk.server:
            talk = await (await outside(runtime, "anonymous", r)).dial("112")
            await talk.up()
            assert await talk.hears(TONES["nada"])
            await asyncio.sleep(1.2)
            await talk.hang_up()
            await until(lambda: desk.notes)
            assert desk.notes[0][0] == "message"
            assert (r.paths.recordings / desk.notes[0][1]["recording"]).stat().st_size > 4000


async def test_agi_that_hangs_is_left() -> None:
    """A program that takes the connection and says nothing is left after its timer; Asterisk goes on alone."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        server = await asyncio.start_server(never_answer, "127.0.0.1", r.site.agi_port)
        talk = await (await outside(runtime, "081234567890", r)).dial("112")
        await talk.up(limit_s=9)
        assert await talk.hears(TONES["failsafe-menu"])
        await talk.hang_up()
        server.close()
