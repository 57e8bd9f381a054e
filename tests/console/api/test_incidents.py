"""The callers of one incident over the console: read as a plan, and dealt with at once."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from console.live.snapshots import operator
from tests.console.desk112 import RunningConsole
from tickets.model import Actor, Row
from tickets.store import Store


async def gave_up(desk: RunningConsole, count: int) -> list[str]:
    """So many callers who pressed 1 and hung up while nobody was free; their tickets."""
    numbers = []
    for n in range(count):
        at = desk.clock.now.isoformat()
        number = f"+62813000000{n:02d}"
        numbers.append(await desk.call(f"g{n}", number, stage="ended", outcome="abandoned", ended_at=at))
        await desk.store.write(partial(_hung_up, now=desk.clock.now, call=f"g{n}", ticket=numbers[-1]))
    return numbers


def _hung_up(store: Store, now: datetime, call: str, ticket: str) -> None:
    store.tickets.update(now, ticket, {"kind": "emergency"}, Actor("call", call))  # the key that was pressed
    store.calls.callback(now, call, "menutup saat menunggu")


async def page_of(desk: RunningConsole, user: str) -> Row:
    moment = desk.live._moments.at(desk.console.setting, desk.clock.now)
    return await desk.store.read(lambda store: operator(store, moment, user))


async def test_a_crowd_is_read_and_dealt_with(desk: RunningConsole) -> None:
    """The desk names the incident; its callers come with what would be done; one request does it for all."""
    master, _ = await desk.ticket("damkar")
    desk.clock.now += timedelta(minutes=2)
    tickets = await gave_up(desk, 6)
    (incident,) = (await page_of(desk, "siti"))["incidents"]
    assert {name: incident[name] for name in ("number", "callers", "waiting", "callbacks")} == {
        "number": master,
        "callers": 1,
        "waiting": 6,
        "callbacks": 6,
    }
    status, plan = await desk.ask("siti", "GET", f"/api/tickets/{master}/incident")
    assert (status, plan["incident"]["opds"], plan["callers_count"]) == (200, ["damkar"], 7)
    assert [(row["ticket"], row["linked"], row["does"]) for row in plan["callers"][1:]] == [
        (ticket, None, ["link", "judge", "called"]) for ticket in tickets
    ]
    wish = {"tickets": tickets, "acts": ["link", "judge", "called"]}
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish)
    assert (status, [row["did"] for row in answer["rows"]]) == (200, [["link", "judge", "called"]] * 6)
    after = await page_of(desk, "siti")
    assert (after["callbacks"], after["counts"]["callbacks"], after["incidents"][0]["callers"]) == ([], 0, 7)
    asked = f"/api/tickets/{tickets[0]}/incident"  # a linked ticket leads to the same
    assert (await desk.ask("pusat", "GET", asked))[1]["incident"]["number"] == master


async def test_callbacks_say_of_which_incident_they_are(desk: RunningConsole) -> None:
    """Of the crowd and of linked callers alike; who rang long before is of none. Further parts say it, too."""
    early = await desk.call("früh", "+6281399999999", stage="ended", outcome="abandoned")
    await desk.store.write(lambda store: store.calls.callback(desk.clock.now, "früh", "menutup saat menunggu"))
    desk.clock.now += timedelta(hours=1)
    master, _ = await desk.ticket("damkar")
    tickets = await gave_up(desk, 6)
    wish = {"tickets": tickets[:1], "acts": ["link"]}
    assert (await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish))[0] == 200
    expected = {early: None, **dict.fromkeys(tickets, master)}
    rows = (await page_of(desk, "siti"))["callbacks"]
    assert {row["ticket"]: row.get("incident") for row in rows} == expected
    part = (await desk.ask("siti", "GET", "/api/desk/callbacks?offset=0"))[1]["rows"]
    assert {row["ticket"]: row.get("incident") for row in part} == expected


async def test_between_two_crowds_a_callback_is_of_none(desk: RunningConsole) -> None:
    """Nobody knows which of two fires a caller meant who hung up: each stands alone."""
    await desk.ticket("damkar")
    await desk.ticket("pln")
    await gave_up(desk, 6)
    assert {row["incident"] for row in (await page_of(desk, "siti"))["callbacks"]} == {None}


async def test_a_caller_without_a_report_is_offered_the_crowd(desk: RunningConsole) -> None:
    """`similar` without category and place; with one of them it is as it was."""
    master, _ = await desk.ticket("damkar")
    await gave_up(desk, 6)
    number = await desk.call("now")
    asked = f"/api/tickets/{number}/similar?category=&kecamatan=&desa="
    assert [row["number"] for row in (await desk.ask("siti", "GET", asked))[1]["rows"]] == [master]
    assert (await desk.ask("siti", "GET", asked.replace("category=", "category=listrik")))[1]["rows"] == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"tickets": [], "acts": ["link"]}, "tickets"),
        ({"tickets": ["T-1"], "acts": []}, "acts"),
        ({"tickets": ["T-1"], "acts": ["close"]}, "acts"),
        ({"tickets": [7], "acts": ["link"]}, "tickets"),
        ({"tickets": ["T-1"] * 201, "acts": ["link"]}, "tickets"),
    ],
)
async def test_a_wrong_wish_changes_nothing(desk: RunningConsole, form: Row, field: str) -> None:
    """It names its field."""
    master, _ = await desk.ticket("damkar")
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=form)
    assert (status, answer["field"]) == (400, field)


async def statuses(desk: RunningConsole, tickets: list[str]) -> set[str]:
    """The states of these tickets."""
    return set(await desk.store.read(lambda store: [store.tickets.get(number)["status"] for number in tickets]))


async def test_an_incident_that_needs_nobody_is_closed_with_all_its_callers(desk: RunningConsole) -> None:
    """One request: linked, judged, no callback left, and every ticket is over with the reason; «Urungkan» opens them
    all again."""
    master, _ = await desk.ticket()
    tickets = await gave_up(desk, 6)
    wish = {"tickets": tickets, "acts": ["link", "judge", "called"], "close": "asap pembakaran sampah, bukan kebakaran"}
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish)
    assert (status, answer.get("closed")) == (200, 7)
    assert await statuses(desk, [master, *tickets]) == {"done"}
    story = (await desk.store.read(lambda store: store.tickets.show(master)))["timeline"]
    assert [row["data"]["note"] for row in story if row["kind"] == "ticket.closed"] == [wish["close"]]
    assert (await page_of(desk, "siti"))["counts"]["callbacks"] == 0
    assert (await desk.ask("siti", "POST", f"/api/tickets/{master}/undo", json={"what": "close"}))[0] == 200
    assert await statuses(desk, [master, *tickets]) == {"open"}
    again = {"tickets": [], "acts": [], "close": "memang bukan kebakaran"}  # all are linked already
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=again)
    assert (status, answer["closed"]) == (200, 7)
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=again)
    assert (status, answer["error"]) == (409, f"kejadian {master} sudah selesai")


async def test_an_incident_that_an_agency_works_on_is_not_closed_over_its_head(desk: RunningConsole) -> None:
    """Nothing of the request is done: neither links nor callbacks are half of it."""
    master, _ = await desk.ticket("damkar", "pln")
    tickets = await gave_up(desk, 6)
    wish = {"tickets": tickets, "acts": ["link", "judge", "called"], "close": "sudah padam"}
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish)
    assert (status, answer["error"]) == (
        409,
        "Damkar, PLN masih menangani: semua tiketnya selesai bersama OPD, atau tarik dulu penugasannya",
    )
    assert await desk.store.read(lambda store: store.merging.of(master)) == []


async def test_a_whole_crowd_is_taken_back(desk: RunningConsole) -> None:
    """Within seconds, by who did it: each caller stands alone, is not judged, and is to be called back again."""
    master, _ = await desk.ticket("damkar")
    tickets = await gave_up(desk, 6)
    before = (await page_of(desk, "siti"))["callbacks"]
    wish = {"tickets": tickets, "acts": ["link", "judge", "called"]}
    assert (await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish))[0] == 200
    undo = f"/api/tickets/{master}/incident/undo"
    status, answer = await desk.ask("budi", "POST", undo, json={"tickets": tickets})
    assert (status, {row["ticket"] for row in answer["rows"] if row["undone"]}) == (200, set())
    status, answer = await desk.ask("siti", "POST", undo, json={"tickets": tickets})
    assert status == 200
    assert [row["undone"] for row in answer["rows"]] == [["called", "judge", "link"]] * 6
    assert (await page_of(desk, "siti"))["callbacks"] == before
    assert await desk.store.read(lambda store: store.merging.of(master)) == []
    assert await statuses(desk, tickets) == {"open"}
    verdicts = await desk.store.read(lambda store: [store.tickets.report(number)["verdict"] for number in tickets])
    assert verdicts == [None] * 6
    assert (await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish))[0] == 200
    desk.clock.now += timedelta(seconds=21)
    status, answer = await desk.ask("siti", "POST", undo, json={"tickets": tickets})
    assert [row["undone"] for row in answer["rows"]] == [[]] * 6


async def test_a_call_back_that_was_not_needed_is_taken_back_alone(desk: RunningConsole) -> None:
    """Not linked: its empty ticket had been closed with it, and is open again."""
    master, _ = await desk.ticket("damkar")
    tickets = await gave_up(desk, 6)
    wish = {"tickets": tickets[:1], "acts": ["called"]}
    assert (await desk.ask("siti", "POST", f"/api/tickets/{master}/incident", json=wish))[0] == 200
    assert await statuses(desk, tickets[:1]) == {"closed"}
    path = f"/api/tickets/{master}/incident/undo"
    (row,) = (await desk.ask("siti", "POST", path, json={"tickets": tickets[:1]}))[1]["rows"]
    assert row["undone"] == ["called"]
    assert await statuses(desk, tickets[:1]) == {"open"}
    assert (await page_of(desk, "siti"))["counts"]["callbacks"] == 6
