"""A real Asterisk under a supervisor: it says that it is ready, and one that hangs is noticed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from operations import steward
from tests.asterisk.rig import rig, spawn, until

pytestmark = pytest.mark.real


async def test_asterisk_tells_systemd_that_it_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its unit is of type notify: without this word systemd would wait, and then kill it."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as heard:
        heard.bind(str(tmp_path / "n"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        async with rig():
            words: list[str] = []
            async with asyncio.timeout(10):
                while "READY=1" not in words:
                    words += (await asyncio.get_running_loop().sock_recv(heard, 4096)).decode().split("\n")


async def test_a_hung_asterisk_is_noticed_and_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing while it answers; stopped, it answers neither HTTP nor its control socket."""
    monkeypatch.setattr(steward, "LOOK_S", 0.1)
    monkeypatch.setattr(steward, "HTTP_S", 0.5)
    monkeypatch.setattr(steward, "CONTROL_S", 1.0)
    async with rig() as made:
        watching = spawn("hung", steward.end_hung(made.asterisk))
        await asyncio.sleep(3)
        assert not watching.done()
        assert made.asterisk.pid is not None
        os.kill(made.asterisk.pid, signal.SIGSTOP)
        await asyncio.wait_for(watching, 20)
        await until(lambda: made.asterisk.pid is None)
        # none runs: nothing to notice, and no error; started again it is watched like the first
        again = spawn("hung", steward.end_hung(made.asterisk))
        await asyncio.sleep(1)
        await made.asterisk.start()
        await asyncio.sleep(2)
        assert not again.done()
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
