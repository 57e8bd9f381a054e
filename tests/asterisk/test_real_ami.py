"""The manager link on a real Asterisk: timers, the fail-safe queue, outages."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from asterisk.ami import QueueMember
from asterisk.errors import AmiError
from tests.asterisk.phones import outside, phones, register
from tests.asterisk.rig import TONES, rig, until

pytestmark = pytest.mark.real


async def test_queue_mirrors_and_survives_a_restart() -> None:
    """Operators are added, paused and removed; after a restart of Asterisk the hook runs and events come again."""
    async with rig(operators=("op-sari", "op-budi")) as r:
        ami, logins, booted = r.ami(), [], []

        async def resync() -> None:
            await ami.sync_queue({"op-sari": False, "op-budi": True})
            logins.append(time.monotonic())

        ami.on_connect(resync)
        ami.on_event("FullyBooted", lambda event: booted.append(event["Status"]))
        await ami.connect()
        await until(lambda: logins)
        assert sorted(await ami.queue_members(), key=lambda m: m.account) == [
            QueueMember("op-budi", True),
            QueueMember("op-sari", False),
        ]
        for change in ("add", "add", "pause", "resume", "remove", "remove"):
            await ami.queue_member("op-sari", change)
        assert await ami.queue_members() == [QueueMember("op-budi", True)]

        assert r.complaints() == []
        await r.asterisk.stop()
        await until(lambda: not ami.connected)
        with pytest.raises(AmiError):
            await ami.queue_member("op-sari", "add")
        await r.asterisk.start()
        await until(lambda: len(logins) == 2)
        assert len(booted) >= 2 and set(booted) == {"Fully Booted"}  # once more where a first connection came too early
        assert len(await ami.queue_members()) == 2
        await ami.close()


async def test_registration_is_seen() -> None:
    """A phone that registers is told by an event and listed; a trunk and a stranger are not."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        ami, seen = r.ami(), []
        ami.on_event("ContactStatus", lambda event: seen.append((event["EndpointName"], event["ContactStatus"])))
        await ami.connect()
        assert await ami.phones() == []
        phone = await register(runtime, "op-sari", r)
        await until(lambda: ("op-sari", "Reachable") in seen)
        assert [(phone.account, phone.state) for phone in await ami.phones()] == [("op-sari", "Reachable")]
        await phone.agent.unregister()
        await until(lambda: ("op-sari", "Removed") in seen)
        assert await ami.phones() == []
        await ami.close()


async def test_queue_member_rings_and_redirect_pulls_out() -> None:
    """A member of the queue is rung by it (not by the Dial behind it); a redirect takes a playing channel away."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        ami = r.ami()
        await ami.connect()
        operator = await register(runtime, "op-sari", r)
        await ami.queue_member("op-sari", "add")
        talk = await (await outside(runtime, "081234567890", r)).dial("112")
        await talk.up()
        await talk.press("1")
        assert await talk.hears(TONES["musik"])
        answered = await operator.answer(await operator.rings())
        assert await talk.hears(880)
        rows = [row[3] for row in r.queue_log()]
        assert "CONNECT" in rows and "FAILSAFE_END" not in rows
        [channel] = [
            line.split("!")[0]
            for line in (await r.asterisk.command("core show channels concise")).splitlines()
            if line.startswith("PJSIP/trunk-uji")
        ]
        await ami.set_timeout(channel, 1)
        assert await talk.hears(TONES["failsafe-menu"])
        await asyncio.sleep(1)
        place = {"Context": "failsafe", "Exten": "s", "Priority": "1"}
        await ami._act({"Action": "Redirect", "Channel": channel, **place})
        assert await talk.hears(TONES["failsafe-menu"])
        await talk.hang_up()
        await answered.hang_up()
        async with asyncio.timeout(10):
            while channel in await r.asterisk.command("core show channels concise"):
                await asyncio.sleep(0.05)
        with pytest.raises(AmiError):
            await ami.set_timeout(channel, 5)
        await ami.close()


async def test_frozen_asterisk_is_noticed() -> None:
    """A peer that answers nothing: actions end in time, the ping marks the link dead, and it mends itself."""
    async with rig() as r:
        ami = r.ami(action_limit_s=0.2, ping_every_s=0.2, ping_limit_s=0.4)
        await ami.connect()
        pid = r.asterisk.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        try:
            with pytest.raises(AmiError, match=r"tidak dijawab dalam 0\.2 detik|terputus"):
                await ami.queue_members()
            await until(lambda: not ami.connected)
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(lambda: ami.connected)
        assert await ami.queue_members() == []
        await ami.close()


async def test_wrong_password_and_nobody_there() -> None:
    """connect() says what is wrong and goes on trying; close() ends that."""
    async with rig() as r:
        r.secrets = type(r.secrets)("x", "salah")
        ami = r.ami()
        with pytest.raises(AmiError, match=r"menolak masuk \(Authentication failed\)"):
            await ami.connect(2.0)
        await ami.close()
        await r.asterisk.stop()
        with pytest.raises(AmiError, match="tidak tersambung dalam"):
            await ami.connect(0.5)
        await ami.close()
        await asyncio.sleep(0)
        assert [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "ami"] == []
