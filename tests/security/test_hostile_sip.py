"""Two thousand malformed or unauthorised SIP messages against a real Asterisk, over UDP and TCP, and then a call.

HOSTILE_SIP=2000 sends the whole number (bench/hostile); CI sends some hundred."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
from collections import Counter
from collections.abc import Callable

import pytest
from baresip.errors import StaleHandleError

from tests.asterisk.phones import outside, phones, register
from tests.asterisk.rig import TONES, Rig, rig
from tests.security.sip_messages import message, spoilt, statuses

pytestmark = pytest.mark.real

SEED = 112
WANTED = int(os.environ.get("HOSTILE_SIP", "300"))
STRANGER, TRUNK = "127.0.0.9", "127.0.0.2"
PAUSE_S = 0.004  # as fast as this Asterisk reads on a shared machine
# what a stranger may be told: who are you, that is no SIP, no such dialog or method; nothing of what numbers there are
REFUSALS = {100, 400, 401, 405, 416, 420, 481, 483, 493, 501, 505, 513}
Make = Callable[[random.Random, str], bytes]


async def flood_udp(r: Rig, address: str, count: int, make: Make) -> Counter[int]:
    """Send so many from an address; the statuses of what came back."""
    loop, counts = asyncio.get_running_loop(), Counter[int]()
    chance = random.Random(SEED)
    with socket.socket(type=socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        link.bind((address, 0))
        link.setblocking(False)
        contact = f"{address}:{link.getsockname()[1]}"
        for _ in range(count):
            with contextlib.suppress(OSError):  # longer than a datagram
                link.sendto(make(chance, contact)[:60000], ("127.0.0.1", r.site.sip_port))
            await asyncio.sleep(PAUSE_S)
            counts.update(_waiting(link))
        for _ in range(20):
            await asyncio.sleep(0.05)
            counts.update(_waiting(link))
    assert loop.is_running()
    return counts


def _waiting(link: socket.socket) -> list[int]:
    seen: list[int] = []
    with contextlib.suppress(BlockingIOError):
        while True:
            seen += statuses(link.recv(65536))
    return seen


async def flood_tcp(r: Rig, address: str, count: int, make: Make) -> Counter[int]:
    """The same over TCP: some messages on each connection, some of them cut off in the middle."""
    counts, chance = Counter[int](), random.Random(SEED + 1)
    while count > 0:
        wanted = min(count, chance.randint(1, 20))
        count -= wanted
        with contextlib.suppress(OSError, TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", r.site.sip_port, local_addr=(address, 0))
            contact = "{}:{}".format(*writer.get_extra_info("sockname"))
            for _ in range(wanted):
                writer.write(make(chance, contact))
            with contextlib.suppress(TimeoutError, ConnectionError):
                while data := await asyncio.wait_for(reader.read(65536), 0.1):
                    counts.update(statuses(data))
            writer.close()
    return counts


def unauthorised(r: Rig, via: str) -> Make:
    """Right messages of somebody who has no right."""
    return lambda chance, contact: message(chance, r.registrar, contact, via=via)


def malformed(r: Rig, via: str) -> Make:
    """Messages with something wrong in them."""
    return lambda chance, contact: spoilt(chance, r.registrar, contact, via)


def elsewhere(r: Rig) -> Make:
    """Right calls to a number that is not ours."""
    return lambda chance, contact: message(chance, r.registrar, contact, method="INVITE", number="999")


async def processed(r: Rig) -> tuple[int, int]:
    """Channels that are up, and calls that Asterisk ever took."""
    output = await r.asterisk.command("core show channels count")
    numbers = [int(line.split()[0]) for line in output.splitlines() if line[:1].isdigit()]
    return numbers[0], numbers[-1]


async def a_call_is_answered(r: Rig, operator: object, caller: object) -> None:
    """From the trunk to an operator's phone, both hear each other."""
    talk = await caller.dial("112")  # type: ignore[attr-defined]
    await talk.up()
    assert await talk.hears(TONES["failsafe-menu"])
    await talk.press("1")
    answered = None
    while answered is None:
        ringing = await operator.rings()  # type: ignore[attr-defined]
        with contextlib.suppress(StaleHandleError):  # of a hostile call to 112 that is over
            answered = await operator.answer(ringing)  # type: ignore[attr-defined]
    assert await talk.hears(880) and await answered.hears(1300)
    await answered.hang_up()
    await talk.ended()


async def test_strangers_and_malformed_messages_do_nothing() -> None:
    """No crash, no channel for a stranger, nobody registered; a call before and right after is answered."""
    quarter = max(1, WANTED // 4)
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        operator = await register(runtime, "op-sari", r, hertz=880)
        caller = await outside(runtime, "081234567890", r, hertz=1300)
        await a_call_is_answered(r, operator, caller)
        pid, (_, calls) = r.asterisk.pid, await processed(r)
        counts = Counter[int]()
        for via, flood in (("UDP", flood_udp), ("TCP", flood_tcp)):
            counts += await flood(r, STRANGER, quarter, unauthorised(r, via))
            counts += await flood(r, STRANGER, quarter, malformed(r, via))
        assert await processed(r) == (0, calls), "a stranger got a channel"
        assert set(counts) <= REFUSALS, counts
        assert counts[401] > WANTED // 8, counts
        contacts = (await r.asterisk.status()).contacts
        assert [contact.account for contact in contacts] == ["op-sari"]
        await a_call_is_answered(r, operator, caller)
        assert r.asterisk.pid == pid
        _report("strangers", 4 * quarter, counts)


async def test_malformed_messages_over_the_trunk() -> None:
    """From an address that may call: what cannot be read is dropped or refused; any number is a call to us."""
    half = max(1, WANTED // 4)
    async with rig(operators=("op-sari",)) as r, phones() as runtime:
        operator = await register(runtime, "op-sari", r, hertz=880)
        caller = await outside(runtime, "081234567890", r, hertz=1300)
        pid = r.asterisk.pid
        counts = await flood_udp(r, TRUNK, half, malformed(r, "UDP"))
        counts += await flood_tcp(r, TRUNK, half, malformed(r, "TCP"))
        wrong = await flood_udp(r, TRUNK, 40, elsewhere(r))
        assert set(wrong) <= {100, 200, 401, 404}, wrong
        assert r.asterisk.pid == pid
        await r.asterisk.command("channel request hangup all")
        async with asyncio.timeout(40):
            while (await processed(r))[0]:
                await asyncio.sleep(0.2)
        await a_call_is_answered(r, operator, caller)
        assert [contact.account for contact in (await r.asterisk.status()).contacts] == ["op-sari"]
        assert r.asterisk.pid == pid
        _report("trunk", 2 * half + 40, counts + wrong)


def _report(what: str, sent: int, told: Counter[int]) -> None:
    if path := os.environ.get("HOSTILE_REPORT"):
        with open(path, "a", encoding="utf-8") as file:
            line = {"sent": {f"sip {what}": sent}, "sip": {str(code): count for code, count in sorted(told.items())}}
            file.write(json.dumps(line) + "\n")
