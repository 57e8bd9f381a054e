"""What changes after dispatch is pushed over the ways by which the agency was reached, until somebody has read it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.tickets.world import SARI, START, WIB, World, steps
from tickets.escalation.push_report import report
from tickets.model import Actor

BUDI = Actor("user", "budi")
PLACE = "Diubah 14.01: desa Mantingan → Kecapi"


async def edit(world: World, assignment: int, **fields: str) -> None:
    """An operator writes over these fields of the assignment's ticket."""

    def job(store: Any) -> None:
        number = store.assignments.get(assignment)["ticket"]
        store.tickets.update(world.time.now, number, fields, SARI)

    await world.store.write(job)


async def read(world: World, assignment: int, via: str = "page") -> None:
    """«Sudah dibaca» for all that stands there."""

    def job(store: Any) -> None:
        shown = {row["id"]: row["revision"] for row in store.amendments.unread(assignment)}
        assert store.amendments.read(world.time.now, assignment, shown, BUDI, via)

    await world.store.write(job)


def sent(world: World, since: float = 60) -> list[tuple[float, str, str]]:
    """Second, contact and channel of each push for a change."""
    channels = {"page": world.page, "call": world.call, "apprise": world.message}
    return sorted(
        (at - since, delivery.contact.name, name)
        for name, channel in channels.items()
        for at, delivery in channel.sent
        if delivery.push.phase == "diubah"
    )


async def accepted(world: World, opd: str = "damkar", state: str = "diterima") -> int:
    """A fire that was accepted within the first minute."""
    world.start()
    assignment = await world.dispatch(opd)
    await world.forward(1)
    await world.move(assignment, state)
    await world.forward(59)
    return assignment


async def test_a_changed_place_reaches_page_message_and_telephone(world: World) -> None:
    """By the ways by which the agency was reached; the telephone because somebody is under way; again and again."""
    assignment = await accepted(world)
    await edit(world, assignment, desa="Kecapi")
    await world.forward(70)
    calls = [(at, way) for at, _, way in sent(world) if way == "call"]
    pages = [(at, way) for at, _, way in sent(world) if way == "page"]
    assert (pages, calls) == ([(4, "page"), (64, "page")], [(4, "call")])
    report = world.call.sent[-1][1].report
    assert report.subject == "[112] DIUBAH: Kebakaran: Kecapi, Tahunan (T-20261122-0001)"
    assert report.body.splitlines()[0] == PLACE
    assert "Lokasi: Kecapi, Kecamatan Tahunan" in report.body
    assert "Mohon baca dan tekan «Sudah dibaca»" in report.body
    assert report.spoken.startswith("Perubahan untuk Damkar. Desa, semula Mantingan, sekarang Kecapi. ")
    assert report.amended


async def test_a_changed_story_rings_nobody(world: World) -> None:
    """But goes to page and message."""
    assignment = await accepted(world, "bpbd")
    await edit(world, assignment, description="3 orang terjebak")
    await world.forward(10)
    assert sent(world) == [(4, "bpbd.siaga", "apprise"), (4, "bpbd.siaga", "page")]
    body = world.message.sent[-1][1].report.body
    assert body.splitlines()[0] == "Diubah 14.01: uraian 3 orang terjebak"


@pytest.mark.parametrize("state", ["diterima", "berangkat", "di_lokasi"])
@pytest.mark.long
async def test_a_recall_rings_whoever_is_under_way(world: World, state: str) -> None:
    """And goes on until it was read, though the task has ended."""
    assignment = await accepted(world, state=state)
    await world.store.write(
        lambda store: store.assignments.move(
            world.time.now, assignment, "dibatalkan", SARI, via="page", note="salah alamat"
        )
    )
    await world.forward(125)
    assert [at for at, _, way in sent(world) if way == "page"] == [4, 64, 124]
    assert [at for at, _, way in sent(world) if way == "call"] == [4, 124]
    report = world.call.sent[-1][1].report
    assert report.subject.startswith("[112] DIBATALKAN: Kebakaran")
    assert report.body.splitlines()[0] == "DIBATALKAN 14.01: salah alamat"
    assert report.spoken.startswith("Perubahan untuk Damkar. Tugas ini dibatalkan, salah alamat. ")
    await read(world, assignment)
    await world.forward(600)
    assert len(sent(world)) == 5


async def test_a_recall_before_an_answer_rings_nobody(world: World) -> None:
    """Nobody is under way; page and message say it."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(60)
    await world.move(assignment, "dibatalkan", note="salah kirim")
    await world.forward(60)
    assert {way for _, _, way in sent(world)} == {"page"}


def above(world: World, since: float = 60) -> list[float]:
    """Seconds of the pushes for a change that went to the command centre."""
    return [at for at, contact, _way in sent(world, since) if contact == "pusdalops"]


@pytest.mark.long
async def test_a_change_that_nobody_reads_climbs(world: World) -> None:
    """After its term to those above, again and again, with words for them; read, it is quiet; the report proves it."""
    assignment = await accepted(world)
    await edit(world, assignment, desa="Kecapi")
    await world.forward(430)
    assert above(world) == [180, 300, 420]
    report_above = next(delivery for _at, delivery in reversed(world.page.sent) if delivery.contact.opd is None).report
    assert report_above.subject.startswith("[112] BELUM DIBACA Damkar: Kebakaran: Kecapi")
    assert report_above.body.splitlines()[:2] == ["Damkar belum membaca perubahan ini:", PLACE]
    assert "OPD belum membaca perubahan ini." in report_above.body
    assert report_above.spoken.startswith("Damkar belum membaca perubahan laporan ini. ")
    assert not report_above.amended
    day = START.astimezone(WIB).date()
    figures = await world.store.read(lambda store: report(store, day, day, WIB, world.time.now))
    assert figures["holds"], figures["violations"]
    await read(world, assignment)
    await world.forward(300)
    assert above(world) == [180, 300, 420]


async def test_an_edit_in_between_gives_no_new_term(world: World) -> None:
    """The first change is unread since it was made; another text in the same field, or in another one, is no excuse."""
    assignment = await accepted(world)
    await edit(world, assignment, desa="Kecapi")
    await world.forward(150)
    await edit(world, assignment, desa="Bawu", description="3 orang terjebak")
    await world.forward(60)
    assert above(world) == [180]


async def test_while_nobody_has_answered_the_ladder_itself_climbs(world: World) -> None:
    """The command centre is pushed once for both; accepted without reading, the change has its own way up."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    await edit(world, assignment, desa="Kecapi")
    await world.forward(239)
    assert above(world, 0) == []
    await world.move(assignment, "diterima")
    await world.forward(10)
    assert above(world, 0)[0] <= 245
    assert ("damkar.siaga", "call") in [(contact, way) for at, contact, way in sent(world, 0) if at >= 240]


async def test_who_knows_of_an_unread_recall_is_left_alone(world: World) -> None:
    """Key 1 of somebody above reads nothing; that contact is quiet for a while, also after the end of the task."""
    assignment = await accepted(world)
    world.page.says_of = {"pusdalops": "accept"}
    await world.move(assignment, "dibatalkan", note="salah alamat")
    await world.forward(400)
    assert above(world) == [180]
    rows = await world.store.read(lambda store: store.amendments.unread(assignment))
    assert [row["field"] for row in rows] == ["recall"]
    day = START.astimezone(WIB).date()
    figures = await world.store.read(lambda store: report(store, day, day, WIB, world.time.now))
    assert figures["holds"], figures["violations"]


async def test_words_that_could_not_be_spoken_are_read_by_no_key(world: World) -> None:
    """Speech fails: key 1 changes nothing, and the change is pushed on."""
    assignment = await accepted(world)
    world.call.unheard, world.call.says = True, ("accept",)
    await edit(world, assignment, desa="Kecapi")
    await world.forward(30)
    assert world.call.heard == ["unfit"]
    rows = await world.store.read(lambda store: store.amendments.of(assignment))
    assert [row["read_at"] for row in rows] == [None]


async def test_a_task_that_is_accepted_unheard_keeps_its_changes_unread(world: World) -> None:
    """The report itself is accepted as ever."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    await edit(world, assignment, desa="Kecapi")
    world.call.unheard = True
    world.call.accepts = True
    await world.forward(60)
    assert (await world.store.read(lambda store: store.assignments.get(assignment)))["state"] == "diterima"
    rows = await world.store.read(lambda store: store.amendments.of(assignment))
    assert [row["read_at"] for row in rows] == [None]


async def test_small_edits_within_seconds_are_one(world: World) -> None:
    """Two fields and three saves within five seconds: one push, with the newest of both."""
    assignment = await accepted(world, "bpbd")
    for desa in ("Kecapi", "Krapyak"):
        await edit(world, assignment, desa=desa)
        await world.forward(2)
    await edit(world, assignment, description="api besar")
    await world.forward(10)
    assert [(at, way) for at, _, way in sent(world) if way == "apprise"] == [(8, "apprise")]
    lines = world.message.sent[-1][1].report.body.splitlines()
    assert lines[:2] == ["Diubah 14.01: desa Mantingan → Krapyak", "Diubah 14.01: uraian api besar"]


async def test_an_unanswered_task_keeps_its_ladder_and_is_told_of_the_change(world: World) -> None:
    """Each later push of the ladder names the change, too."""
    world.start()
    assignment = await world.dispatch("bpbd")
    await world.forward(30)
    await edit(world, assignment, desa="Kecapi")
    await world.forward(60)
    ladder = [(at, each.report.body.splitlines()[0]) for at, each in world.message.sent if each.push.phase == "dikirim"]
    assert ladder[0] == (0, "Laporan darurat 112 untuk BPBD")
    assert ladder[1] == (60, "Diubah 14.00: desa Mantingan → Kecapi")


async def test_key_1_reads_what_was_spoken(world: World) -> None:
    """With who and when; the pushes end, and a key that means something else changes nothing."""
    assignment = await accepted(world, state="berangkat")
    world.call.says = ("refuse", "accept")
    await edit(world, assignment, desa="Kecapi")
    await world.forward(300)
    assert world.call.heard == ["unfit", "noted"]
    rows = await world.store.read(lambda store: store.amendments.of(assignment))
    assert [(row["read_by"], row["read_via"]) for row in rows] == [("damkar.siaga", "call")]
    assert {at for at, _, _ in sent(world)} == {4}
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert row["state"] == "berangkat"


async def test_accepting_by_telephone_reads_what_was_spoken(world: World) -> None:
    """Whoever hears the changed report and accepts it needs no second key."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    await edit(world, assignment, desa="Kecapi")
    world.call.accepts = True
    await world.forward(60)
    rows = await world.store.read(lambda store: store.amendments.of(assignment))
    assert [row["read_by"] for row in rows] == ["damkar.siaga"]


async def test_a_call_that_speaks_an_older_value_does_not_read_the_newer(world: World) -> None:
    """The place changes again while the telephone speaks."""
    assignment = await accepted(world)
    await edit(world, assignment, desa="Kecapi")

    async def change_first(delivery: Any) -> str:
        if delivery.push.phase == "diubah" and not world.call.sent[2:]:
            await edit(world, assignment, desa="Krapyak")
        assert await delivery.answer("accept") == "noted"
        return "terkirim"

    world.call.send = change_first  # type: ignore[method-assign]
    await world.forward(5)
    unread = await world.store.read(lambda store: store.amendments.unread(assignment))
    assert [(row["before"], row["after"]) for row in unread] == [("Mantingan", "Krapyak")]


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_restart_loses_nothing(world: World, end: str) -> None:
    """A change that the daemon had not planned, and one that it had: both are pushed by the next."""
    assignment = await accepted(world, "bpbd")
    await edit(world, assignment, desa="Kecapi")
    await world.forward(1)
    await (world.stop() if end == "stop" else world.kill())
    await edit(world, assignment, description="api besar")
    await world.forward(60)
    world.start()
    await world.forward(30)
    assert [way for _, _, way in sent(world)] == ["apprise", "page"]
    assert len(world.message.sent[-1][1].report.body.splitlines()[0:2]) == 2
    await read(world, assignment)
    await world.forward(300)
    assert len(sent(world)) == 2


async def test_a_read_by_page_hangs_the_telephone_up(world: World) -> None:
    """While it rings for what was just read; a step of the agency alone does not."""
    assignment = await accepted(world)
    world.call.hang = asyncio.Event()
    await edit(world, assignment, desa="Kecapi")
    await world.forward(6)
    await world.move(assignment, "berangkat")
    await world.forward(1)
    assert world.call.stopped == 0
    await read(world, assignment)
    await world.forward(1)
    assert world.call.stopped == 1
    assert world.time.now > START


async def test_the_report_tells_changes_that_are_unread_and_unpushed(world: World) -> None:
    """While no daemon runs; afterwards the gap stays in the proof, and what is read is no gap any more."""

    async def told() -> Any:
        now = world.time.now
        return await world.store.read(lambda store: report(store, now.date(), now.date(), WIB, now))

    assignment = await accepted(world, "bpbd")
    await world.stop()
    await edit(world, assignment, desa="Kecapi")
    await world.forward(10)
    assert (await told())["holds"]  # within the grace
    await world.forward(50)
    figures = await told()
    facts = ("assignment", "opd", "field")
    assert [[row[name] for name in facts] for row in figures["amendments"]["unpushed"]] == [
        [assignment, "bpbd", "desa"]
    ]
    assert not figures["holds"]
    world.start()
    await world.forward(30)
    figures = await told()
    assert figures["amendments"] == {"made": 1, "read": 0, "unread": 1, "unpushed": []}
    gaps = [(row["phase"], row["opd"], round(row["seconds"])) for row in figures["violations"]]
    assert gaps == [("diubah", "bpbd", 56)]


@pytest.mark.long
async def test_the_report_proves_the_pushes_of_a_change(world: World) -> None:
    """Pushed in time, again and again: no gap, also between one change that was read and the next."""
    assignment = await accepted(world, "bpbd")
    for desa in ("Kecapi", "Krapyak"):
        await edit(world, assignment, desa=desa)
        await world.forward(200)
        await read(world, assignment)
        await world.forward(400)
    now = world.time.now
    figures = await world.store.read(lambda store: report(store, now.date(), now.date(), WIB, now))
    assert (figures["holds"], figures["violations"]) == (True, [])
    assert figures["amendments"] == {"made": 2, "read": 2, "unread": 0, "unpushed": []}


@pytest.mark.parametrize("back_s", [60, 3600])
async def test_a_clock_that_was_set_back_delays_no_change(world: World, back_s: float) -> None:
    """Nobody had planned its push yet when the clock was set: it is news after the longest burst, not an hour later."""
    assignment = await accepted(world)
    await world.stop()
    await edit(world, assignment, desa="Kecapi")
    world.time.now -= timedelta(seconds=back_s)
    before = len(sent(world))
    world.start()
    await world.forward(31)
    assert len(sent(world)) > before


async def test_a_change_follows_a_contact_that_has_another_name(world: World) -> None:
    """routing.yaml was edited while it was unread: it goes to the desk as it is called now, and nowhere else."""
    assignment = await accepted(world, "bpbd")
    await edit(world, assignment, desa="Kecapi")
    await world.forward(10)
    known = world.routing
    desk = replace(known.contacts["bpbd.siaga"], name="bpbd.posko")
    contacts = {name: each for name, each in known.contacts.items() if name != "bpbd.siaga"} | {"bpbd.posko": desk}
    ladder = steps("bpbd", (0, ("posko/page", "posko/apprise"), 60))
    opds = known.opds | {"bpbd": replace(known.opds["bpbd"], ladder=ladder, complaint_ladder=ladder)}
    world.routing = replace(known, contacts=contacts, opds=opds, duty="bpbd.posko")
    await world.forward(70)
    assert {name for at, name, _way in sent(world) if at > 10} == {"bpbd.posko"}
    await read(world, assignment)
    await world.forward(10)
    rows = await world.store.read(lambda store: store.connection.all(
        "SELECT 1 FROM pushes WHERE phase = 'diubah' AND done_at IS NULL"))  # fmt: skip
    assert rows == []


async def test_a_recall_follows_the_routing_too(world: World) -> None:
    """Its task has ended, and nobody has read that: the agency left routing.yaml, and the duty contact is told."""
    assignment = await accepted(world)
    await world.store.write(
        lambda store: store.assignments.move(world.time.now, assignment, "dibatalkan", SARI, via="page", note="salah")
    )
    await world.forward(10)
    known = world.routing
    contacts = {name: each for name, each in known.contacts.items() if each.opd != "damkar"}
    world.routing = replace(known, contacts=contacts, opds={"bpbd": known.opds["bpbd"]})
    await world.forward(70)
    assert "bpbd.siaga" in {name for at, name, _way in sent(world) if at > 10}
