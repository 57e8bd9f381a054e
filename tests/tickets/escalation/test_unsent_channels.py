"""The command centre's step of an unsent emergency goes over the channels that its contacts have, on the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from instance.loader import load
from instance.problems import ConfigErrors
from tests.tickets.escalation.test_unsent_duty import FIRE, call, proof
from tests.tickets.escalation.test_unwritten import Filed, full, gaps
from tests.tickets.world import SARI, START, World
from tests.upgrade.instances import release_0_1
from tickets.errors import ChannelError, StoreUnavailable, WriteRefused
from tickets.escalation.gaps import Gap, prove
from tickets.escalation.ladder import plan
from tickets.escalation.unsent import DEFAULTS
from tickets.notify.call import MOBILE_PACE_S
from tickets.routing import Contact, Routing
from tickets.store import Store

PUSDALOPS = "pusdalops"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """With the configuration of 0.1.0, which knows no `unsent`."""
    made = World(tmp_path / "tanggap.db")
    made.routing = configured(tmp_path)
    await made.store.open()
    yield made
    await made.close()


def configured(tmp_path: Path, unsent: str = "") -> Routing:
    """The routing of an instance of 0.1.0, with this `unsent` at its end, and messages for its command centre."""
    home = release_0_1(tmp_path / "instance")
    path = home / "routing.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("sip: pusdalops1}", 'sip: pusdalops1, apprise: "json://127.0.0.1:9/x", webpush: true}')
    path.write_text(text + unsent, encoding="utf-8")
    return load(home, secrets=False).routing


async def page_open(world: World, seconds: int, user: str = "sari", role: str = "operator") -> None:
    """Let time pass while a page of this user is open."""
    for _ in range(seconds // 20):
        await world.store.write(lambda store: store.people.page_seen(world.time.now, user, user, role, None))
        await world.forward(20)


async def test_the_command_centre_is_rung_and_written_to_also_with_a_routing_of_0_1(world: World) -> None:
    """By 180 s over telephone, message and web push, again and again; the ledger has each, and the report proves it."""
    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 300)
    for name in ("call", "message", "machine"):
        times = getattr(world, name).times(PUSDALOPS)
        assert times[0] <= 180, name
        assert max(later - earlier for earlier, later in pairwise([*times, 300.0])) <= 30, name
    figures = await proof(world)
    assert figures["holds"], figures["unsent"]["violations"]
    rows = [row["data"] for row in await world.journal("push.unsent") if "channel" in row["data"]]
    assert {(row["contact"], row["channel"], row["ok"]) for row in rows} == {
        (PUSDALOPS, channel, True) for channel in ("call", "apprise", "webpush")
    }
    assert figures["unsent"]["arrived"] >= len(rows)
    _at, delivery = world.call.sent[0]
    assert delivery.report.spoken.startswith("Laporan ini belum dikirim ke OPD mana pun.")
    assert "Mantingan" in delivery.report.spoken
    assert delivery.report.subject.startswith("[112] BELUM DIKIRIM: Kebakaran")
    assert "Telepon meja operator" in delivery.report.body


async def test_sent_while_it_rings_it_is_hung_up_and_nothing_follows(world: World) -> None:
    """The dispatch ends the call of the command centre; the ledger says that it was stopped."""
    world.call.hang = asyncio.Event()
    world.start()
    ticket = await call(world, fields=FIRE)
    await page_open(world, 180)
    assert len(world.call.sent) == 1
    ladder = plan(world.routing, "damkar", world.time.now, "emergency")
    await world.store.write(
        lambda store: store.assignments.dispatch(world.time.now, ticket, "damkar", ladder, 600.0, SARI)
    )
    messages = len(world.message.times(PUSDALOPS))
    await world.forward(60)
    assert world.call.stopped >= 1
    rows = [row["data"] for row in await world.journal("push.unsent") if row["data"].get("channel") == "call"]
    assert [(row["ok"], row["detail"]) for row in rows] == [(False, "dihentikan: sudah dikirim")]
    assert len(world.message.times(PUSDALOPS)) == messages
    assert (await proof(world))["unsent"]["violations"] == []


@pytest.mark.long
async def test_key_1_says_that_it_is_known_and_sends_nothing(world: World) -> None:
    """That contact is left alone for five minutes; the ticket stays unsent, the room is pushed on, and then it rings
    again."""
    world.start()
    ticket = await call(world, fields=FIRE)
    world.call.says = ("depart", "accept")
    await page_open(world, 160)
    world.call.says = ()
    assert world.call.heard == ["unfit", "known"]
    rung = world.call.times(PUSDALOPS)[-1]
    await page_open(world, 360)
    for channel in (world.call, world.message, world.machine):
        later = [at for at in channel.times(PUSDALOPS) if at > rung]
        assert rung + 300 <= later[0] <= rung + 330
    known = (await world.journal("unsent.known"))[0]
    assert (known["ticket"], known["actor"], known["data"]["via"]) == (ticket, f"contact:{PUSDALOPS}", "call")
    assert len([row for row in await world.journal("push.unsent") if row["data"]["audience"] == "room"]) > 20
    assert (await proof(world))["holds"]


async def test_a_killed_daemon_leaves_a_message_that_goes_out_again(world: World) -> None:
    """At least once, within seconds of the next daemon."""
    world.message.hang = asyncio.Event()
    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 160)
    assert len(world.message.sent) == 1
    await world.kill()
    world.message.hang = None
    world.start()
    await world.forward(5)
    assert len(world.message.sent) == 2
    assert (await proof(world))["holds"]


async def test_a_message_that_fails_is_tried_again_and_told_apart(world: World) -> None:
    """Sooner than its step says; the report holds, and names the channels that reached nobody."""
    world.message.error = world.call.error = world.machine.error = ChannelError("ditolak")
    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 300)
    times = world.message.times(PUSDALOPS)
    assert times[1] - times[0] == 5
    figures = (await proof(world))["unsent"]
    assert figures["violations"] == []
    assert "command_centre" in {row["opd"] for row in figures["unreached"]}


async def test_a_telephone_that_rings_for_a_report_rings_for_nothing_else_at_once(world: World) -> None:
    """The ladder of an agency rings the command centre, too: one call after the other, in both directions."""
    world.start()
    await world.dispatch()
    await call(world, fields=FIRE)
    rings: list[tuple[float, str]] = []
    world.call.hang = asyncio.Event()
    await page_open(world, 300)
    rings = [(at, delivery.push.phase) for at, delivery in world.call.sent if delivery.contact.name == PUSDALOPS]
    assert len(rings) == 1, rings
    world.call.hang.set()
    world.call.hang = None
    await page_open(world, 120)
    rings = [(at, delivery.push.phase) for at, delivery in world.call.sent if delivery.contact.name == PUSDALOPS]
    assert {phase for _at, phase in rings} == {"belum_dikirim", "dikirim"}
    assert all(later[0] - earlier[0] >= 15 or earlier[0] < 300 for earlier, later in pairwise(rings)), rings
    assert (await proof(world))["unsent"]["violations"] == []


async def test_a_changed_routing_counts_for_what_is_open(world: World) -> None:
    """Who is named no longer is left alone, and who is new is pushed at once."""
    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 200)
    steps = tuple(
        replace(step, ways=(("damkar.siaga", "call"),)) if step.audience == "command_centre" else step
        for step in world.routing.unsent.steps
    )
    world.routing = replace(world.routing, unsent=replace(world.routing.unsent, steps=steps))
    await world.forward(4)
    changed = (world.time.now.timestamp(), len(world.message.sent))
    await world.forward(60)
    assert len(world.message.sent) == changed[1]
    assert len(world.call.times("damkar.siaga")) >= 2
    assert (await proof(world))["unsent"]["violations"] == []


async def test_a_store_that_takes_no_writes_silences_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The phone rings on, by the pace that the daemon remembers, and the ledger has it when the store is back."""
    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 160)

    async def refuse(job: object, limit_s: float) -> None:
        raise StoreUnavailable("disk penuh")

    before = len(world.message.sent)
    monkeypatch.setattr(world.store, "write_within", refuse)
    await world.forward(120)
    assert 3 <= len(world.message.sent) - before <= 6
    monkeypatch.undo()
    await world.forward(30)
    rows = [row for row in await world.journal("push.unsent") if row["data"].get("channel") == "apprise"]
    assert len(rows) == len(world.message.sent)


async def test_attempts_that_could_not_be_written_are_kept_until_they_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the store refuses at its commit what it was given late: each attempt is in the ledger, once."""
    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 160)
    write_within = world.store.write_within

    async def refuse(job: object, limit_s: float) -> None:
        raise StoreUnavailable("disk penuh")

    async def refuse_at_its_commit(job: Callable[[Store], Any], limit_s: float) -> Any:
        def undone(store: Store) -> None:
            job(store)
            raise WriteRefused("disk penuh")

        return await write_within(undone, limit_s)

    for refusing in (refuse, refuse_at_its_commit):
        monkeypatch.setattr(world.store, "write_within", refusing)
        await world.forward(60)
    monkeypatch.undo()
    await world.forward(30)
    rows = [row for row in await world.journal("push.unsent") if row["data"].get("channel") == "apprise"]
    assert len(rows) == len(world.message.sent)


def gaps_of_channels(world: World, store: Store) -> Sequence[Gap]:
    """Gaps of the proof, of telephones and messages alone: the push of a page is a row that nobody could write."""
    day = START, world.time.now
    duties = [each for each in store.unsent_pushes.duties(*day, day[1], DEFAULTS) if each[0].channels != {"page"}]
    assert len(duties) == 1
    return prove(duties, *day, day[1], MOBILE_PACE_S).violations


@pytest.mark.parametrize("still_full", [True, False], ids=["the disk stays full", "the disk has room again"])
async def test_a_daemon_killed_on_a_full_disk_leaves_its_attempts_to_the_next(
    world: World, tmp_path: Path, still_full: bool
) -> None:
    """The next daemon goes on at their pace instead of pushing all of it again, and the ledger has each of them, once
    and numbered: the proof shows no gap of a telephone that rang."""
    path = tmp_path / "escalate.spill"
    first = Filed(world, path)
    world.start(unwritten=first)
    await call(world, fields=FIRE)
    await page_open(world, 160)
    channels = (world.call, world.message, world.machine)
    with full(world):
        await world.forward(150)
    before = [len(channel.sent) for channel in channels]
    await world.kill()
    await first.close()  # the kernel frees the file of whoever was killed
    world.start(unwritten=Filed(world, path))
    with full(world) if still_full else nullcontext():
        await world.forward(5)
        assert [len(channel.sent) for channel in channels] == before  # the last ones are as many seconds old
        await world.forward(60)
    await world.forward(60)
    rows = [row["data"] for row in await world.journal("push.unsent") if "channel" in row["data"]]
    sent = [at for channel in channels for at, _ in channel.sent]
    assert len(rows) == len(sent)
    for name, channel in zip(("call", "apprise", "webpush"), channels, strict=True):
        assert max(gaps(channel.times(PUSDALOPS))) <= 32, name
        numbers = [row["attempt"] for row in rows if row["channel"] == name]
        assert numbers == list(range(1, len(channel.sent) + 1)), name
    assert await world.store.read(partial(gaps_of_channels, world)) == ()


async def test_an_attempt_whose_write_landed_after_all_is_in_the_ledger_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the write was not heard of, and so it is written late: it stands there already."""
    write_within = world.store.write_within

    async def unheard(job: Callable[[Store], Any], limit_s: float) -> Any:
        await write_within(job, limit_s)
        raise StoreUnavailable("tidak selesai dalam 3 detik")

    world.start()
    await call(world, fields=FIRE)
    await page_open(world, 160)
    world.message.hang = asyncio.Event()
    await world.forward(30)
    monkeypatch.setattr(world.store, "write_within", unheard)
    world.message.hang.set()
    await world.settle()
    monkeypatch.undo()
    await world.forward(2)
    rows = [row for row in await world.journal("push.unsent") if row["data"].get("channel") == "apprise"]
    assert len(rows) == len(world.message.sent)


async def test_where_no_room_can_be_made_it_rings_all_the_same(world: World) -> None:
    """An error on the way to hanging up a test call is no reason to be silent."""

    async def fail(contact: Contact, channel: str) -> None:
        raise RuntimeError("rusak")

    world.start().make_room = fail
    await call(world, fields=FIRE)
    await page_open(world, 200)
    assert world.call.times(PUSDALOPS)


def test_what_the_step_names_is_who_is_pushed(tmp_path: Path) -> None:
    """Contacts and channels as routing.yaml has them; `{}` for pages alone, and without `notify` the command centre."""
    named = "unsent:\n  room: {after: 30s, every: 15s, notify: {damkar.siaga: [call, page]}}\n"
    steps = configured(tmp_path / "named", named).unsent.steps
    assert [step.ways for step in steps] == [
        (),
        (("damkar.siaga", "call"),),
        ((PUSDALOPS, "call"), (PUSDALOPS, "apprise"), (PUSDALOPS, "webpush")),
    ]
    nobody = "unsent:\n  command_centre: {after: 120s, every: 30s, notify: {}}\n"
    assert [step.ways for step in configured(tmp_path / "nobody", nobody).unsent.steps] == [(), (), ()]


def test_a_contact_that_there_is_not_is_an_error_with_its_place(tmp_path: Path) -> None:
    """As in the agencies' ladders."""
    with pytest.raises(ConfigErrors) as caught:
        configured(tmp_path, "unsent:\n  command_centre: {after: 120s, every: 30s, notify: {pusdalop: call}}\n")
    assert [problem.fault for problem in caught.value.problems] == ['kontak "pusdalop" tidak ada']
