"""From «Kirim ke OPD» to the siren and the ring, and from key 1 back to the operator's page.

Real Asterisk, real Chromium, the real console and the real daemon. Here only that it happens, in this order;
bench/dispatch has the times."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from baresip.runtime import Runtime

from bench.dispatching.rounds import Stage, stage
from drills.phones.softphone import Phone
from instance import load
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tanggap import console, escalate
from tests.e2e.line import House
from tickets.errors import Conflict
from tickets.store.thread import StoreThread

pytestmark = pytest.mark.browser
START_S = 20


def clock() -> datetime:
    """Browsers' clocks are real, so this one is."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def pages(the_house: House, sip: Runtime) -> AsyncIterator[tuple[Stage, StoreThread]]:
    """Console and daemon in this process; op1 and damkar at their pages, damkar's phone registered."""
    keeper, stop, instance = TaskKeeper(), asyncio.Event(), the_house.instance
    store = await StoreThread(instance.var / "tanggap.db", instance.secrets.number_key).open()
    with contextlib.suppress(Conflict):  # another test may have added it
        await store.write(lambda store: store.people.add(clock(), "damkar", "Damkar", "opd", "damkar", "-"))
    serving = [
        keeper.start("console-run", console.run(lambda: instance, clock, stop, Vitals("console"))),
        keeper.start("escalate-run", escalate.run(lambda: instance, clock, stop, Vitals("escalate"))),
    ]
    try:
        await _served(instance.site.console.port)
        sip_password = load(instance.home).secrets.sip["damkar1"]
        phone = await Phone.register(sip, the_house.server, "damkar1", sip_password, keeper.start)
        async with stage(store, instance.site.console.url, phone, clock()) as on:
            yield on, store
        await phone.leave()
    finally:
        stop.set()
        await asyncio.gather(*serving)
        await keeper.close()
        await store.close()


async def _served(port: int) -> None:
    async with asyncio.timeout(START_S):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


async def test_a_report_sounds_rings_and_is_answered_by_a_key(the_house: House, sip: Runtime) -> None:
    """The siren goes on and the phone rings; key 1 ends the siren, and the operator reads who accepted. Twice, one
    right after the other: a telephone that has just answered rings for the next report at once."""
    async with pages(the_house, sip) as (on, store):
        for number in (1, 2):
            done = await on.round(number)
            assert done.told.startswith("Damkar: Diterima")
            assert done.told.endswith("– Pos Damkar Jepara")
        rows = await store.read(lambda store: store.journal.after(0, 10_000))
    wanted = ("ticket.dispatched", "push.heard", "assignment.acknowledged")
    kinds = [(row["kind"], row["data"].get("what")) for row in rows if row["kind"] in wanted]
    match = [
        ("ticket.dispatched", None),
        ("push.heard", "ringing"),
        ("push.heard", "answered"),
        ("push.heard", "key 1"),
        ("assignment.acknowledged", None),
    ]
    assert kinds[-2 * len(match) :] == match + match
