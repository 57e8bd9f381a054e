"""Trunks in faults, on the wall and in the hand-over of a shift."""

from __future__ import annotations

from datetime import timedelta

from tests.console.api.test_handovers import offer
from tests.console.desk112 import RunningConsole
from tests.console.web.test_own_only import snapshot
from tickets.model import Actor
from tickets.store import Store
from tickets.store.callers.refused_calls import Tally


async def test_trunks_in_faults_are_handed_over(desk: RunningConsole) -> None:
    """A silent trunk with the time, and calls that Asterisk refused in this shift; what is older is not news."""
    now = desk.clock.now
    silent = {"trunks": {"telkom": (now - timedelta(minutes=7)).isoformat(), "icon": None}}

    def job(store: Store) -> None:
        store.people.beat(now, "steward", 1, silent)
        for hours, trunk in ((2, "telkom"), (30, "lama")):
            tally = Tally(trunk, "10.0.0.9", "media", 488, "112", 3)
            store.refused.count(now - timedelta(hours=hours), [tally], [], Actor("process", "steward"))

    await desk.store.write(job)
    faults = (await snapshot(desk, "siti", "page=handover"))["shift"]["faults"]
    assert [fault for fault in faults if "trunk" in fault] == [
        "trunk telkom tidak menjawab sejak 09.53: panggilan dari sana mungkin tidak masuk",
        "3 panggilan dari trunk telkom ditolak, terakhir 08.00: codec atau enkripsinya tidak bisa dilayani",
    ]
    wall = await snapshot(desk, "pusat", "page=overview")
    assert wall["silent_trunks"] == [{"trunk": "telkom", "since": silent["trunks"]["telkom"]}]
    handover = await offer(desk)
    kept = (await desk.ask("pusat", "GET", f"/api/handovers/{handover}"))[1]["shift"]["faults"]
    assert kept == faults


async def test_a_silent_trunk_is_told_by_a_living_steward_only(desk: RunningConsole) -> None:
    """What an old heartbeat says may be over: then the silent process itself is the fault."""
    now = desk.clock.now
    silent = {"trunks": {"telkom": (now - timedelta(minutes=7)).isoformat()}}
    await desk.store.write(lambda store: store.people.beat(now - timedelta(minutes=1), "steward", 1, silent))
    assert (await snapshot(desk, "pusat", "page=overview"))["silent_trunks"] == []
