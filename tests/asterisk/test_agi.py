"""The FastAGI server against good, bad and vanishing peers, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from asterisk.agi import AgiCall, AgiServer, quote
from asterisk.errors import AgiError, CallerGone, PortInUse
from tests.asterisk.rig import free_site

OK = b"200 result=0\n"
GONE = "penelepon sudah menutup telepon"
ENV = b"agi_network: yes\nagi_channel: PJSIP/trunk-1\nagi_uniqueid: 17.1\nagi_callerid: 0812\nagi_calleridname:\n\n"


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[tuple[int, list[object]]]:
    """A server whose handler tries some commands; yields its port, and what the handler met."""
    met: list[object] = []
    port = free_site().agi_port

    async def handler(call: AgiCall) -> None:
        try:
            await call.answer()
            met.append(await call.stream_file("/p/menu", "12"))
            met.append(await call.get_variable("TANGGAP_CALLED"))
            met.append("done")
        except AgiError as error:
            met.append(error)
            raise

    async with AgiServer("127.0.0.1", port, handler):
        yield port, met


async def talk(port: int, replies: list[bytes], env: bytes = ENV) -> list[bytes]:
    """Play Asterisk: send the environment, answer each command; returns the commands."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(env)
    asked = []
    for reply in replies:
        asked.append(await asyncio.wait_for(reader.readline(), 60))
        writer.write(reply)
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return asked


async def test_a_call() -> None:
    """Commands go out quoted; keys and values come back."""
    async with served() as (port, met):
        replies = [OK, b"200 result=49 endpos=800\n", b"200 result=1 (112)\n"]
        asked = await talk(port, replies)
    assert asked == [b"ANSWER\n", b'STREAM FILE "/p/menu" "12"\n', b'GET VARIABLE "TANGGAP_CALLED"\n']
    assert met == ["1", "112", "done"]


@pytest.mark.parametrize(
    ("replies", "kind", "text"),
    [
        ([OK, b"200 result=-1 endpos=800\n"], CallerGone, f"AGI STREAM FILE: {GONE}"),
        ([OK, b"HANGUP\n"], CallerGone, f"AGI: {GONE}"),
        ([b"511 Command Not Permitted on a dead channel or intercept routine\n"], CallerGone, f"AGI ANSWER: {GONE}"),
        ([b"510 Invalid or unknown command\n"], AgiError, "AGI ANSWER: 510 Invalid or unknown command"),
        ([b"520-Invalid.\nUsage: ANSWER\n520 End of usage.\n"], AgiError, "AGI ANSWER: 520 End of usage."),
        ([b"what\n"], AgiError, "AGI: jawaban tidak dikenal: 'what'"),
        ([b"x" * 9000 + b"\n"], AgiError, "AGI: baris lebih panjang dari 8192 bita"),
    ],
)
async def test_bad_answers(replies: list[bytes], kind: type[AgiError], text: str) -> None:
    """Each way in which a command fails has its own error, and the server goes on."""
    async with served() as (port, met):
        await talk(port, replies)
        [error] = met
        assert (type(error), str(error)) == (kind, text)
        await talk(port, [OK, OK, OK])
        assert met[1:] == ["", "", "done"]


async def test_bad_connections_disturb_nobody() -> None:
    """Connections without headers, with rubbish, or cut in the middle are closed; a call beside them goes on."""
    async with served() as (port, met):
        good = asyncio.create_task(talk(port, [OK, b"200 result=50\n", OK]))
        for rubbish in (
            b"",
            b"\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"agi_network: yes\n",
            b"\x00" * 20000,
            b"a: b\n" * 300,
        ):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(rubbish)
            writer.close()
        await good
        assert met == ["2", "", "done"]


async def test_port_in_use_is_named() -> None:
    """A second server on the same port is told so."""
    async with served() as (port, _):
        with pytest.raises(PortInUse) as error:
            await AgiServer("127.0.0.1", port, lambda call: asyncio.sleep(0)).start()
    expected = f"Port {port}/tcp di 127.0.0.1 sudah dipakai; ganti asterisk.agi_port di site.yaml"
    assert str(error.value) == f"{expected} atau hentikan pemakainya."


def test_quoting() -> None:
    """An argument cannot end its quotes, nor start a command of its own."""
    assert quote('a "b" \\') == '"a \\"b\\" \\\\"'
    with pytest.raises(AgiError, match="AGI: nilai berisi baris baru"):
        quote("a\nHANGUP")
