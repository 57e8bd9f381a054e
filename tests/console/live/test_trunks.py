"""Trunks in faults, on the wall and in the hand-over of a shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.console.api.test_handovers import offer
from tests.console.desk112 import RunningConsole
from tests.console.web.test_own_only import snapshot
from tickets.model import Actor
from tickets.store import Store
from tickets.store.callers.refused_calls import Tally


@dataclass(frozen=True)
class Trouble:
    """A trunk that does not serve."""

    trunk: str = "telkom"
    kind: str = "silent"
    sentence: str = "trunk telkom tidak menjawab"


async def test_trunks_in_faults_are_handed_over(desk: RunningConsole) -> None:
    """A silent trunk with the time, and calls that Asterisk refused in this shift; what is older is not news."""
    now = desk.clock.now

    def job(store: Store) -> None:
        store.trunk_troubles.tell(now - timedelta(minutes=7), [Trouble()], Actor("process", "steward"))
        for hours, trunk in ((2, "telkom"), (30, "lama")):
            tally = Tally(trunk, "10.0.0.9", "media", 488, "112", 3)
            store.refused.count(now - timedelta(hours=hours), [tally], [], Actor("process", "steward"))

    await desk.store.write(job)
    faults = (await snapshot(desk, "siti", "page=handover"))["shift"]["faults"]
    assert [fault for fault in faults if "trunk" in fault] == [
        "trunk telkom tidak menjawab, sejak 09.53",
        "3 panggilan dari trunk telkom ditolak, terakhir 08.00: codec atau enkripsinya tidak bisa dilayani",
    ]
    handover = await offer(desk)
    kept = (await desk.ask("pusat", "GET", f"/api/handovers/{handover}"))[1]["shift"]["faults"]
    assert kept == faults
    await desk.store.write(lambda store: store.trunk_troubles.tell(now, [], Actor("process", "steward")))
    assert not any("menjawab" in fault for fault in (await snapshot(desk, "siti", "page=handover"))["shift"]["faults"])
