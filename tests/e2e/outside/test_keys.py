"""Keys of callers without RTP, or with nothing else: SIP INFO and RFC 4733, by hand and by sipp."""

import asyncio
import os
from pathlib import Path

import pytest

from drills.demo import free_ports
from tests.e2e.line import LineUnderTest
from tests.e2e.outside.ending import BARE, RELAY, ended, talking
from tests.e2e.outside.outsider import Outsider

SCENARIOS = Path(__file__).parent / "sipp"


@pytest.mark.parametrize(
    ("kind", "body"),
    [(RELAY, "Signal=1\r\nDuration=160\r\n"), (RELAY, "Signal= 1\nDuration= 160"), (BARE, "1"), (BARE, "1\r\n")],
)
async def test_a_caller_without_rtp_presses_by_info(
    line: LineUnderTest, outside: Outsider, kind: str, body: str
) -> None:
    """Not one RTP packet, the key as SIP INFO: the operator rings, they talk, all is written."""
    operator = await line.operator("op1")
    call = await outside.dial()
    assert await call.info(kind, body) == 200
    await line.answer(operator, await operator.rings())
    await talking(line)
    row = await ended(line, call)
    shown = {name: row[name] for name in ("number", "anonymous", "lane", "outcome", "keys", "operator", "handled_by")}
    assert shown == {
        "number": "+6281234567890",
        "anonymous": False,
        "lane": "urgent",
        "outcome": "talked",
        "keys": "1",
        "operator": "op1",
        "handled_by": "calls",
    }
    assert row["arrived_at"].endswith("+07:00") and row["talk_s"] > 0


async def test_rfc_4733_events_without_any_sound(line: LineUnderTest, outside: Outsider) -> None:
    """Events alone on the RTP port, no audio around them: still a key, and pressed once."""
    operator = await line.operator("op1")
    call = await outside.dial()
    await call.press("1")
    await operator.rings()
    assert (await line.call())["keys"] == "1"


@pytest.mark.parametrize(
    "body",
    ["", "Signal=", "Signal=99", "Duration=160", "Signal=\x00", "Sinyal=1" * 2000, "halo", "Signal=⚡"],
)
async def test_info_that_is_no_key_changes_nothing(line: LineUnderTest, outside: Outsider, body: str) -> None:
    """Whatever an INFO holds, the caller stays in the menu and a real key still counts."""
    call = await outside.dial()
    await call.info(RELAY, body)
    assert (await line.call())["keys"] == ""
    await call.info(BARE, "1")
    assert (await line.stage("waiting"))["keys"] == "1"


async def test_many_signals_in_one_info_are_one_key(line: LineUnderTest, outside: Outsider) -> None:
    """Asterisk takes the first; the call goes where that key leads."""
    call = await outside.dial()
    await call.info(RELAY, "Signal=1" * 2000)
    assert (await line.stage("waiting"))["keys"] == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="sipp plays a capture through a raw socket")
async def test_sipp_with_rtp_is_answered_like_any_other(line: LineUnderTest, outside: Outsider) -> None:
    """sipp, its key from a capture of RFC 4733 events: it talks to the operator and hangs up."""
    await _sipp_talks(line, "rfc4733.xml", "u1")


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_sipp_without_rtp_is_answered_like_any_other(
    line: LineUnderTest, outside: Outsider, transport: str
) -> None:
    """sipp without a packet of RTP, its key as INFO, over UDP and over TCP."""
    await _sipp_talks(line, "info.xml", transport)


async def _sipp_talks(line: LineUnderTest, scenario: str, transport: str) -> None:
    operator = await line.operator("op1")
    sip, rtp = free_ports(2)
    sipp = await asyncio.create_subprocess_exec(
        *("sipp", line.house.server, "-sf", str(SCENARIOS / scenario), "-s", "112", "-m", "1", "-t", transport),
        *("-i", "127.0.0.1", "-p", str(sip), "-mi", "127.0.0.1", "-mp", str(rtp)),
        *("-nostdin", "-timeout", "30s", "-timeout_error"),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        cwd=line.house.instance.var, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    try:
        await line.answer(operator, await operator.rings())
        output, _ = await asyncio.wait_for(sipp.communicate(), 30)
    finally:
        if sipp.returncode is None:
            sipp.kill()
            await sipp.wait()
    assert sipp.returncode == 0, output.decode(errors="replace")[-2000:]
    row = await line.stage("ended")
    assert (row["number"], row["keys"], row["outcome"], row["operator"]) == ("+6281298765432", "1", "talked", "op1")
