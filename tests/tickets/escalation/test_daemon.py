"""The daemon on a real store: what is due is pushed until the OPD responds, whatever fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
import structlog.testing

import tickets.escalation.daemon
from tests.tickets.world import CONTACTS, START, World, make_routing
from tickets.errors import ChannelError
from tickets.escalation.daemon import EscalationDaemon
from tickets.escalation.ladder import follow_up
from tickets.escalation.picking import PER_WAY
from tickets.model import from_text
from tickets.store.thread import StoreThread


@pytest.fixture(autouse=True)
def seldom_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats every ten seconds, so that hours pass faster."""
    monkeypatch.setattr(tickets.escalation.daemon, "BEAT_S", 10.0)


async def test_first_pushes_go_out_at_once(world: World) -> None:
    """A dispatch wakes the daemon: page and desk phone at 0 s, the second step not yet."""
    world.start()
    await world.settle()
    await world.dispatch()
    await world.settle()
    assert (world.page.times("damkar.siaga"), world.call.times("damkar.siaga")) == ([0.0], [0.0])
    assert world.page.sent[0][1].report.subject == "[112] Kebakaran: Mantingan, Tahunan (T-20261122-0001)"
    assert world.call.times("damkar.piket") == []


@pytest.mark.long
async def test_two_hours_without_an_answer(world: World) -> None:
    """Nobody answers for two hours: every target is pushed within its step's interval, to the end."""
    world.start()
    await world.dispatch()
    await world.forward(7200)
    expected = [
        (world.page, "damkar.siaga", 0, 30),
        (world.call, "damkar.siaga", 0, 30),
        (world.page, "pusdalops", 120, 120),
        (world.call, "damkar.piket", 120, 120),
    ]
    for channel, contact, after_s, every_s in expected:
        times = channel.times(contact)
        assert times[0] == after_s
        assert max(later - earlier for earlier, later in pairwise([*times, 7200.0])) <= every_s


@pytest.mark.long
async def test_not_one_push_after_the_answer(world: World) -> None:
    """«Terima» on the page ends every push of that assignment; another OPD of the same ticket is pushed on."""
    world.start()
    first, _second = await world.dispatch(), await world.dispatch("bpbd")
    await world.forward(300)
    before = len(world.call.sent)
    await world.move(first, "diterima")
    await world.forward(3600)
    assert len(world.call.sent) == before
    assert [at for at in world.page.times("damkar.siaga") if at > 300] == []
    assert world.page.times("bpbd.siaga")[-1] > 3800


@pytest.mark.long
async def test_accepted_and_then_nothing(world: World) -> None:
    """An OPD that accepted and did nothing is pushed again after its term, with other words, until «berangkat»."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(10)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    await world.move(assignment, "diterima", follow_up=follow_up(world.routing, row, "diterima", world.time.now))
    count = len(world.page.sent)
    await world.forward(599)
    assert len(world.page.sent) == count
    await world.forward(2)
    at, delivery = world.page.sent[count]
    assert at == 610
    assert "belum ada yang berangkat" in delivery.report.body
    await world.move(assignment, "berangkat")
    count = len(world.page.sent)
    await world.forward(3600)
    assert len(world.page.sent) == count


async def test_key_one_accepts(world: World) -> None:
    """A call that is accepted moves the assignment, by its contact, in the same transaction as its attempt."""
    world.start()
    world.call.accepts = True
    assignment = await world.dispatch()
    await world.settle()
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["via"], row["acknowledged_by"]) == ("diterima", "call", "damkar.siaga")
    attempts = await world.store.read(lambda store: store.assignments.attempts(assignment))
    details = [attempt["detail"] for attempt in attempts if attempt["channel"] == "call"]
    assert details == ["diterima dengan tombol 1"]
    sent, answered = await world.journal("push.sent"), await world.journal("assignment.acknowledged")
    assert max(row["seq"] for row in sent) < answered[0]["seq"]


@pytest.mark.long
async def test_reminder_heard_leaves_the_contact_in_peace(world: World) -> None:
    """Key 1 on a reminder call changes no state, but this contact is called again only after the OPD's next term."""
    world.start()
    world.call.accepts = True
    assignment = await world.dispatch()
    await world.settle()
    await world.forward(600)
    assert world.call.times("damkar.siaga") == [0.0, 600.0]
    await world.forward(590)
    assert world.call.times("damkar.siaga") == [0.0, 600.0]
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert row["state"] == "diterima"
    await world.forward(20)
    assert world.call.times("damkar.siaga") == [0.0, 600.0, 1200.0]


async def test_answer_elsewhere_hangs_up(world: World) -> None:
    """«Terima» on the page while the desk phone rings: the phone stops ringing, and the ledger says why."""
    world.start()
    world.call.hang = asyncio.Event()
    assignment = await world.dispatch()
    await world.settle()
    assert world.call.stopped == 0
    await world.move(assignment, "diterima")
    await world.settle()
    assert world.call.stopped == 1
    attempts = await world.store.read(lambda store: store.assignments.attempts(assignment))
    assert [row["detail"] for row in attempts if row["channel"] == "call"] == ["dihentikan: sudah dijawab"]


async def test_a_phone_rings_for_one_report_at_a_time(world: World) -> None:
    """Two fires for one desk phone: the second call waits until the first has ended; no attempt is recorded for it."""
    world.start()
    world.call.hang = asyncio.Event()
    await world.dispatch()
    await world.dispatch()
    await world.forward(20)
    assert world.call.times("damkar.siaga") == [0.0]
    world.call.hang.set()
    await world.forward(20)
    assert len({delivery.push.assignment for _at, delivery in world.call.sent}) == 2


async def test_a_telephone_of_ours_rings_at_once_for_another_report(world: World) -> None:
    """The pace is for repetitions; only carriers mind how often a mobile is called."""
    world.start()
    await world.dispatch()
    await world.forward(4)
    await world.dispatch()
    await world.forward(4)
    assert world.call.times("damkar.siaga") == [0.0, 4.0]


@pytest.mark.parametrize("paced", [False, True])
async def test_a_report_of_which_nobody_was_told_goes_before_a_repetition(world: World, *, paced: bool) -> None:
    """Both fall due while the daemon looks elsewhere, the repetition earlier, perhaps before the telephone's pace lets
    it: the new report rings first and at once, the repetition keeps its turn."""
    world.start()
    old = await world.dispatch()
    await world.forward(20)
    if paced:
        await world.dispatch()
    await world.forward(9.9)
    world.time.now += timedelta(seconds=0.3)
    new = await world.dispatch()
    await world.forward(60)
    rung = [(at, delivery.push.assignment) for at, delivery in world.call.sent if at > 25]
    assert rung[0] == (pytest.approx(30.2), new)
    assert next(at for at, assignment in rung if assignment == old) < 60


@pytest.mark.long
async def test_mobile_pace_counts_over_assignments(world: World) -> None:
    """A mobile gets at most one call in two minutes, however many reports wait."""
    world.start()
    for _ in range(3):
        await world.dispatch()
    await world.forward(1200)
    times = world.call.times("damkar.piket")
    assert len(times) >= 9
    assert min(later - earlier for earlier, later in pairwise(times)) >= 120
    taken = [delivery.push.assignment for _at, delivery in world.call.sent if delivery.contact.name == "damkar.piket"]
    assert {tuple(sorted(taken[at : at + 3])) for at in range(0, 9, 3)} == {(1, 2, 3)}


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (ChannelError("tidak ada halaman OPD yang terbuka"), "tidak ada halaman OPD yang terbuka"),
        (ChannelError("alamat salah", permanent=True), "alamat salah"),
        (ZeroDivisionError("rahasia"), "kesalahan program: ZeroDivisionError"),
    ],
)
@pytest.mark.long
async def test_failures_keep_their_reason_and_are_tried_again(world: World, error: Exception, detail: str) -> None:
    """A failing channel: its reason is kept and shown, it is tried again, and the others go on."""
    world.start()
    world.page.error = error
    await world.dispatch()
    with structlog.testing.capture_logs():
        await world.forward(320)
    troubled = await world.store.read(lambda store: store.assignments.troubled())
    assert {row["last_error"] for row in troubled} == {detail}
    assert len(world.page.times("damkar.siaga")) >= 2
    assert len(world.call.times("damkar.siaga")) == 11
    world.page.error = None
    await world.forward(320)
    assert await world.store.read(lambda store: store.assignments.troubled()) == []


async def test_a_hanging_channel_is_cut_off(world: World) -> None:
    """A server that never answers ends at the channel's limit and is recorded as such."""
    world.limit_s = 0.05
    world.start()
    world.page.hang = asyncio.Event()
    await world.dispatch()
    async with asyncio.timeout(60):
        while not (troubled := await world.store.read(lambda store: store.assignments.troubled())):
            await asyncio.sleep(0.01)
    await world.settle()
    assert [row["last_error"] for row in troubled] == ["tidak selesai dalam 0.05 detik"]


async def test_contact_that_left_routing(world: World) -> None:
    """A contact that a new routing.yaml no longer has: its push keeps that as its error, the rest goes on."""
    world.routing = make_routing(tuple(contact for contact in CONTACTS if contact.name != "damkar.siaga"))
    world.start()
    await world.dispatch()
    await world.forward(130)
    troubled = await world.store.read(lambda store: store.assignments.troubled())
    assert {row["last_error"] for row in troubled} == {"kontak damkar.siaga tidak ada lagi di routing.yaml"}
    assert world.call.times("damkar.piket") == [120.0]


async def test_killed_in_the_middle(world: World) -> None:
    """kill -9 while everything is on its way: the next daemon of this name pushes all of it again at once."""
    world.start()
    world.page.hang = world.call.hang = asyncio.Event()
    await world.dispatch()
    await world.dispatch("bpbd")
    await world.settle()
    assert len(world.page.sent) == 2
    await world.kill()
    world.page.hang = world.call.hang = None
    world.page.sent.clear()
    world.call.sent.clear()
    await world.forward(1)
    world.start()
    await world.settle()
    assert (world.page.times("damkar.siaga"), world.page.times("bpbd.siaga")) == ([1.0], [1.0])
    assert world.call.times("damkar.siaga") == [1.0]


@pytest.mark.parametrize("runs", [True, False], ids=["while it runs", "while it is away"])
async def test_a_clock_set_back_holds_no_push_up(world: World, runs: bool) -> None:
    """An hour back: page and phone are pushed within their steps' intervals all the same, not an hour later."""
    world.start()
    await world.dispatch()
    await world.forward(300)
    if not runs:
        await world.kill()
    world.time.now -= timedelta(hours=1)
    before = [(channel, len(channel.times("damkar.siaga"))) for channel in (world.page, world.call)]
    if not runs:
        world.start()
    await world.dispatch("bpbd")  # wakes it; left alone it looks every five seconds
    await world.forward(300)
    for channel, count in before:
        times = [300.0 - 3600, *channel.times("damkar.siaga")[count:], 600.0 - 3600]
        assert len(times) > 8
        assert max(later - earlier for earlier, later in pairwise(times)) <= 30


@pytest.mark.parametrize("kills", [0, 1], ids=["once", "and killed before it looked"])
async def test_a_beat_does_not_hide_that_the_clock_was_set_back(
    world: World, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    """A daemon that writes its own heartbeat before it looks at what is due still knows the former daemon's clock; so
    does the next daemon, where this one was killed in between."""
    world.start()
    await world.dispatch()
    await world.forward(300)
    await world.kill()
    world.time.now -= timedelta(hours=1)
    beaten, cycle = asyncio.Event(), EscalationDaemon._cycle

    async def late(daemon: EscalationDaemon) -> float:
        await beaten.wait()
        return await cycle(daemon)

    async def never(daemon: EscalationDaemon) -> float:
        await asyncio.Event().wait()
        return 0.0

    for round_ in range(kills + 1):
        monkeypatch.setattr(EscalationDaemon, "_cycle", never if round_ < kills else late)
        beaten.clear()
        world.start().on_beat = beaten.set
        await beaten.wait()
        if round_ < kills:
            await world.kill()
    count = len(world.page.sent)
    await world.forward(30)
    assert len(world.page.sent) > count


@pytest.mark.parametrize("runs", [True, False], ids=["while it runs", "while it is away"])
async def test_what_the_new_clock_planned_is_not_moved(world: World, runs: bool) -> None:
    """Dispatched just after the clock was set back, before the daemon looked: the command centre has its two minutes.

    The older ladder is moved along all the same."""
    world.start()
    older = await world.dispatch("bpbd")
    await world.forward(300)
    if not runs:
        await world.kill()
    world.time.now -= timedelta(hours=1)
    await world.dispatch()
    if not runs:
        world.start()
    await world.forward(119)
    assert world.page.times("pusdalops") == []
    await world.forward(2)
    assert world.page.times("pusdalops") == [300.0 - 3600 + 120]
    rows = await world.store.read(lambda store: store.assignments.attempts(older))
    assert len([row for row in rows if row["channel"] == "page"]) >= 7


async def test_a_term_that_the_new_clock_planned_is_not_moved(world: World) -> None:
    """Accepted just after the clock was set back: the agency has its ten minutes before it is pushed again."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(60)
    world.time.now -= timedelta(hours=1)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    count, begun = len(world.page.sent), world.time.now
    await world.move(assignment, "diterima", follow_up=follow_up(world.routing, row, "diterima", begun))
    await world.forward(590)
    assert len(world.page.sent) == count
    await world.forward(20)
    assert len(world.page.sent) > count


async def test_a_quiet_time_goes_back_with_the_clock(world: World) -> None:
    """«Saya tahu» holds for five minutes by any clock, and never for an hour."""
    world.start()
    world.page.says_of = {"pusdalops": "accept"}
    await world.dispatch()
    await world.forward(121)
    world.page.says_of = {}
    world.time.now -= timedelta(hours=1)
    count = len(world.page.times("pusdalops"))
    await world.dispatch("bpbd")  # wakes it
    await world.forward(310)
    assert len(world.page.times("pusdalops")) > count


async def test_killed_and_another_takes_over(world: World) -> None:
    """A daemon of another name takes over what a killed one had in hand, as soon as its lease ends."""
    world.start()
    world.page.hang = asyncio.Event()
    await world.dispatch()
    await world.settle()
    await world.kill()
    world.page.hang = None
    world.page.sent.clear()
    world.start(name="escalate-2")
    await world.forward(20)
    assert world.page.times("damkar.siaga") == [15.0]


async def test_stopped_in_the_clean_way(world: World) -> None:
    """A stop ends what is on its way and gives it back: nothing is claimed, everything is due again."""
    world.start()
    world.call.hang = asyncio.Event()
    await world.dispatch()
    await world.settle()
    await world.stop()
    assert world.call.stopped == 1
    assert await world.store.read(lambda store: store.assignments.next_due()) == START
    world.call.hang = None
    world.start()
    await world.settle()
    assert len(world.call.sent) == 2


async def test_long_calls_keep_their_lease(world: World) -> None:
    """A call that lasts longer than a lease is not made twice."""
    world.start()
    world.call.hang = asyncio.Event()
    await world.dispatch()
    await world.forward(100)
    assert world.call.times("damkar.siaga") == [0.0]


async def test_two_daemons_share(world: World) -> None:
    """Two daemons on one store: each push goes out once."""
    first = world.start()
    running, world.running = world.running, None
    world.start(name="escalate-2")
    await world.dispatch()
    await world.forward(60)
    assert world.page.times("damkar.siaga") == [0.0, 30.0, 60.0]
    assert first.name == "escalate"
    assert running is not None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_heartbeat_tells_how_late_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heartbeat comes every two seconds and says how late the oldest push is."""
    monkeypatch.setattr(tickets.escalation.daemon, "BEAT_S", 2.0)
    await world.dispatch()
    await world.forward(7)
    world.page.hang = asyncio.Event()
    world.start(parallel=1)
    await world.forward(4)
    beats = await world.store.read(lambda store: store.people.beats())
    assert [beat["process"] for beat in beats] == ["escalate"]
    assert from_text(beats[0]["at"]) == START + timedelta(seconds=11)
    assert beats[0]["data"] == {"oldest_due_s": 11.0, "sending": 1, "last_push": 4}


async def test_wakes_by_the_real_journal(world: World) -> None:
    """With the store's own `follow` a dispatch from another connection goes out within a fraction of a second."""
    other = await StoreThread(world.path).open()
    world.store.follow = lambda seq, **how: StoreThread.follow(world.store, seq, **how)  # type: ignore[method-assign]
    world.start()
    await asyncio.sleep(0.1)
    mine, world.store = world.store, other  # type: ignore[assignment]
    await world.dispatch()
    world.store = mine
    async with asyncio.timeout(60):
        while not world.page.sent:
            await asyncio.sleep(0.005)
    await other.close()


@pytest.mark.long
async def test_a_server_that_hangs_holds_up_nobody_else(world: World) -> None:
    """300 reports for an agency whose server hangs: another agency's pushes go out as if nothing were."""
    world.start()
    hung = asyncio.Event()
    world.page.hang, world.page.hangs_for = hung, "damkar.siaga"
    for _ in range(300):
        await world.dispatch("damkar", "complaint")
    await world.settle()
    assert len(world.page.times("damkar.siaga")) == PER_WAY
    await world.dispatch("bpbd")
    await world.forward(120)
    assert world.page.times("bpbd.siaga") == [0.0, 60.0, 120.0]
    assert len(world.page.times("damkar.siaga")) == PER_WAY
    hung.set()
    await world.forward(5)
    pushed = {delivery.push.assignment for _at, delivery in world.page.sent if delivery.contact.name == "damkar.siaga"}
    assert pushed == set(range(1, 301))


@pytest.mark.long
async def test_many_wait_for_one_telephone(world: World) -> None:
    """Pushes that wait for the same telephone disturb no other channel while they wait, and each gets its turn."""
    world.start()
    for _ in range(60):
        await world.dispatch()
    await world.forward(60 * 15 + 10)
    taken = [delivery.push.assignment for _at, delivery in world.call.sent if delivery.contact.name == "damkar.siaga"]
    assert set(taken) == set(range(1, 61))
    assert len(world.page.times("damkar.siaga")) >= 60 * 30  # the page of each of them all the while
