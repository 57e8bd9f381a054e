"""One open page: what is offered, sent and dropped; a slow one holds up nobody."""

import asyncio
import json
import socket as sockets
import time
from typing import Any, cast

import pytest

from console.console import User
from console.live import client as client_module
from console.live import live as live_module
from console.live.client import Client
from tests.console.desk112 import NOW, SITI, RunningConsole
from tests.console.live.test_live import page, snapshot


async def test_what_is_offered_during_a_sending_is_sent_after_it() -> None:
    """Also where it equals what was sent before that: the page shows the one in between meanwhile."""
    sent: list[str] = []
    going, goes_on = asyncio.Event(), asyncio.Event()

    class Socket:
        async def send_str(self, text: str) -> None:
            going.set()
            await goes_on.wait()
            sent.append(json.loads(text)["data"])

    user = User("siti", "Siti", "operator", None, "s1")
    client = Client(cast(Any, Socket()), user, ("operator", "siti"), "p1", None, lambda: NOW, sent='"b"')
    pump = asyncio.create_task(client.pump())
    client.offer('"a"')
    await going.wait()
    client.offer('"b"')
    goes_on.set()
    async with asyncio.timeout(30):
        while sent[-1:] != ["b"]:
            await asyncio.sleep(0.01)
    pump.cancel()
    assert sent == ["a", "b"]


@pytest.mark.long
async def test_a_slow_page_is_dropped_and_holds_up_nobody(
    desk: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads nothing; its neighbours get every snapshot in time."""
    monkeypatch.setattr(client_module, "SLOW_S", 0.3)
    number = await desk.call()
    async with page(desk, "pusat", f"page=ticket&number={number}") as fast:
        await snapshot(fast)
        slow = await asyncio.to_thread(_open_and_never_read, desk, await _cookie(desk), number)
        try:
            for turn in range(200):
                text = f"{turn} " + "x" * 4900
                await desk.store.write(
                    lambda store, text=text: store.tickets.update(desk.clock.now, number, {"description": text}, SITI)
                )
                started = time.monotonic()
                while not ((await snapshot(fast))["ticket"]["description"] or "").startswith(f"{turn} "):
                    pass
                assert time.monotonic() - started < 1.0
                if desk.live.clients == 1:
                    break
            assert desk.live.clients == 1, "the slow page is still there"
        finally:
            slow.close()


async def _cookie(desk: RunningConsole) -> str:
    async with await desk.session("pusat") as session:
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in session.cookie_jar)


def _open_and_never_read(desk: RunningConsole, cookie: str, number: str) -> sockets.socket:
    slow = sockets.socket()
    slow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2048)
    slow.connect((desk.server.host, desk.server.port))
    head = f"GET /live?page=ticket&number={number} HTTP/1.1\r\nHost: {desk.server.host}:{desk.server.port}\r\n"
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    slow.sendall(f"{head}{upgrade}{key}Cookie: {cookie}\r\n\r\n".encode())
    assert b"101" in slow.recv(64)
    return slow


@pytest.mark.long
async def test_a_page_that_cannot_be_read_is_told_so(desk: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its beats say that what it shows is old, until the next good reading; it raises the alarm itself meanwhile."""
    monkeypatch.setattr(client_module, "BEAT_S", 0.1)
    monkeypatch.setattr(live_module, "TICK_S", 0.1)
    async with page(desk, "pusat", "page=overview") as socket:
        await snapshot(socket)
        with monkeypatch.context() as broken:
            broken.setitem(live_module.SNAPSHOTS, "overview", _unreadable)  # type: ignore[arg-type]
            async with asyncio.timeout(60):
                while not (await socket.receive_json()).get("blind"):
                    pass
        async with asyncio.timeout(60):
            while (message := await socket.receive_json()).get("blind"):
                pass
        assert message["type"] == "beat"


def _unreadable(*_: object) -> Any:
    raise ValueError("a row that cannot be read")
