"""Test pushes: each contact once on each channel, after all real pushes, and a report of the answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.tickets.notify.test_notify import Receiver
from tests.tickets.world import CONTACTS, SARI, START, WIB, World, make_routing, means
from tickets.errors import ChannelError, Conflict, InvalidInput, NotFound
from tickets.escalation import contact_test_daemon, contact_tests
from tickets.escalation.contact_test_daemon import PageTests
from tickets.escalation.contact_tests import plan_tests, summary
from tickets.model import Actor, Row
from tickets.notify import CHANNELS
from tickets.notify.channel import Wired, wire
from tickets.notify.webhook import signature
from tickets.routing import Contact
from tickets.store.contact_tests import NOT_IN_TIME

IN_TIME_S = 60.0
BUDI = Actor("user", "budi")


async def asked(world: World, *names: str) -> int:
    """A run that was asked for now."""
    return await world.store.write(lambda store: contact_tests.ask(store, world.routing, world.time.now, SARI, names))


async def rows(world: World, run: int = 1) -> list[Row]:
    return await world.store.read(lambda store: store.test_pushes.of_run(run))


async def states(world: World, run: int = 1) -> dict[tuple[str, str], str]:
    """The state by contact and channel."""
    return {(row["contact"], row["channel"]): row["state"] for row in await rows(world, run)}


async def report(world: World, run: int = 1) -> Row:
    tests, titles = await rows(world, run), {contact.name: contact.title for contact in CONTACTS}
    return summary(tests, titles, world.time.now)


@asynccontextmanager
async def running(world: World, channels: Any = None, **options: Any) -> AsyncIterator[PageTests]:
    """The duty of the escalation process, on the world's clock unless told otherwise."""
    given = {"wait": world.time.wait} | options
    wired: dict[str, Wired] = channels or dict(world.channels())
    tests = PageTests(world.store, lambda: world.routing, wired, world.time, world.spawn, WIB, **given)
    task = world.spawn("page-tests", tests.run())
    await world.settle()
    try:
        yield tests
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], Any]) -> None:
    """As soon as it is so, in real time."""
    async with asyncio.timeout(IN_TIME_S):
        while not await true():
            await asyncio.sleep(0.01)


# -- what is to be sent ------------------------------------------------------------------------------------------------


def test_what_is_sent_and_what_never_is() -> None:
    """Desk phone and mobile each for itself; an example number, a missing trunk, no channel at all: said, not sent."""
    contacts = (
        Contact("a.satu", "a", "Satu", page=True, sip="a1", mobile="+628123456789"),
        Contact("a.dua", "a", "Dua", mobile="+620001110001", webhook="http://127.0.0.1:9/"),
        Contact("a.tiga", "a", "Tiga"),
        Contact("atas", None, "Atas", apprise="json://127.0.0.1:9/x", speaker="s1"),
    )
    routing = make_routing(contacts)

    def planned(*names: str, mobiles: bool = True, away: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
        tests = plan_tests(replace(routing, mobiles=mobiles), away, names)
        return [(test.contact, test.channel, test.state) for test in tests]

    assert planned() == [
        ("a.satu", "call", "waiting"),
        ("a.satu", "mobile", "waiting"),
        ("a.satu", "page", "waiting"),
        ("a.dua", "mobile", "placeholder"),
        ("a.dua", "webhook", "waiting"),
        ("a.tiga", "", "failed"),
        ("atas", "speaker", "waiting"),
        ("atas", "apprise", "waiting"),
    ]
    assert planned("a.satu", mobiles=False)[1] == ("a.satu", "mobile", "failed")
    assert [state for _, _, state in planned(away=("a.satu",))][:3] == ["away"] * 3
    assert [state for _, _, state in planned("a.satu", away=("a.satu",))] == ["waiting"] * 3  # who names it means it
    with pytest.raises(
        InvalidInput, match=r"^kontak tidak.ada tidak ada di routing.yaml; lihat: tanggap contacts list$"
    ):
        planned("tidak.ada")


def test_the_words_say_that_it_is_a_test() -> None:
    """First and plainly, in what is read and in what is heard; without a public address no line of a link."""
    words = contact_tests.words(CONTACTS[0], START, WIB, "https://112.contoh.go.id/uji/x")
    assert words.subject == "[112] UJI COBA, bukan laporan sungguhan"
    assert words.body.splitlines() == [
        "UJI COBA dorongan 112 untuk Pos Damkar",
        "Ini BUKAN laporan sungguhan. Tidak ada yang perlu berangkat.",
        "Dikirim: Minggu 22 November 2026 pukul 14.00 WIB",
        "Ketuk supaya kami tahu pesan ini terbaca: https://112.contoh.go.id/uji/x",
    ]
    assert (words.spoken, words.test) == ("Untuk Pos Damkar.", True)
    assert len(contact_tests.words(CONTACTS[0], START, WIB).body.splitlines()) == 3


# -- the store ---------------------------------------------------------------------------------------------------------


async def test_one_run_at_a_time(world: World) -> None:
    """A second one is refused in a sentence, until the first has been sent or its hour is over."""
    assert await asked(world) == 1
    with pytest.raises(Conflict, match=r"^uji 1 masih berjalan; lihat: tanggap page-test --report$"):
        await asked(world)
    world.time.now += contact_tests.GOOD_FOR
    assert await asked(world, "pusdalops") == 2
    assert {row["detail"] for row in await rows(world)} == {NOT_IN_TIME}
    with pytest.raises(NotFound, match=r"^uji 3 tidak ada$"):
        await rows(world, 3)


async def test_an_answer_is_kept_once(world: World) -> None:
    """The first confirmation counts; a failed test cannot be confirmed."""
    await asked(world, "pusdalops")
    now = world.time.now

    def job(store: Any) -> tuple[bool, ...]:
        tests = store.test_pushes
        (row,) = tests.due(now)
        assert tests.claim(now, "a", 10, row["id"])
        assert not tests.claim(now, "b", 10, row["id"])
        tests.ended(now, row, "b", ok=False, detail="bukan punya b", answer_until=None)
        tests.ended(now, row, "a", ok=True, detail="1 halaman bersuara", answer_until=now + timedelta(minutes=10))
        shown = [len(tests.on_pages(now, None)), len(tests.on_pages(now, "damkar"))]
        answers = tests.answered(now, row["id"], BUDI), tests.answered(now, row["id"], SARI)
        assert shown == [1, 0] and tests.on_pages(now, None) == []
        return answers

    assert await world.store.write(job) == (True, False)
    (row,) = await rows(world)
    assert (row["state"], row["detail"], row["answered_by"]) == ("delivered", "1 halaman bersuara", "budi")
    kinds = [entry["kind"] for entry in await world.store.read(lambda store: store.journal.after(0))]
    assert [kind for kind in kinds if kind.startswith("test.")] == ["test.asked", "test.sent", "test.answered"]


# -- sending -----------------------------------------------------------------------------------------------------------


async def test_everybody_is_tested_once_and_the_report_says_who_answered(world: World) -> None:
    """A key answers at once; pages and messages are waited for ten minutes, then the report is done without them."""
    world.call.says = ("accept",)
    async with running(world):
        await asked(world)
        await world.forward(30)
        calls = sorted(
            (delivery.contact.name, delivery.contact.sip, delivery.contact.mobile) for _, delivery in world.call.sent
        )
        assert calls == [("damkar.piket", None, "+628123456789"), ("damkar.siaga", "damkar1", None)]
        assert all(delivery.test and delivery.report.test for _, delivery in (*world.call.sent, *world.page.sent))
        assert sorted(delivery.contact.name for _, delivery in world.page.sent) == [
            "bpbd.siaga",
            "damkar.siaga",
            "pusdalops",
        ]
        assert [delivery.contact.name for _, delivery in world.message.sent] == ["bpbd.siaga"]
        assert world.call.heard == ["noted", "noted"]
        summary = await report(world)
        assert (summary["done"], summary["answered"]) == (False, ["damkar.siaga", "damkar.piket"])
        assert (summary["reached"], summary["unreached"]) == ([contact.name for contact in CONTACTS], [])
        await world.forward(contact_test_daemon.ANSWER_WITHIN.total_seconds())
        assert (await report(world))["done"]
        assert len(world.call.sent) == 2
    assert await world.journal("push.sent") == []


async def test_one_that_hangs_and_one_that_fails_hold_nobody_up(world: World) -> None:
    """Each has its sentence; a contact that another channel reached counts as reached."""
    world.limit_s = 0.05
    world.message.hang = asyncio.Event()
    world.call.error = ChannelError("telepon damkar1 tidak terjangkau")
    async with running(world):
        await asked(world)

        async def done() -> bool:
            await world.forward(1)
            return "waiting" not in (await states(world)).values()

        await until(done)
    details = {(row["contact"], row["channel"]): row["detail"] for row in await rows(world)}
    assert details["bpbd.siaga", "apprise"] == "tidak selesai dalam 0.05 detik"
    assert details["damkar.piket", "mobile"] == "telepon damkar1 tidak terjangkau"
    assert (await report(world))["unreached"] == ["damkar.piket"]


@pytest.mark.long
async def test_a_report_takes_the_telephone_from_a_test(world: World) -> None:
    """The test is hung up, the real push rings in the same moment, and the test comes again when there is peace."""
    daemon = world.start()
    world.call.hang, world.call.hangs_for = asyncio.Event(), "damkar.siaga"
    async with running(world, ringing=lambda: daemon.ringing) as tests:
        daemon.make_room = tests.make_room
        await asked(world, "damkar.siaga")
        await world.forward(2)
        assert [delivery.test for _, delivery in world.call.sent] == [True]
        assignment = await world.dispatch()
        await world.settle()
        assert world.call.stopped == 1
        assert [(at, delivery.test) for at, delivery in world.call.sent][1:] == [(2.0, False)]
        assert (await states(world))["damkar.siaga", "call"] == "waiting"
        await world.forward(300)  # nobody answers: the telephone is the report's
        assert [delivery.test for _, delivery in world.call.sent].count(True) == 1
        world.call.hang = None
        await world.move(assignment, "diterima")
        await world.forward(contact_test_daemon.AGAIN.total_seconds())
        assert [delivery.test for _, delivery in world.call.sent].count(True) == 2
        assert (await states(world))["damkar.siaga", "call"] == "delivered"


async def test_a_telephone_that_a_report_needs_is_not_rung_for_a_test(world: World) -> None:
    """Not while an assignment waits that rings it within the minute; other channels are tested meanwhile."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    async with running(world):
        await asked(world, "damkar.siaga")
        await world.forward(100)
        assert await states(world) == {("damkar.siaga", "page"): "delivered", ("damkar.siaga", "call"): "waiting"}
        await world.move(assignment, "diterima")
        await world.forward(5)
        assert (await states(world))["damkar.siaga", "call"] == "delivered"


async def test_what_a_dead_process_had_in_hand_is_sent_again(world: World) -> None:
    """After its lease, by another process; after three times it is given up with a sentence."""
    await asked(world, "pusdalops")

    def claim(store: Any) -> bool:
        return bool(store.test_pushes.claim(world.time.now, "mati", contact_test_daemon.LEASE_S, 1))

    for _ in range(2):
        assert await world.store.write(claim)
        world.time.now += timedelta(seconds=contact_test_daemon.LEASE_S)
    async with running(world):
        await world.forward(1)
    assert ((await states(world))["pusdalops", "page"], len(world.page.sent)) == ("delivered", 1)
    await asked(world, "pusdalops")
    await world.store.write(lambda store: store.connection.run("UPDATE test_pushes SET attempts = 3 WHERE run = 2"))
    async with running(world):
        await world.forward(1)
    (row,) = await rows(world, 2)
    assert (row["state"], row["detail"], len(world.page.sent)) == ("failed", contact_test_daemon.STOPPED_TOO_OFTEN, 1)


async def test_after_its_hour_nobody_is_rung(world: World) -> None:
    """A test that no process took up in time is over, with a sentence."""
    await asked(world)
    world.time.now += contact_tests.GOOD_FOR
    async with running(world):
        await world.forward(3)
    assert (world.call.sent, world.page.sent, world.message.sent) == ([], [], [])
    assert {row["detail"] for row in await rows(world)} == {NOT_IN_TIME}
    assert (await report(world))["done"]


async def test_two_processes_send_each_test_once(world: World) -> None:
    """A claim is one process's."""
    async with running(world, name="satu"), running(world, name="dua"):
        await asked(world)
        await world.forward(30)
    sent = [
        (delivery.contact.name, delivery.push.channel)
        for fake in (world.page, world.call, world.message)
        for _, delivery in fake.sent
    ]
    assert len(sent) == len(set(sent)) == 6


async def test_over_real_sockets(world: World) -> None:
    """The real channels: a signed webhook that says «test», a message with its link, and what a server's 500 leaves."""
    receiver = Receiver()
    server: TestServer = receiver.server
    await server.start_server()
    theirs = {"webhook": receiver.url("http"), "apprise": receiver.url("json")}
    world.routing = make_routing((Contact("damkar.siaga", "damkar", "Pos Damkar", page=True, **theirs),))
    key, address = b"kunci", "https://112.contoh.go.id/uji/x"
    try:
        async with aiohttp.ClientSession() as http:
            wired = wire(CHANNELS, means(world, http=http, webhook_key=lambda: key))
            async with running(world, wired, link=lambda row: f"{address}{row['id']}"):

                async def done(run: int) -> bool:
                    await world.forward(1)
                    return "waiting" not in (await states(world, run)).values()

                await asked(world)
                await until(lambda: done(1))
                receiver.status = 500
                await asked(world)
                await until(lambda: done(2))
    finally:
        await server.close()
    by_key = {request.headers.get("Idempotency-Key"): (request, json.loads(body)) for request, body in receiver.got}
    request, body = by_key["test-2-1"]
    assert (body["test"], body["contact"], "ticket" in body) == (True, "damkar.siaga", False)
    raw = next(raw for got, raw in receiver.got if got is request)
    assert request.headers["X-Tanggap-Signature"] == signature(key, request.headers["X-Tanggap-Timestamp"], raw)
    message = by_key[None][1]["message"] if None in by_key else ""
    assert "UJI COBA dorongan 112 untuk Pos Damkar" in message
    first, second = await rows(world), await rows(world, 2)
    no_page = "tidak ada halaman OPD yang terbuka dan bersuara"
    assert [(row["channel"], row["state"]) for row in first] == [
        ("apprise", "delivered"),
        ("webhook", "delivered"),
        ("page", "failed"),
    ]
    assert first[2]["detail"] == no_page
    assert second[1]["detail"] == "webhook http://127.0.0.1 menjawab 500, diharapkan 2xx"
    assert (await report(world, 2))["unreached"] == ["damkar.siaga"]
    assert any(f"{address}1" in raw.decode() for _, raw in receiver.got)
