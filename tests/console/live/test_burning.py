"""The bupati's page: what burns, the oldest unanswered first, who was pushed; and nothing of a reporter."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.live.snapshots import SNAPSHOTS, Moments
from tests.console.desk112 import CHEAP_HASH, NOW, SITI, RunningConsole
from tickets.model import Actor, PlannedPush
from tickets.routing import Contact
from tickets.store import Store

DAMKAR = Actor("user", "damkar")


@pytest.fixture
async def above(desk: RunningConsole) -> RunningConsole:
    """A console with a bupati, who is a contact of his own."""
    routing = desk.console.setting.routing
    contacts = {**routing.contacts, "bupati": Contact("bupati", None, "Bupati", page=True)}
    desk.console.take(replace(desk.console.setting, routing=replace(routing, contacts=contacts)))
    await desk.store.write(lambda s: s.people.add(NOW, "regent", "Bupati", "bupati", None, CHEAP_HASH, "bupati"))
    return desk


async def page(desk: RunningConsole) -> Any:
    moment = Moments().at(desk.console.setting, desk.clock.now)
    return await desk.store.read(lambda store: SNAPSHOTS["bupati"](store, moment, "regent"))


async def fire(desk: RunningConsole, call: str, opd: str, minutes: int) -> int:
    """A fire that was dispatched so many minutes ago."""
    now, desk.clock.now = desk.clock.now, desk.clock.now - timedelta(minutes=minutes)
    _, (assignment,) = await desk.ticket_of(await desk.call(call), opd)
    desk.clock.now = now
    return assignment


async def test_the_oldest_unanswered_comes_first_and_then_who_is_at_work(above: RunningConsole) -> None:
    """Answered ones are a list of their own; ended ones and complaints are nowhere."""
    young, old, works = [await fire(above, f"c{n}", opd, n) for n, opd in ((2, "pln"), (7, "damkar"), (9, "bpbd"))]
    complaint = await fire(above, "c30", "pln", 30)

    def later(store: Store) -> None:
        store.assignments.move(above.clock.now, works, "berangkat", DAMKAR, via="page")
        store.tickets.update(above.clock.now, store.assignments.get(complaint)["ticket"], {"kind": "complaint"}, SITI)

    await above.store.write(later)
    data = await page(above)
    assert [(row["assignment"], row["opd"]) for row in data["unanswered"]] == [(old, "damkar"), (young, "pln")]
    assert [(row["assignment"], row["state"]) for row in data["working"]] == [(works, "berangkat")]
    assert (data["unanswered_count"], data["working_count"], data["contact"]) == (2, 1, "bupati")


async def test_what_was_turned_down_burns_on(above: RunningConsole) -> None:
    """Nobody has it until a taker is named."""
    assignment = await fire(above, "c1", "damkar", 1)
    contact = Actor("contact", "damkar.siaga")
    await above.store.write(
        lambda s: s.assignments.move(above.clock.now, assignment, "ditolak", contact, via="call", note="bukan kami")
    )
    data = await page(above)
    assert [(row["assignment"], row["state"]) for row in data["unanswered"]] == [(assignment, "ditolak")]
    assert data["working"] == []


async def test_each_contact_stands_with_how_often_it_was_pushed(above: RunningConsole) -> None:
    """By its title; of a push that failed the number of arrivals tells."""
    assignment = await fire(above, "c1", "damkar", 5)

    def push(store: Store) -> None:
        for ok in (True, False):
            now = above.clock.now
            (due,) = store.assignments.claim(now, "escalate", 15.0, 9)
            store.assignments.attempted(due, "escalate", now, now, ok=ok, detail="x", next_due=now)

    await above.store.write(push)
    (row,) = (await page(above))["unanswered"]
    assert row["assignment"] == assignment
    assert row["pushed"] == [{"title": "Siaga damkar", "times": 2, "arrived": 1}]


async def test_nothing_of_a_reporter_is_in_any_byte(above: RunningConsole) -> None:
    """Neither name nor number, neither address nor story; of an emergency that nobody sent only that it is there."""
    assignment = await fire(above, "c1", "damkar", 5)
    number = (await above.store.read(lambda s: s.assignments.get(assignment)))["ticket"]
    fields = {"reporter_name": "Bu Sumiyati", "address": "Jl. Rahasia 7", "description": "suami Bu Sumiyati pingsan"}
    await above.store.write(lambda s: s.tickets.update(above.clock.now, number, fields, SITI))
    await above.call("c2", "+6281300000099")
    text = json.dumps(await page(above))
    assert [word for word in ("Sumiyati", "Rahasia", "pingsan", "81326554021", "81300000099") if word in text] == []
    session = await above.session("regent")
    async with session, session.get(above.url("/api/reference")) as answer:
        reference = await answer.json()
    assert [opd["phones"] for opd in reference["opds"]] == [[], [], []]


async def test_his_own_silence_is_his_alone(above: RunningConsole) -> None:
    """«Saya tahu» of the command centre leaves his page as it is."""
    assignment = await fire(above, "c1", "damkar", 5)
    await above.ask("pusat", "POST", f"/api/assignments/{assignment}/known", json={})
    assert (await page(above))["unanswered"][0]["known_until"] is None
    await above.ask("regent", "POST", f"/api/assignments/{assignment}/known", json={})
    assert (await page(above))["unanswered"][0]["known_until"] == (NOW + timedelta(minutes=5)).isoformat(
        timespec="microseconds"
    )


async def test_a_nudge_stands_on_the_page_until_the_next_may_follow(above: RunningConsole) -> None:
    """With who asked and from when on it may be asked again."""
    assignment = await fire(above, "c1", "damkar", 5)
    await above.ask("pusat", "POST", f"/api/assignments/{assignment}/nudge", json={})
    at, again = (to.isoformat(timespec="microseconds") for to in (NOW, NOW + timedelta(minutes=5)))
    assert (await page(above))["unanswered"][0]["nudged"] == {"title": "Pusat kendali", "at": at, "again": again}
    above.clock.now += timedelta(minutes=5)
    assert (await page(above))["unanswered"][0]["nudged"] is None


async def test_his_page_sounds_for_what_has_risen_to_him_alone(above: RunningConsole) -> None:
    """Pushes to the command centre leave his page silent; so do those that he said to know."""
    first, second = await fire(above, "c1", "damkar", 5), await fire(above, "c2", "pln", 4)

    def rise(store: Store) -> None:
        now = above.clock.now
        for assignment, contact in ((first, "bupati"), (second, "pusat")):
            store.assignments.add_pushes(now, assignment, (PlannedPush(2, contact, "page", now, 120.0),))
        for push in store.assignments.claim(now, "escalate", 15.0, 9):
            store.assignments.attempted(push, "escalate", now, now, ok=True, detail="x", next_due=now)

    await above.store.write(rise)
    assert (await page(above))["rising"] == [first]
    await above.ask("regent", "POST", f"/api/assignments/{first}/known", json={})
    assert (await page(above))["rising"] == []
