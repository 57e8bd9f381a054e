"""The rendered configuration on a real Asterisk, as callers meet it, with all our programs dead."""

from __future__ import annotations

import asyncio
import socket
import wave
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from baresip.errors import CallFailed, RegistrationError

from asterisk.errors import PortInUse
from asterisk.launch import Asterisk
from asterisk.ports import addresses, check_free
from asterisk.site import FailsafeHours
from tests.asterisk.phones import outside, phones, register
from tests.asterisk.rig import NEVER, TONES, Rig, rig, until

pytestmark = pytest.mark.real

AWAY = ("app 'tanggap'", "Connection refused", "FastAGI", "Unable to join queue 'tanggap-ops'")


async def test_boots_without_a_warning() -> None:
    """A rendered instance starts, and its log holds no WARNING and no ERROR."""
    async with rig(operators=("op-sari", "op-budi")) as r:
        assert r.complaints() == []
        status = await r.asterisk.status()
        assert (status.running, status.channels, status.contacts) == (True, 0, ())
        assert status.pid == r.asterisk.pid
        listed = await r.asterisk.command("pjsip show transports")
        assert [kind in listed for kind in ("udp", "tcp", "ws")] == [True] * 3


async def test_strangers_get_nothing() -> None:
    """OPTIONS, INVITE and REGISTER from an address that is no trunk are answered 401; no dialplan runs."""
    async with rig(operators=("op-sari",)) as r:
        for method in ("OPTIONS", "INVITE", "REGISTER"):
            assert await asyncio.to_thread(ask, r, method, "127.0.0.9") == "401", method
        assert await asyncio.to_thread(ask, r, "OPTIONS", "127.0.0.2") == "200"
        assert "0 active channels" in await r.asterisk.command("core show channels")


async def test_nobody_calls_in_a_trunks_name() -> None:
    """A trunk is known by its address alone: who writes its name into From from elsewhere is a stranger like any."""
    async with rig(operators=("op-sari",)) as r:
        for method in ("OPTIONS", "INVITE", "REGISTER"):
            assert await asyncio.to_thread(ask, r, method, "127.0.0.9", "112", "trunk-uji") == "401", method
        assert await asyncio.to_thread(ask, r, "OPTIONS", "127.0.0.2", "112", "trunk-uji") == "200"
        assert "0 calls processed" in await r.asterisk.command("core show channels count")


async def test_wrong_password_is_refused() -> None:
    """A phone with the wrong password does not register."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        with pytest.raises(RegistrationError):
            await register(runtime, "op-sari", r, password="salah")
        assert (await r.asterisk.status()).contacts == ()


async def test_operators_may_dial_112_only() -> None:
    """An operator's phone reaches 112 (here: its fail-safe) and no other number."""
    async with rig(operators=("op-sari",), hours=NEVER) as r, phones() as runtime:
        phone = await register(runtime, "op-sari", r)
        with pytest.raises(CallFailed):
            await (await phone.dial("999")).up()
        talk = await phone.dial("112")
        await talk.up()
        await talk.hang_up()


async def test_alone_open_reaches_an_operator() -> None:
    """With nothing of ours alive a caller hears the menu, and after a key talks to a registered phone both ways."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        operator = await register(runtime, "op-sari", r, hertz=880)
        caller = await outside(runtime, "081234567890", r, hertz=1300)
        talk = await caller.dial("112")
        await talk.up()
        assert await talk.hears(TONES["failsafe-menu"])
        await talk.press("1")
        answered = await operator.answer(await operator.rings())
        assert await talk.hears(880)
        assert await answered.hears(1300)
        await answered.hang_up()
        await talk.ended()
        await until(lambda: len(r.queue_log()) > 3)
        rows = {row[3]: row for row in r.queue_log()}
        assert rows["FAILSAFE"][4:7] == ["stasis", "081234567890", "112"]
        assert rows["FAILSAFE_KEY"][4:6] == ["1", "asterisk"]
        assert rows["FAILSAFE_END"][4] == "dial"
        assert unexpected(r) == []


async def test_alone_without_operators_takes_a_message() -> None:
    """Nobody is registered: the caller is asked to speak, and what they say is kept when they hang up."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        caller = await outside(runtime, "081234567890", r, hertz=1300)
        talk = await caller.dial("112")
        await talk.up()
        await talk.press("1")
        assert await talk.hears(TONES["nada"], limit_s=8)
        await asyncio.sleep(1.5)
        await talk.hang_up()
        await until(lambda: list(r.paths.recordings.glob("failsafe-pesan-*.wav")))
        [recording] = r.paths.recordings.glob("failsafe-pesan-*.wav")
        await until(lambda: _seconds(recording) > 0.8)


async def test_alone_closed_says_so_and_records() -> None:
    """Outside the hours the after-hours prompt is heard, no phone rings, and a message is taken."""
    async with rig(operators=("op-sari",), hours=NEVER) as r, phones() as runtime:
        operator = await register(runtime, "op-sari", r)
        caller = await outside(runtime, "081234567890", r)
        talk = await caller.dial("112")
        await talk.up()
        assert await talk.hears(TONES["tutup-jam"])
        assert await talk.hears(TONES["nada"])
        await asyncio.sleep(0.5)
        await talk.hang_up()
        assert operator.incoming.empty()
        await until(lambda: any(row[3] == "FAILSAFE_END" for row in r.queue_log()))
        [end] = [row for row in r.queue_log() if row[3] == "FAILSAFE_END"]
        assert end[4:6] == ["record", "asterisk"]
        assert unexpected(r) == []


async def test_hours_are_those_of_the_time_zone_and_of_the_date() -> None:
    """The dialplan decides with the minute of the site's own zone; a date's own hours go before its weekday's."""
    now = datetime.now(ZoneInfo("Asia/Jayapura"))
    minute = now.hour * 60 + now.minute
    around = ((max(0, minute - 5), min(1440, minute + 6)),)
    cases = (
        (FailsafeHours("Asia/Jayapura", (around,) * 7), "failsafe-menu"),
        (FailsafeHours("Asia/Jakarta", (around,) * 7), "tutup-jam"),
        (FailsafeHours("Asia/Jayapura", (around,) * 7, {now.date(): ()}), "tutup-jam"),
        (FailsafeHours("Asia/Jayapura", ((),) * 7, {now.date(): ((0, 1), *around)}), "failsafe-menu"),
    )
    async with rig() as r, phones() as runtime:
        caller = await outside(runtime, "081234567890", r)
        for hours, prompt in cases:
            r.hours = hours
            assert await r.apply() == []
            talk = await caller.dial("112")
            await talk.up()
            assert await talk.hears(TONES[prompt]), hours
            await talk.hang_up()


async def test_hung_application_loses_the_call_to_the_failsafe() -> None:
    """An application that takes the call and does nothing: the dead-man timer ends, and the caller hears the menu."""
    async with rig() as r, phones() as runtime, aiohttp.ClientSession() as session:
        events = f"{r.ari_url}/ari/events?app=tanggap&api_key=tanggap:{r.secrets.ari_password}"
        async with session.ws_connect(events) as socket_:
            ami = r.ami()
            await ami.connect()
            talk = await (await outside(runtime, "081234567890", r)).dial("112")
            event = await socket_.receive_json(timeout=60)
            assert (event["type"], event["args"]) == ("StasisStart", ["112"])
            await ami.set_timeout(event["channel"]["name"], 1)
            await talk.up()
            assert await talk.hears(TONES["failsafe-menu"])
            assert r.queue_log()[-1][3:6] == ["FAILSAFE", "timeout", "081234567890"]
            await talk.hang_up()
            await ami.close()


async def test_port_in_use_is_named() -> None:
    """A taken port stops the start with a sentence that names port, protocol and setting."""
    async with rig(start=False) as r:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", r.site.ami_port))
            taken.listen()
            with pytest.raises(PortInUse) as error:
                await r.asterisk.start()
        expected = f"Port {r.site.ami_port}/tcp di 127.0.0.1 sudah dipakai; ganti asterisk.ami_port di site.yaml"
        assert str(error.value) == f"{expected} atau hentikan pemakainya."
        assert r.asterisk.pid is None
        check_free(addresses(r.site))


async def test_left_over_is_taken_over_with_its_calls() -> None:
    """A second start finds the running Asterisk of the instance and keeps it; a changed port restarts it."""
    async with rig(operators=("op-sari",)) as r:
        second = Asterisk(r.binary, r.paths, r.site)
        assert await second.start() is True
        assert second.pid == r.asterisk.pid
        before = second.pid
        assert await second.start(["pjsip.conf"]) is False
        assert second.pid not in (None, before)
        await second.stop()
        assert second.pid is None


async def test_reload_takes_up_a_new_operator() -> None:
    """An operator added while Asterisk runs can register at once."""
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        r.accounts = (*r.accounts, type(r.accounts[0])("op-budi", "rahasia-op-budi", "Budi", "operator"))
        assert await r.apply() == []
        await register(runtime, "op-budi", r)
        status = await r.asterisk.status()
        assert [contact.account for contact in status.contacts] == ["op-budi"]


def unexpected(r: Rig) -> list[str]:
    """The complaints of the log, other than that our programs and queue members are away."""
    return [line for line in r.complaints() if not any(known in line for known in AWAY)]


def ask(r: Rig, method: str, source: str, number: str = "112", caller: str = "99") -> str:
    """The status of one SIP request from `source`; an INVITE is acknowledged."""
    with socket.socket(type=socket.SOCK_DGRAM) as sip:
        sip.bind((source, 0))
        sip.settimeout(3)
        me, target = f"{source}:{sip.getsockname()[1]}", f"{number}@{r.registrar}"
        head = [f"{method} sip:{target} SIP/2.0", f"Via: SIP/2.0/UDP {me};branch=z9hG4bK{method};rport"]
        head += [
            f"From: <sip:{caller}@{me}>;tag=a",
            f"To: <sip:{target}>",
            f"Call-ID: {method}-{me}",
            f"CSeq: 1 {method}",
        ]
        head += ["Max-Forwards: 70", f"Contact: <sip:99@{me}>", "Content-Length: 0", "", ""]
        sip.sendto("\r\n".join(head).encode(), (r.site.sip_bind, r.site.sip_port))
        while (status := sip.recv(4096).decode().split()[1]) < "200":
            pass
        return status


def _seconds(path: object) -> float:
    try:
        with wave.open(str(path)) as file:
            return float(file.getnframes()) / 8000
    except (wave.Error, EOFError):
        return 0.0
