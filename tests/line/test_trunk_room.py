"""Room on a trunk: outgoing calls never take the last channels, however many want to go out at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from asterisk.ari import Ari
from asterisk.site import Trunk
from line.trunk_room import TrunkFull, TrunkRoom

TRUNK = Trunk("telkom", ("192.0.2.10",), contact="sip:192.0.2.10", channels=30, reserve=5)
FULL = "25 dari 30 saluran trunk telkom dipakai, 5 terakhir untuk penelepon: panggilan keluar menunggu"
# channels that are not of this trunk
OTHERS = ("PJSIP/trunk-telkom-2-00000001", "PJSIP/op1-00000001", "Local/1")


class Exchange:
    """Channels as Asterisk lists them; each look and each order gives way to others."""

    def __init__(self, used: int) -> None:
        self.names = [f"PJSIP/trunk-telkom-{n:08x}" for n in range(used)]

    async def channels(self) -> list[dict[str, Any]]:
        """All channels."""
        await asyncio.sleep(0)
        return [{"name": name} for name in (*self.names, *OTHERS)]

    async def order(self) -> None:
        """A call goes out."""
        await asyncio.sleep(0)
        self.names.append(f"PJSIP/trunk-telkom-{len(self.names):08x}")


def rooms(exchange: Exchange, folder: Path) -> tuple[TrunkRoom, TrunkRoom]:
    """Two processes' rooms of one trunk."""
    ari = cast(Ari, exchange)
    return TrunkRoom(ari, folder / "run"), TrunkRoom(ari, folder / "run")


async def go_out(room: TrunkRoom, exchange: Exchange) -> str:
    """Order a call; the sentence where there is no room."""
    try:
        async with room.door(TRUNK):
            await exchange.order()
    except TrunkFull as error:
        return str(error)
    return ""


async def test_two_processes_never_take_the_callers_channels(tmp_path: Path) -> None:
    """Twelve at once, of two processes, with room for five: five go out, the others hear why."""
    exchange = Exchange(20)
    both = rooms(exchange, tmp_path)
    results = await asyncio.gather(*(go_out(both[n % 2], exchange) for n in range(12)))
    assert len(exchange.names) == 25
    assert sorted(results) == [""] * 5 + [FULL] * 7


async def test_who_waits_goes_out_when_a_channel_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is told how many are in use where none becomes free in time."""
    monkeypatch.setattr("line.trunk_room.LOOK_S", 0.01)
    exchange = Exchange(27)
    room, _ = rooms(exchange, tmp_path)
    with pytest.raises(TrunkFull, match="27 dari 30"):
        await room.wait(TRUNK, 0.0)
    waits = asyncio.create_task(room.wait(TRUNK, 60.0))
    await asyncio.sleep(0)
    del exchange.names[:3]
    await waits


@pytest.mark.parametrize("trunk", [None, Trunk("telkom", ()), Trunk("lain", (), channels=1)])
async def test_what_has_no_size_has_room(tmp_path: Path, trunk: Trunk | None) -> None:
    """A phone of ours, a trunk without a number of channels, a trunk that nobody uses."""
    room, _ = rooms(Exchange(30), tmp_path)
    async with room.door(trunk):
        pass


async def test_a_door_that_nobody_opens_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs in front of its order holds nobody up for long; one that died holds nobody up."""
    monkeypatch.setattr("line.trunk_room.DOOR_S", 0.05)
    exchange = Exchange(0)
    first, second = rooms(exchange, tmp_path)
    async with first.door(TRUNK):
        assert await go_out(second, exchange) == "panggilan keluar lain sedang dimulai"
    assert await go_out(second, exchange) == ""


async def test_a_door_that_cannot_be_opened_keeps_no_call_back(tmp_path: Path) -> None:
    """On a full disk, or where a file stands in the way: the call goes out, and the last channels stay the callers'."""
    (tmp_path / "run").write_text("no folder")
    exchange = Exchange(24)
    room, _ = rooms(exchange, tmp_path)
    assert [await go_out(room, exchange) for _ in range(2)] == ["", FULL]
