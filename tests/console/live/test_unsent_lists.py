"""Emergencies that nobody has sent, in the snapshots of desks and wall: whose turn it is, ordered, never cut off."""

from datetime import timedelta

import pytest

from console.live.unsent_lists import queue, stage
from tests.console.desk112 import NOW, SITI, RunningConsole
from tickets.escalation.unsent import DEFAULTS
from tickets.model import Row
from tickets.store import Store


def write(store: Store, seconds: float = 0, **fields: str) -> str:
    at = NOW - timedelta(seconds=seconds)
    number = store.tickets.create(at, "20261122", SITI)
    store.tickets.update(at, number, {"kind": "emergency", **fields}, SITI)
    return number


@pytest.mark.parametrize(
    ("seconds", "expected"), [(19, None), (20, "desk"), (49, "desk"), (50, "room"), (140, "command_centre")]
)
def test_the_turns_are_told_by_the_clock_alone(seconds: float, expected: str | None) -> None:
    """Also where no daemon has begun the ladder."""
    at = (NOW - timedelta(seconds=seconds)).isoformat()
    row: Row = {"since": at, "edited_at": at, "begun_at": None, "step": -1}
    assert stage(row, DEFAULTS, NOW) == expected


def test_an_early_turn_counts() -> None:
    """Nobody was at the desk: the room was pushed before its time."""
    row: Row = {"since": NOW.isoformat(), "edited_at": None, "begun_at": NOW.isoformat(), "step": 1}
    assert stage(row, DEFAULTS, NOW) == "room"


def test_callers_who_wait_are_counted() -> None:
    """The urgent ones apart, with the oldest; silent ones stand elsewhere."""
    names = ("stage", "lane", "waiting_at", "arrived_at")
    rows = [
        dict(zip(names, values, strict=True))
        for values in (
            ("waiting", "urgent", "b", "a"),
            ("ringing", "urgent", "a", "a"),
            ("waiting", "normal", "0", "0"),
            ("waiting", "silent", "0", "0"),
            ("talking", "urgent", "0", "0"),
        )
    ]
    assert queue(rows) == {"count": 3, "urgent": 2, "oldest": "a"}
    assert queue([]) == {"count": 0, "urgent": 0, "oldest": None}


async def test_every_list_says_how_many_and_gives_the_rest(desk: RunningConsole) -> None:
    """70 unsent emergencies of one operator: on the desk, on the wall, among the own tickets."""
    numbers = await desk.store.write(lambda store: [write(store, 100 - at, desa=f"d{at}") for at in range(70)])
    for user, path in (("siti", "/api/desk/unsent"), ("pusat", "/api/wall/unsent"), ("siti", "/api/desk/mine")):
        seen, offset = [], 0
        while offset is not None:
            status, part = await desk.ask(user, "GET", f"{path}?offset={offset}")
            assert status == 200, part
            seen += [row["number"] for row in part["rows"]]
            offset = part["next"]
        assert seen == numbers, path


async def test_an_unsent_fire_comes_first_on_the_wall_and_is_counted_once(desk: RunningConsole) -> None:
    """Before 200 newer tickets, and before those that an agency has."""
    sent, _ = await desk.ticket("damkar")
    unsent = await desk.store.write(lambda store: write(store, 600, description="rumah terbakar"))
    plain = await desk.store.write(lambda store: [store.tickets.create(NOW, "20261122", SITI) for _ in range(3)])
    rows = await desk.store.read(lambda store: store.boards.work())
    assert [(row["number"], row["rank"]) for row in rows][:2] == [(unsent, 0), (sent, 2)]
    assert await desk.store.read(lambda store: store.boards.work_count()) == len(rows) == 2 + len(plain)


async def test_own_tickets_begin_with_what_is_not_sent(desk: RunningConsole) -> None:
    """An old emergency stands before twelve newer tickets."""
    old = await desk.store.write(lambda store: write(store, 3600))
    newer = await desk.store.write(lambda store: [store.tickets.create(NOW, "20261122", SITI) for _ in range(13)])
    rows = await desk.store.read(lambda store: store.boards.tickets_of("siti", NOW - timedelta(hours=14)))
    assert [row["number"] for row in rows] == [old, *sorted(newer, reverse=True)[:11]]
    assert await desk.store.read(lambda store: store.boards.tickets_of_count("siti", NOW - timedelta(hours=14))) == 14
