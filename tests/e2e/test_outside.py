"""Callers from outside that are no softphone of ours: sipp, gateways without RTP, and whoever sends odd SIP.

Each test ends with `nothing_is_stuck`: no channel, no bridge, no runner, no operator engaged, every call with a ticket.
"""

import asyncio
import contextlib
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from click.testing import CliRunner

from drills.demo import free_ports
from drills.sounds.hearing import likeness
from line import call_runner
from tanggap.program import main
from tests.e2e.line import HEARD, LineUnderTest
from tests.e2e.outsider import EVENT, PCMA, PCMU, OutsideCall, Outsider, outsider, session
from tests.tickets.world import callback_tasks
from tickets.model import Row

SCENARIOS = Path(__file__).parent / "sipp"
OPERATOR_HZ = 880
RELAY, BARE = "application/dtmf-relay", "application/dtmf"
CRLF = "\r\n"


@pytest_asyncio.fixture(loop_scope="session")
async def outside(line: LineUnderTest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outsider]:
    """A caller that can send anything; afterwards nothing of its calls may be left."""
    monkeypatch.setattr(call_runner, "LINGER_S", 0.3)
    async with outsider(line.house.server) as made:
        yield made
    for phone in line.agents:
        await phone.leave()
    await nothing_is_stuck(line)


async def nothing_is_stuck(line: LineUnderTest) -> None:
    """Every call has ended, in Asterisk, in the service, at the desks and in the store."""
    await line.until(lambda: not line.service.runners, 15)
    await line.until(lambda: all(desk.engaged is None for desk in line.service.floor.roster.desks.values()))
    await no_channels(line)
    assert await line.service.ari.bridges() == []
    assert await line.store.read(lambda store: store.calls.live()) == []
    for call in await calls(line):
        ticket = await line.store.read(lambda store, number=call["ticket"]: store.tickets.show(number))
        assert ticket["call"] == call["id"]


async def no_channels(line: LineUnderTest) -> None:
    """Wait until Asterisk has no call any more."""
    async with asyncio.timeout(10):
        while (await line.house.asterisk.status()).channels:
            await asyncio.sleep(0.1)


async def calls(line: LineUnderTest) -> list[Row]:
    """The calls of this test, newest first."""
    await line.arrived()
    return list(await line.store.read(lambda store: store.calls.since(datetime(2001, 1, 1, tzinfo=UTC), 1000)))


def listed(line: LineUnderTest) -> list[Row]:
    """This test's calls as `tanggap calls list --json` shows them, newest first."""
    home = str(line.house.instance.home)
    done = CliRunner().invoke(main, ["--home", home, "calls", "list", "--json"])
    assert done.exit_code == 0, done.output
    rows: list[Row] = json.loads(done.stdout)
    return [row for row in rows if row["arrived_at"] > "2001"]


async def talking(line: LineUnderTest) -> None:
    """Caller and operator are in one bridge: a caller who goes a moment before was never connected."""
    await line.stage("talking")
    async with asyncio.timeout(8):
        while not any(len(bridge["channels"]) == 2 for bridge in await line.service.ari.bridges()):
            await asyncio.sleep(0.05)


async def ended(line: LineUnderTest, call: OutsideCall) -> Row:
    """Hang up; the call as `calls list` shows it."""
    await call.bye()
    await line.stage("ended")
    await line.until(lambda: not line.service.runners, 15)
    return listed(line)[0]


@contextlib.contextmanager
def busy_store(line: LineUnderTest) -> Iterator[None]:
    """Somebody else holds the store's write lock."""
    blocker = sqlite3.connect(line.house.instance.var / "tanggap.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()


# -- keys


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


# -- who calls


@pytest.mark.parametrize(
    ("caller", "headers", "number", "display", "anonymous"),
    [
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', (), None, "Tanpa nomor", True),
        ("<sip:127.0.0.1>", (), None, "Tanpa nomor", True),
        (
            '"Anonymous" <sip:anonymous@anonymous.invalid>',
            ("P-Asserted-Identity: <sip:+6281234567890@127.0.0.1>", "Privacy: id"),
            "+6281234567890",
            "0812-3456-7890",
            False,
        ),
        ("<tel:+6281234567890>", (), "+6281234567890", "0812-3456-7890", False),
        ("<sip:0291591234@127.0.0.1;user=phone>", (), "+62291591234", "(0291) 591234", False),
        ("<sip:+4930123456@127.0.0.1>", (), "+4930123456", "+49 30 123456", False),
        ("<sip:9110001234@127.0.0.1>", (), None, "Tanpa kartu SIM (9110001234)", True),
        ("<sip:110@127.0.0.1>", (), None, "110", False),
    ],
)
async def test_who_calls(
    line: LineUnderTest,
    outside: Outsider,
    caller: str,
    headers: tuple[str, ...],
    number: str | None,
    display: str,
    anonymous: bool,
) -> None:
    """The number in one form, whichever header and form it came in; none is a case of its own, never an error."""
    row = await ended(line, await outside.dial(caller=caller, headers=headers))
    assert (row["number"], row["display"], row["anonymous"]) == (number, display, anonymous)
    assert row["callable"] is (number is not None)


HOSTILE = {
    "quotes": r'"Bu \"Sari\" \\ <x>" <sip:081234567890@127.0.0.1>',
    "script": '"\\"><script>alert(1)</script>" <sip:081234567890@127.0.0.1>',
    "utf-8": '"Bú Sari 🔥 \u202e" <sip:081234567890@127.0.0.1>',
    "1 kB": f'"{"x" * 1000}" <sip:081234567890@127.0.0.1>',
    "4 kB": f'"{"y" * 4000}" <sip:081234567890@127.0.0.1>',
    "dialplan": '"${SHELL(touch /tmp/x)}$[1/0],|;&" <sip:081234567890@127.0.0.1>',
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_display_name_is_no_more_than_a_name(line: LineUnderTest, outside: Outsider, name: str) -> None:
    """Whatever the name holds, the number counts, the ticket is there, and an operator's phone rings for it."""
    operator = await line.operator("op1")
    call = await outside.dial(caller=HOSTILE[name])
    await call.info(BARE, "1")
    ringing = await operator.rings()
    assert ringing.headers == {"X-Ticket": (await line.call())["ticket"]}
    row = await ended(line, call)
    assert (row["number"], row["display"], row["outcome"]) == ("+6281234567890", "0812-3456-7890", "abandoned")


@pytest.mark.parametrize(
    "user",
    [
        "%22%3E%3Cscript%3E",
        "a%0d%0aX-Ticket:%20palsu",
        "%22%20%3Csip%3Aop1%40127.0.0.1%3E",
        "x" * 1000,
        "%00",
        "0812,3456,$%7BEXTEN%7D",
        "%f0%9f%94%a5",
    ],
)
async def test_a_hostile_number_is_shown_and_rings_an_operator(
    line: LineUnderTest, outside: Outsider, user: str
) -> None:
    """A number that is none: shown on one short line, never called back; the operator's phone rings all the same."""
    operator = await line.operator("op1")
    call = await outside.dial(caller=f"<sip:{user}@127.0.0.1>")
    await call.info(BARE, "1")
    ringing = await operator.rings()
    assert ringing.headers == {"X-Ticket": (await line.call())["ticket"]}
    row = await ended(line, call)
    assert (row["number"], row["callable"], row["outcome"]) == (None, False, "abandoned")
    assert len(row["display"]) <= 64 and row["display"].isprintable()


async def test_line_breaks_in_a_name_reach_nobody(line: LineUnderTest, outside: Outsider) -> None:
    """A name with raw line breaks is no SIP: dropped unanswered; the next call is served."""
    call = outside.call(caller=f'"Sari{CRLF}X-Ticket: T-20260101-0001{CRLF} " <sip:081234567890@127.0.0.1>')
    call.start()
    row = await ended(line, await outside.dial())
    assert [row["id"] for row in listed(line)] == [row["id"]]


async def test_nobody_calls_in_an_operators_name(line: LineUnderTest, outside: Outsider) -> None:
    """A caller who claims to be op1 is asked for op1's password."""
    assert await outside.call(caller="<sip:op1@127.0.0.1>").invite() == 401
    assert listed(line) == []


# -- odd dialogs


async def test_the_same_call_id_twice_is_two_calls(line: LineUnderTest, outside: Outsider) -> None:
    """A gateway that repeats its Call-ID while the first call is up: each has its channel, its row and its ticket."""
    first = await outside.dial()
    second = outside.call(caller="<sip:081234567899@127.0.0.1>", call_id=first.call_id)
    assert await second.invite() == 200
    await first.bye()
    await second.bye()
    await line.until(lambda: not line.service.runners, 15)
    third = outside.call(caller="<sip:081234567898@127.0.0.1>", call_id=first.call_id)
    assert await third.invite() == 200
    await third.bye()
    await line.until(lambda: not line.service.runners, 15)
    rows = listed(line)
    assert len({row["id"] for row in rows}) == len({row["ticket"] for row in rows}) == 3
    assert sorted(row["number"] for row in rows) == ["+6281234567890", "+6281234567898", "+6281234567899"]


async def test_an_invite_that_comes_again_is_one_call(line: LineUnderTest, outside: Outsider) -> None:
    """Retransmissions while the answer takes its time open neither a second call nor a second ticket."""
    call = outside.call()
    with busy_store(line):
        replies = call.start()
        for _ in range(3):
            await asyncio.sleep(0.2)
            outside.repeat(call.branch, "INVITE")
        assert (await call.answered(replies)).status == 200
    assert len(await calls(line)) == 1
    assert (await ended(line, call))["outcome"] == "abandoned"


@pytest.mark.parametrize("pause_ms", [0, 0, 1, 3, 8, 20])
async def test_cancel_right_after_invite(line: LineUnderTest, outside: Outsider, pause_ms: int) -> None:
    """Whoever wins, CANCEL or the answer: the call ends, and what had arrived keeps its ticket."""
    call = outside.call()
    replies = call.start()
    await asyncio.sleep(pause_ms / 1000)
    await call.cancel()
    final = await call.answered(replies)
    assert final.status in (200, 487)
    await call.bye()
    await no_channels(line)
    await line.until(lambda: not line.service.runners, 15)
    rows = listed(line)
    assert [row["outcome"] for row in rows] in ([], ["abandoned"])


async def test_hanging_up_while_the_store_is_busy(line: LineUnderTest, outside: Outsider) -> None:
    """The caller was answered and gave up before the ticket could be written: the ticket is there all the same."""
    call = outside.call()
    with busy_store(line):
        assert await call.invite() == 200
        await line.until(lambda: line.service.runners, 10)
        assert await call.bye() == 200
    await line.until(lambda: not line.service.runners, 15)
    [row] = listed(line)  # the step «answered» may be saved just before the hang-up, or be skipped by it
    assert (row["stage"], row["outcome"], row["ticket"] is None) == ("ended", "abandoned", False)


async def test_hold_in_the_menu(line: LineUnderTest, outside: Outsider) -> None:
    """A caller who puts us on hold and comes back is still in the menu, and its key counts."""
    operator = await line.operator("op1")
    call = await outside.dial()
    assert await call.hold("sendonly") == 200
    assert await call.hold("inactive") == 200
    await asyncio.sleep(0.3)
    assert (await line.call())["stage"] == "menu"
    assert await call.hold("sendrecv") == 200
    await call.press("1")
    await operator.rings()


async def test_an_invite_without_an_offer(line: LineUnderTest, outside: Outsider) -> None:
    """No session description in the INVITE: ours is in the answer, theirs in the ACK, and the key counts."""
    operator = await line.operator("op1")
    call = outside.call()
    call.late_offer = True
    assert await call.invite() == 200
    await call.press("1")
    await operator.rings()


async def test_u_law_only(line: LineUnderTest, outside: Outsider) -> None:
    """A trunk that speaks G.711 u-law alone hears the greeting."""
    call = outside.call()
    call.offer = session(outside.media.port, (PCMU, EVENT))
    assert await call.invite() == 200
    best = 0.0
    for _ in range(40):
        await asyncio.sleep(0.2)
        heard = from_u_law(bytes(outside.heard.get(PCMU, b"")))
        best = max(best, likeness(heard, line.house.prompt("menu-utama")))
        if best > HEARD:
            break
    assert best > HEARD
    assert PCMA not in outside.heard


async def test_an_unknown_codec_is_refused_and_takes_no_ticket(line: LineUnderTest, outside: Outsider) -> None:
    """488 and nothing else: no call, no ticket number used."""
    call = outside.call()
    call.offer = session(outside.media.port, (99,))
    assert await call.invite() == 488
    first = await ended(line, await outside.dial())
    again = outside.call()
    again.offer = session(outside.media.port, (99,))
    assert await again.invite() == 488
    second = await ended(line, await outside.dial())
    assert len(listed(line)) == 2
    assert int(second["ticket"][-4:]) == int(first["ticket"][-4:]) + 1


@pytest.mark.parametrize("number", ["113", "911", "s", "T", "h", "op1", "failsafe", "1122", "%2a%2a"])
async def test_whatever_a_trunk_dials_is_a_call_to_us(line: LineUnderTest, outside: Outsider, number: str) -> None:
    """One call with one ticket: it reaches neither Asterisk's own extensions nor an operator's phone."""
    row = await ended(line, await outside.dial(number))
    assert (row["outcome"], len(listed(line))) == ("abandoned", 1)


async def test_options_flood(line: LineUnderTest, outside: Outsider) -> None:
    """Fifty OPTIONS at once are answered, and a call among them is answered like any other."""
    asked = [asyncio.create_task(outside.options()) for _ in range(50)]
    call = await outside.dial()
    assert await asyncio.gather(*asked) == [200] * 50
    assert (await ended(line, call))["outcome"] == "abandoned"


# -- hanging up


async def test_hanging_up_in_the_menu(line: LineUnderTest, outside: Outsider) -> None:
    """Ended, abandoned; nobody is called back for a greeting that was heard."""
    row = await ended(line, await outside.dial())
    assert (row["stage"], row["lane"], row["outcome"], row["wait_s"]) == ("ended", None, "abandoned", None)
    assert await line.store.read(callback_tasks) == []


async def test_hanging_up_while_waiting(line: LineUnderTest, outside: Outsider) -> None:
    """Ended while nobody was free: abandoned, with a callback task."""
    call = await outside.dial()
    await call.info(BARE, "2")
    await line.stage("waiting")
    row = await ended(line, call)
    assert (row["lane"], row["outcome"], row["operator"]) == ("normal", "abandoned", None)
    assert [task["call"] for task in await line.store.read(callback_tasks)] == [row["id"]]


async def test_hanging_up_while_it_rings(line: LineUnderTest, outside: Outsider) -> None:
    """The operator's phone stops, and the operator is ready for the next one at once."""
    operator = await line.operator("op1")
    call = await outside.dial()
    await call.info(BARE, "1")
    ringing = await operator.rings()
    row = await ended(line, call)
    assert (row["outcome"], row["operator"]) == ("abandoned", None) and row["ring_s"] > 0
    await line.until(lambda: str(ringing.state).upper().endswith("CLOSED"))
    assert line.service.floor.ready() == ("op1",)


async def test_hanging_up_while_talking(line: LineUnderTest, outside: Outsider) -> None:
    """Either side ends the talk; the operator goes to wrap-up."""
    operator = await line.operator("op1")
    call = await outside.dial()
    await call.info(BARE, "1")
    talk = await line.answer(operator, await operator.rings())
    await talking(line)
    row = await ended(line, call)
    assert row["outcome"] == "talked"
    await talk.ended()
    await line.ask("request.wrap_up_done", operator="op1")
    await line.until(lambda: "op1" in line.service.floor.ready())
    call = await outside.dial()
    await call.info(BARE, "1")
    talk = await line.answer(operator, await operator.rings())
    await talking(line)
    await talk.hang_up()
    await asyncio.wait_for(call.ended.wait(), 60)
    assert (await line.stage("ended"))["outcome"] == "talked"


async def test_hanging_up_after_hours(line: LineUnderTest, outside: Outsider) -> None:
    """While closed: nothing left, nothing lost."""
    line.clock.set("2026-11-23T22:00:00+07:00")
    call = await outside.dial()
    await line.arrived()  # who is gone before that counts as one whom nobody answered
    row = await ended(line, call)
    assert (row["lane"], row["outcome"], row["recording"]) == (None, "after_hours", None)


async def test_a_message_without_a_sound(line: LineUnderTest, outside: Outsider) -> None:
    """Closed, key 1 by INFO, then no RTP at all: said to be lost, not kept as a message of silence."""
    line.clock.set("2026-11-23T22:00:00+07:00")
    call = await outside.dial()
    await call.info(BARE, "1")
    await line.stage("recording")
    await asyncio.sleep(0.5)
    row = await ended(line, call)
    assert (row["outcome"], row["recording"]) == ("after_hours", None)


async def test_the_silent_lane(line: LineUnderTest, outside: Outsider) -> None:
    """Neither key nor RTP: one hangs up in the silent lane, one is let go with a goodbye; both are called back."""
    first, second = await outside.dial(), await outside.dial()
    await line.until(lambda: [runner.state.stage for runner in line.service.runners.values()] == ["waiting"] * 2, 60)
    await first.bye()
    await asyncio.wait_for(second.ended.wait(), 60)
    await line.until(lambda: not line.service.runners, 15)
    assert [(row["lane"], row["outcome"]) for row in listed(line)] == [("silent", "silent")] * 2
    tasks = await line.store.read(callback_tasks)
    assert [task["reason"] for task in tasks] == ["hening"] * 2


def from_u_law(data: bytes) -> bytes:
    """G.711 u-law as 16-bit PCM."""
    coded = ~np.frombuffer(data, dtype=np.uint8)
    size = (((coded & 0x0F).astype(np.int32) << 3) + 0x84) << ((coded & 0x70).astype(np.int32) >> 4)
    return np.where(coded & 0x80, 0x84 - size, size - 0x84).astype("<i2").tobytes()
