"""Keys on the telephone: each has its words and its row, and changes no other assignment."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tests.tickets.world import World
from tickets.escalation import answer_rules
from tickets.model import Actor, Row
from tickets.notify.channel import Heard, Said


async def now_of(world: World, assignment: int) -> Row:
    return await world.store.read(lambda store: store.assignments.get(assignment))


@pytest.mark.parametrize(
    ("says", "heard", "state"),
    [
        (("accept",), ["accepted"], "diterima"),
        (("accept", "depart"), ["accepted", "departed"], "berangkat"),
        (("depart",), ["departed"], "berangkat"),
        (("refuse",), ["refused"], "ditolak"),
        (("refuse", "accept"), ["refused", "accepted"], "diterima"),
        (("depart", "refuse"), ["departed", "unfit"], "berangkat"),
        (("accept", "accept"), ["accepted", "taken"], "diterima"),
    ],
)
async def test_what_was_said_is_so_and_is_read_back(
    world: World, says: tuple[Said, ...], heard: list[Heard], state: str
) -> None:
    """One attempt however many keys; the first answer is the OPD's."""
    world.start()
    world.call.says = says
    assignment = await world.dispatch()
    await world.settle()
    row = await now_of(world, assignment)
    assert (world.call.heard, row["state"], row["via"]) == (heard, state, "call")
    assert row["acknowledged_by"] == "damkar.siaga"
    attempts = await world.store.read(lambda store: store.assignments.attempts(assignment))
    assert len([attempt for attempt in attempts if attempt["channel"] == "call"]) == 1


@pytest.mark.long
async def test_not_ours_pushes_those_above_until_a_taker_is_named(world: World) -> None:
    """Key 3: silence for the OPD, and the command centre is pushed at once, until somebody names a taker."""
    world.start()
    world.call.says = ("refuse",)
    assignment = await world.dispatch()
    await world.settle()
    assert (await now_of(world, assignment))["note"] == "bukan wewenang, lewat telepon; yang berwenang belum ditunjuk"
    world.call.says = ()
    calls, page = len(world.call.sent), world.page
    await world.forward(1200)
    assert (len(world.call.sent), page.times("damkar.siaga")) == (calls, [0.0])
    pushed = page.times("pusdalops")
    assert pushed[0] == 0.0
    assert max(later - earlier for earlier, later in pairwise(pushed)) <= 120
    assert "bukan wewenangnya. Tunjuk OPD" in page.sent[-1][1].report.body
    ticket = (await now_of(world, assignment))["ticket"]
    status = await world.store.read(lambda store: store.tickets.get(ticket)["status"])
    assert status == "dispatched"  # never without somebody who is pushed
    pusat = Actor("user", "pusat")
    await world.store.write(
        lambda store: store.assignments.move(world.time.now, assignment, "bukan_wewenang", pusat, via="command")
    )
    count = len(page.sent)
    await world.forward(600)
    assert len(page.sent) == count


async def test_who_has_nobody_above_pushes_the_duty_contact(world: World) -> None:
    """BPBD's ladder of this region ends at itself: a refusal still reaches somebody."""
    world.start()
    assignment = await world.dispatch("bpbd")
    await world.settle()
    world.call.says = ("refuse",)
    delivery = world.message.sent[0][1]
    assert await delivery.answer("refuse") == "refused"
    pushes = await world.store.read(
        lambda store: store.connection.all(
            "SELECT contact, channel FROM pushes WHERE assignment = :a AND done_at IS NULL", a=assignment
        )
    )
    assert {row["contact"] for row in pushes} == {"bpbd.siaga"}


async def test_two_telephones_answer_at_once(world: World) -> None:
    """Both press 1: one accepts, the other hears that it is taken; one acknowledgement."""
    world.start()
    world.call.hang = asyncio.Event()
    assignment = await world.dispatch()
    await world.forward(120)
    world.call.says = ("accept",)
    world.call.hang.set()
    await world.settle()
    assert sorted(world.call.heard) == ["accepted", "taken"]
    assert len(await world.journal("assignment.acknowledged")) == 1
    assert (await now_of(world, assignment))["state"] == "diterima"


async def test_an_answer_to_a_closed_ticket(world: World) -> None:
    """Cancelled while the phone was being answered: the phone reads that out, nothing moves."""
    world.start()
    world.call.hang = asyncio.Event()
    assignment = await world.dispatch()
    await world.settle()
    delivery = world.call.sent[0][1]
    accepting = asyncio.create_task(delivery.answer("accept"))  # the key is pressed …
    await asyncio.sleep(0)
    await world.settle()
    await accepting
    world.call.hang.set()
    await world.settle()
    assert (await now_of(world, assignment))["state"] == "diterima"
    await world.move(assignment, "dibatalkan")
    for word in ("accept", "depart", "refuse"):
        assert await delivery.answer(word) == "ended"
    assert (await now_of(world, assignment))["state"] == "dibatalkan"


async def test_on_the_way_at_a_reminder(world: World) -> None:
    """«Belum ada yang berangkat»: key 2 says that they are; the OPD is left in peace for the next term."""
    world.start()
    world.call.says = ("accept",)
    assignment = await world.dispatch()
    await world.settle()
    world.call.says = ("depart",)
    await world.forward(600)
    row = await now_of(world, assignment)
    assert (row["state"], world.call.heard) == ("berangkat", ["accepted", "departed"])


@pytest.mark.parametrize(("word", "heard"), [("accept", "known"), ("depart", "unfit"), ("refuse", "unfit")])
async def test_nobody_above_an_agency_answers_in_its_name(world: World, word: Said, heard: Heard) -> None:
    """Key 1 of the command centre is «saya tahu»: quiet for itself for minutes, while the agency is pushed on."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(121)
    delivery = next(each for _at, each in world.page.sent if each.contact.name == "pusdalops")
    contact = world.routing.contacts["pusdalops"]
    word = answer_rules.meant(delivery.push, contact, word)
    reply = await world.store.write(
        lambda store: answer_rules.take(store, world.routing, world.time.now, delivery.push, contact, word)
    )
    assert (reply, (await now_of(world, assignment))["state"]) == (heard, "dikirim")
    assert answer_rules.foretold(delivery.push, contact, word, "dikirim", answered=False) == heard
    pushed = len(world.call.times("damkar.siaga"))
    await world.forward(300)
    assert len(world.call.times("damkar.siaga")) >= pushed + 9


@pytest.mark.long
async def test_the_command_centre_that_knows_is_quiet_for_itself_alone(world: World) -> None:
    """Five minutes without a push to it; the agency's own phones ring on; then it is pushed again."""
    world.start()
    world.page.says_of = {"pusdalops": "accept"}
    assignment = await world.dispatch()
    await world.forward(900)
    assert (await now_of(world, assignment))["state"] == "dikirim"
    assert world.page.times("pusdalops") == [120.0, 420.0, 720.0]
    assert max(b - a for a, b in pairwise(world.call.times("damkar.siaga"))) <= 30
