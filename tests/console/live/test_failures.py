"""Failed pushes that follow each other, counted where all of them are."""

from datetime import timedelta

from console.live.failures import runs
from console.live.snapshots import ticket
from tests.console.desk112 import RunningConsole
from tickets.model import Actor, Row
from tickets.store import Store

DAEMON = Actor("process", "escalate")


def failed(seq: int, opd: str = "damkar", contact: str = "damkar.siaga") -> Row:
    """A row of a failed push."""
    return {"seq": seq, "at": f"at {seq}", "data": {"opd": opd, "contact": contact, "channel": "call"}}


async def test_more_failures_than_a_page_loads_are_counted_whole(desk: RunningConsole) -> None:
    """153 in 27 minutes: the page has the newest rows alone, and the whole count with its times."""
    number, (assignment,) = await desk.ticket("damkar")
    start = desk.clock.now

    def fail(store: Store) -> None:
        data = {"assignment": assignment, "opd": "damkar", "contact": "damkar.siaga", "channel": "call", "error": "x"}
        for n in range(153):
            at = start + timedelta(seconds=n * 10)
            store.journal.append(at, "push.failed", DAEMON, ticket=number, data=data)

    await desk.store.write(fail)
    moment = desk.live._moments.at(desk.console.setting, desk.clock.now)
    page = await desk.store.read(lambda store: ticket(store, moment, number))
    (run,) = page["failures"]
    assert sum(row["kind"] == "push.failed" for row in page["ticket"]["timeline"]) < 153
    assert (run["opd"], run["times"], run["ways"]) == (
        "damkar",
        153,
        [{"contact": "damkar.siaga", "channel": "call", "times": 153}],
    )
    assert (run["since"], run["until"]) == ("2026-11-22T03:00:00.000000+00:00", "2026-11-22T03:25:20.000000+00:00")


def test_what_is_told_between_them_parts_the_runs() -> None:
    """An answer at 4: three before it and three after it."""
    rows = [failed(seq) for seq in (1, 2, 3, 5, 6, 7)]
    assert [(run["first"], run["last"], run["times"]) for run in runs(rows, [4])] == [(1, 3, 3), (5, 7, 3)]
    assert [run["times"] for run in runs(rows, [])] == [6]


def test_agencies_are_counted_apart_and_two_are_no_run() -> None:
    """Each agency has its own line; the most used way stands first."""
    rows = [failed(1), failed(2, "pln"), failed(3, contact="damkar.piket"), failed(4, "pln"), failed(5)]
    (run,) = runs(rows, [])
    assert (run["opd"], run["times"]) == ("damkar", 3)
    assert [(way["contact"], way["times"]) for way in run["ways"]] == [("damkar.siaga", 2), ("damkar.piket", 1)]
