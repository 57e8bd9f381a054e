"""Session timers (RFC 4028) of a carrier, as short as they may be: refreshed by either side, missed, and refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from asterisk.ari import Ari
from asterisk.site import Trunk
from tests.asterisk.rig import Rig, spawn
from tests.e2e.carriers.sbc import Request, Sbc
from tests.e2e.carriers.test_real_profiles import ours, running

pytestmark = [pytest.mark.real, pytest.mark.long]

# the least that RFC 4028 allows; refreshed after half of it, given up half a minute before its end
EXPIRES_S, REFRESH_S, GIVEN_UP_S = 90, 45, 60
SLOW_S = 30
TIMER = ("Supported: timer", f"Min-SE: {EXPIRES_S}")
REFRESHES = ("INVITE", "UPDATE")


@contextlib.asynccontextmanager
async def answering(r: Rig) -> AsyncIterator[None]:
    """Every call is answered, and hears music for ever."""
    ari = Ari(r.ari_url, "tanggap", "tanggap", r.secrets.ari_password, spawn)

    async def answer(channel: str) -> None:
        await ari.answer(channel)
        await ari.set_variable(channel, "TIMEOUT(absolute)", "0")
        await ari.start_music(channel)

    def began(event: dict[str, Any]) -> None:
        if event["type"] == "StasisStart":
            spawn("answer", answer(event["channel"]["id"]))

    ari.on_event(began, ("StasisStart",))
    await ari.connect()
    try:
        yield
    finally:
        await ari.close()


async def called(sbc: Sbc, r: Rig, refresher: str) -> Request:
    """A call with a session timer that is answered and has sound; the answer."""
    rows = [*TIMER, f"Session-Expires: {EXPIRES_S};refresher={refresher}"]
    sbc.call(ours(r), f"sip:112@{r.registrar}", rows=rows, caller=caller_of(sbc))
    answer = await sbc.answer()
    assert answer.status == 200
    assert answer.row("Session-Expires") == f"{EXPIRES_S};refresher={refresher}"
    assert await sbc.hears()
    return answer


def caller_of(sbc: Sbc) -> str:
    """A number of its own for each carrier."""
    return f"08123456780{sbc.host[-1]}"


async def heard(sbc: Sbc, limit_s: float, *methods: str) -> tuple[str, float]:
    """The first request with one of these methods, and the seconds until it came; «» where none came."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            while (request := await sbc.heard.get()).method not in methods:
                pass
            return request.method, loop.time() - began
    return "", limit_s


async def refreshed_by_us(sbc: Sbc, r: Rig) -> None:
    """Asterisk is to refresh: it does so twice, and the sound goes on."""
    await called(sbc, r, "uas")
    for _ in range(2):
        method, after_s = await heard(sbc, REFRESH_S + SLOW_S, *REFRESHES, "BYE")
        assert method in REFRESHES
        assert after_s > REFRESH_S / 2
    assert await sbc.hears()


async def refreshed_by_the_carrier(sbc: Sbc, r: Rig) -> None:
    """The carrier refreshes once: the time counts anew, and only after that has gone by Asterisk hangs up."""
    answer = await called(sbc, r, "uac")
    assert await heard(sbc, REFRESH_S, "BYE") == ("", REFRESH_S)
    sbc.within(answer, ours(r), "UPDATE", 2, *TIMER, f"Session-Expires: {EXPIRES_S};refresher=uac")
    assert (await sbc.answer()).status == 200
    method, after_s = await heard(sbc, EXPIRES_S + SLOW_S, "BYE")
    assert method == "BYE"
    assert after_s > EXPIRES_S - REFRESH_S


async def missed_by_the_carrier(sbc: Sbc, r: Rig) -> None:
    """The carrier is to refresh, and does not: Asterisk hangs up before the session is over."""
    await called(sbc, r, "uac")
    method, after_s = await heard(sbc, EXPIRES_S + SLOW_S, "BYE")
    assert method == "BYE"
    assert after_s > REFRESH_S


async def refused_by_the_carrier(sbc: Sbc, r: Rig) -> None:
    """The carrier has lost the call, and says so to the refresh: no channel is left."""
    await called(sbc, r, "uas")
    assert caller_of(sbc) in await r.asterisk.command("core show channels concise")
    sbc.gone = True
    method, _ = await heard(sbc, REFRESH_S + SLOW_S, *REFRESHES)
    assert method in REFRESHES
    async with asyncio.timeout(EXPIRES_S):
        while caller_of(sbc) in await r.asterisk.command("core show channels concise"):
            await asyncio.sleep(0.1)


async def test_sessions_that_are_refreshed_missed_and_refused() -> None:
    """Four carriers at the same time: two minutes instead of forty."""
    stories: dict[str, Callable[[Sbc, Rig], Awaitable[None]]] = {
        "127.0.0.2": refreshed_by_us,
        "127.0.0.3": refreshed_by_the_carrier,
        "127.0.0.4": missed_by_the_carrier,
        "127.0.0.5": refused_by_the_carrier,
    }

    async def happens(host: str) -> None:
        async with Sbc(host) as sbc:
            await stories[host](sbc, r)

    async with running(Trunk("uji", tuple(stories))) as r, answering(r):
        await asyncio.gather(*(happens(host) for host in stories))
