"""One call carried out: saved before it is done, and done whatever Asterisk or the store refuse."""

import asyncio

import pytest

from asterisk.ami import Ami
from asterisk.ari import Ari
from asterisk.errors import AmiError
from ivr import events as ev
from ivr import flow
from line import call_runner
from tests.ivr.playbook import CLOSED, TREE
from tests.line.line import FakeAmi, FakeAri, Line, refused, same_shape
from tests.tickets.world import callback_tasks
from tickets.errors import SchemaViolated, StoreUnavailable
from tickets.model import Actor, from_text
from tickets.store import Store
from tickets.store.calls import view
from tickets.store.thread import StoreThread

MESSAGE = "messages/2026/11/22/c1"


def test_the_fakes_have_the_shape_of_the_real_ones() -> None:
    """Else these tests would prove nothing."""
    assert same_shape(FakeAri, Ari) == []
    assert same_shape(FakeAmi, Ami) == []


async def test_arrival(line: Line) -> None:
    """Answer at once; prompt and beside it the dead-man timer after their step was saved."""
    await line.call()
    assert line.did() == [("answer", "c1"), ("play", "c1", "pb-c1-1", "sound:menu-utama"), ("set_timeout", "c1", 60.0)]
    assert line.ari.stages == ["menu: play", "menu: set_timeout"]
    assert await line.journal() == ["call.arrived", "call.gate"]


async def test_arrival_is_one_write(line: Line) -> None:
    """Call, ticket and first step are durable together, so that the caller waits for the disk once."""
    runner = await line.call()
    assert await line.counted(lambda: line.call("c2")) == 1
    assert (runner.ticket, line.runners["c2"].ticket) == ("T-20261122-0001", "T-20261122-0002")
    row = await line.row("c2")
    assert [row["stage"], row["ticket"], row["answered_at"]] == ["menu", "T-20261122-0002", row["arrived_at"]]


async def test_arrival_that_cannot_be_written(line: Line) -> None:
    """Half an arrival is none: nothing is stored, the caller was answered and no more, and who asked hears of it."""
    refuse = "CREATE TRIGGER x BEFORE UPDATE ON calls BEGIN SELECT RAISE(ABORT, 'rusak'); END"
    await line.store.write(lambda store: store.connection.raw.execute(refuse).fetchall())
    with pytest.raises(SchemaViolated, match="rusak"):
        await line.call()
    assert (await line.journal(), line.did()) == ([], [("answer", "c1")])
    assert await line.store.read(lambda store: (store.calls.find("c1"), store.tickets.open())) == (None, [])


async def test_a_slow_disk_delays_neither_the_answer_nor_the_ring(line: Line) -> None:
    """While the store is busy the call is answered, and after the key the phone rings; prompts wait for their step."""
    line.ready("sari")
    with line.busy_store() as free:
        call = asyncio.create_task(line.call())
        await line.until_told("answer")
        free()
        await call
    assert [done[0] for done in line.did()] == ["answer", "play", "set_timeout"]
    with line.busy_store() as free:
        key = asyncio.create_task(line.tell("c1", ev.Digit("1")))
        await line.until_told("originate")
        assert [done[0] for done in line.ari.done] == ["originate"]
        free()
        await key
    assert {"play", "start_music"} & {done[0] for done in line.did()}


async def test_nobody_hears_nothing_while_the_disk_is_slow(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answered, and the ticket takes its time: music, which ends before the greeting."""
    monkeypatch.setattr(call_runner, "SLOW_S", 0.05)
    with line.busy_store() as free:
        call = asyncio.create_task(line.call())
        await line.until_told("start_music")
        free()
        await call
    assert [done[0] for done in line.did()] == ["answer", "start_music", "stop_music", "play", "set_timeout"]


@pytest.mark.long
async def test_an_answer_that_asterisk_refuses(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again; then the call is left to the dialplan's dead-man timer, which is not renewed."""
    monkeypatch.setattr(call_runner, "ANSWER_S", 1.0)
    monkeypatch.setattr(call_runner, "ANSWER_AGAIN_S", 0.02)
    line.ari.fail["answer"] = refused(500)
    await line.call()
    await asyncio.sleep(1.5)
    done = [done[0] for done in line.did()]
    assert (set(done), len(done) > 2) == ({"answer"}, True)


async def test_an_answer_that_asterisk_refuses_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call goes on as if nothing had been."""
    monkeypatch.setattr(call_runner, "ANSWER_AGAIN_S", 0.1)
    line.ari.fail["answer"] = refused(500)
    arriving = asyncio.create_task(line.call())
    await line.until_told("answer")
    del line.ari.fail["answer"]
    await arriving
    await line.until_told("set_timeout")
    assert [done[0] for done in line.did()] == ["answer", "answer", "play", "set_timeout"]


async def test_who_hung_up_before_is_not_answered(line: Line) -> None:
    """The hang-up comes before the arrival is handled."""
    await line.call(gone=True)
    assert [done[0] for done in line.did()] == []


async def test_what_is_known_of_a_caller_is_read_in_the_arrivals_transaction(line: Line) -> None:
    """The judge sees the store as it is when the call is written, without this call."""
    await line.call()
    seen: list[tuple[bool, int]] = []

    def judge(store: Store) -> ev.Arrived:
        seen.append((store.connection.raw.in_transaction, len(store.calls.live())))
        return ev.Arrived()

    await line.call("c2", judge=judge)
    assert seen == [(True, 1)]


async def test_every_step_is_saved_before_it_is_done(line: Line) -> None:
    """From the menu to the last word the store knows the stage before Asterisk is told anything; but see ADR 0012."""
    line.ready("sari")
    await line.call()
    await line.tell("c1", ev.Digit("1"))
    await line.tell("c1", ev.PlaybackEnded("pb-c1-2"), ev.LegAnswered("op-c1-4"), ev.LegEnded("op-c1-4", "hung_up"))
    assert line.ari.stages[2:] == [
        "ringing: play",
        "ringing: start_music",
        "talking: stop_music",
        "talking: set_timeout",
        "ended: hangup",
    ]


async def test_a_whole_call(line: Line) -> None:
    """Every timestamp and text of the call's row, by a clock that steps."""
    line.ready("sari")
    arrived = line.later(0)
    await line.call()
    line.later(3)
    await line.tell("c1", ev.Digit("2"))
    line.later(7.5)
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    line.later(61)
    await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    row = await line.row()
    moments = ("arrived_at", "answered_at", "waiting_at", "ringing_at", "talking_at", "talk_ended_at", "ended_at")
    assert [(from_text(row[name]) - arrived).total_seconds() for name in moments] == [0, 0, 3, 3, 10.5, 71.5, 71.5]
    words = ("stage", "lane", "mark", "outcome", "keys", "operator", "recording")
    assert [row[name] for name in words] == ["ended", "normal", None, "talked", "2", "sari", "calls/2026/11/22/c1-4"]
    shown = view(row)
    assert [shown[name] for name in ("wait_s", "ring_s", "talk_s")] == [7.5, 7.5, 61.0]
    ticket = await line.store.read(lambda store: store.tickets.get("T-20261122-0001"))
    assert [ticket["kind"], ticket["status"]] == ["complaint", "open"]
    assert await line.journal() == [
        "call.arrived",
        "call.gate",
        "call.lane",
        "operator.ringing",
        "ticket.updated",
        "call.talking",
        "call.ended",
    ]


async def test_talk_and_wrap_up(line: Line) -> None:
    """Asterisk's orders for a talk, and the state of the desk meanwhile."""
    line.ready("sari")
    await line.call()
    await line.tell("c1", ev.Digit("1"))
    line.did()
    line.desks.clear()
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    assert line.did() == [
        ("stop_playback", "pb-c1-2"),
        ("set_timeout", "c1", 0),
        ("create_bridge", "br-c1"),
        ("add_to_bridge", "br-c1", "c1", "op-c1-4"),
        ("record_bridge", "br-c1", "calls/2026/11/22/c1-4"),
    ]
    await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    assert line.did() == [("destroy_bridge", "br-c1"), ("hangup", "c1", 16)]
    assert line.desks == [("sari", "talking"), ("sari", "wrap_up")]


async def test_ring(line: Line) -> None:
    """The operator's phone shows who calls, and carries the ticket; it rings in the same step as the key."""
    line.ready("sari")
    await line.call()
    line.did()
    await line.tell("c1", ev.Digit("1"))
    rung = (
        "originate",
        "op-c1-4",
        "PJSIP/sari",
        "op,c1",
        '"112 +6281234567890" <+6281234567890>',
        15.0,
        "c1",
        {
            "PJSIP_HEADER(add,X-Ticket)": "T-20261122-0001",
            "PJSIP_HEADER(add,Call-Info)": "<https://112.example/tiket/T-20261122-0001>;purpose=info",
        },
    )
    assert [rung] == [done for done in line.did() if done[0] == "originate"]
    assert line.desks[-1] == ("sari", "ringing")
    assert (await line.stored())["legs"] == [{"id": "op-c1-4", "operator": "sari"}]


async def test_the_phone_rings_before_anything_else_of_its_step(line: Line) -> None:
    """The order to ring is given first, yet nothing waits for its answer: not even the caller's own hang-up."""
    line.ready("sari")
    await line.call()
    line.did()
    await line.tell("c1", ev.Digit("1"))
    assert [done[0] for done in line.did()] == ["originate", "stop_playback", "play"]


async def test_manager_that_hangs_does_not_hold_the_prompt_back(line: Line) -> None:
    """The dialplan's own dead-man timer runs: ours may come when it comes."""
    line.ari.waits["set_timeout"] = asyncio.Event()
    arriving = asyncio.ensure_future(line.call())
    async with asyncio.timeout(60):
        while [done[0] for done in line.ari.done] != ["answer", "play"]:
            await asyncio.sleep(0.005)
    line.ari.waits["set_timeout"].set()
    await arriving
    assert line.did()[-1] == ("set_timeout", "c1", 60.0)


async def test_anonymous_caller_rings(line: Line) -> None:
    """No number is a first-class case: the phone says so, and nobody can be called back."""
    line.ready("sari")
    await line.call(number=None)
    await line.tell("c1", ev.Digit("1"))
    assert [done[4] for done in line.did() if done[0] == "originate"] == ['"112 tanpa nomor" <anonymous>']
    await line.tell("c1", ev.CallerGone())
    assert await line.store.read(callback_tasks) == []


async def test_phone_that_asterisk_cannot_ring(line: Line) -> None:
    """ARI answers 500 for a phone that is not registered: the next operator rings, without any event."""
    line.ready("sari", "dewi")
    await line.call()
    line.ari.fail["originate"] = refused(500)
    await line.tell("c1", ev.Digit("1"))
    rung = [done[1:3] for done in line.did() if done[0] in ("originate", "hangup")]
    assert rung == [
        ("op-c1-4", "PJSIP/sari"),
        ("op-c1-5", "PJSIP/dewi"),
        ("op-c1-4", 16),
        ("op-c1-5", 16),
    ]
    row = await line.row()
    assert [row["stage"], row["lane"]] == ["waiting", "urgent"]
    assert line.floor.line.calls["c1"].tried == ("sari", "dewi")
    assert line.floor.ready() == ()
    line.ari.fail.clear()
    line.later(5)
    for offer in line.floor.pump():
        line.offer(offer.call, offer.operators)
    await line.quiet()
    assert [done[2] for done in line.did() if done[0] == "originate"] == ["PJSIP/dewi", "PJSIP/sari"]


async def test_a_key_that_says_the_category(line: Line) -> None:
    """Kind and category stand in the ticket as soon as the key is pressed, in one row; going back takes them away."""
    line.script = TREE
    await line.call()
    for key, kind, category in (
        ("1", "emergency", None),
        ("4", "emergency", "kriminal"),
        ("0", "unknown", None),
        ("4", "unknown", "kriminal"),
        ("0", "unknown", None),
        ("1", "emergency", "kebakaran"),
    ):
        await line.tell("c1", ev.Digit(key))
        ticket = await line.store.read(lambda store: store.tickets.get("T-20261122-0001"))
        assert (ticket["kind"], ticket["category"]) == (kind, category), key
    assert line.runners["c1"].state.lane == "urgent"
    assert (await line.journal()).count("ticket.updated") == 6


async def test_a_doubted_call_stands_behind_the_others(line: Line) -> None:
    """Its digits were right: its own lane, behind later callers without a doubt; the journal has the reason."""
    for call, doubt in (("c1", None), ("c2", None), ("c3", None), ("c4", "flood")):
        await line.call(call, doubt=doubt)
    await line.tell("c1", ev.Digit("1"))
    await line.tell("c4", ev.Digit("2"))
    code = str(line.runners["c4"].state.code)
    assert line.did()[-1][3:] == ("sound:tantangan", f"sound:angka-{code[0]}", f"sound:angka-{code[1]}")
    await line.tell("c4", *(ev.Digit(key) for key in code))
    await line.tell("c2", ev.Digit("2"))
    await line.tell("c3", ev.Digit("1"))
    assert [entry.call for entry in line.floor.line.ordered()] == ["c1", "c3", "c2", "c4"]
    row = await line.row("c4")
    assert (row["lane"], row["mark"], row["stage"]) == ("normal", None, "waiting")
    kinds = await line.journal()
    assert [kind for kind in kinds if kind in ("call.doubt", "call.challenge")] == ["call.doubt", "call.challenge"]


@pytest.mark.parametrize("status", [404, 500, 0])
async def test_prompt_that_asterisk_cannot_play(line: Line, status: int) -> None:
    """The flow goes on as if it had been heard: a caller who presses nothing still gets into the line."""
    line.ari.fail["play"] = refused(status)
    runner = await line.call()
    assert (runner.state.stage, runner.state.timer) == ("menu", "patience-2")
    await line.tell("c1", ev.Spoke(), ev.Wakeup("patience-3"))
    assert (runner.state.stage, runner.state.lane, runner.state.music) == ("waiting", "urgent", True)
    assert line.did()[-1] == ("start_music", "c1")


async def test_bridge_that_fails(line: Line) -> None:
    """The caller is kept and goes to the next operator; the phone that heard nothing is hung up."""
    line.ready("sari", "dewi")
    runner = await line.call()
    await line.tell("c1", ev.Digit("1"))
    line.did()
    line.ari.fail["add_to_bridge"] = refused(409)
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    assert (runner.state.stage, runner.state.mark) == ("ringing", "terputus")
    assert [leg.operator for leg in runner.state.legs] == ["dewi"]
    assert ("hangup", "op-c1-4", 16) in line.did()
    assert runner.dead_man is True


async def test_recording_that_fails_does_not_part_them(line: Line) -> None:
    """A talk that cannot be recorded goes on."""
    line.ready("sari")
    line.ari.fail["record_bridge"] = refused(500)
    runner = await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    assert runner.state.stage == "talking"


@pytest.mark.long
@pytest.mark.parametrize("method", ["answer", "stop_playback", "start_music", "hangup", "destroy_bridge"])
@pytest.mark.parametrize("status", [404, 500, 0])
async def test_any_other_refusal_is_passed_over(line: Line, method: str, status: int) -> None:
    """One command that fails does not keep the next ones from being done."""
    line.ready("sari")
    line.ari.fail[method] = refused(status)
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.PlaybackEnded("pb-c1-2"))
    await line.tell("c1", ev.LegAnswered("op-c1-4"), ev.LegEnded("op-c1-4", "hung_up"))
    row = await line.row()
    assert [row["stage"], row["outcome"]] == ["ended", "talked"]
    assert line.did()[-1] == ("hangup", "c1", 16)


async def test_manager_link_is_down(line: Line) -> None:
    """The dead-man timer cannot be renewed, which is safe; cleared it must be, or it would tear the talk apart."""
    line.ready("sari")
    line.ari.fail["set_timeout"] = AmiError("tidak tersambung")
    await line.call()
    await line.tell("c1", ev.Digit("1"))
    assert "set_variable" not in [done[0] for done in line.did()]
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    assert ("set_variable", "c1", "TIMEOUT(absolute)", "0") in line.did()


async def test_store_is_closed(line: Line) -> None:
    """The line is sacred: a store that cannot be written keeps nobody from an operator."""
    line.ready("sari")
    runner = await line.call()
    line.did()
    await line.store.close()
    await line.tell("c1", ev.Digit("1"))
    assert sorted(done[0] for done in line.did()) == ["originate", "play", "stop_playback"]
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    assert [done[0] for done in line.did()][-3:] == ["create_bridge", "add_to_bridge", "record_bridge"]
    assert runner.state.stage == "talking"


async def test_disk_is_full(line: Line) -> None:
    """SQLite says so in the middle of a step: nothing of the step is stored, all of it is done."""
    line.ready("sari")
    runner = await line.call()
    line.did()
    await _fill(line.store)
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    assert [done[0] for done in line.did()][-1] == "record_bridge"
    assert runner.state.stage == "talking"
    assert (await line.row())["stage"] == "menu"


async def test_store_refuses_for_a_reason_that_nobody_foresaw(line: Line) -> None:
    """An error that is none of the store's own keeps nobody from an operator either."""
    line.ready("sari")
    runner = await line.call()
    refuse = "CREATE TRIGGER x BEFORE UPDATE ON calls BEGIN SELECT RAISE(ABORT, 'rusak'); END"
    await line.store.write(lambda store: store.connection.raw.execute(refuse).fetchall())
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    assert (runner.state.stage, line.did()[-1][0]) == ("talking", "record_bridge")


async def _fill(store: StoreThread) -> None:
    """Let the database grow no more, and use up what is left in its pages with the smallest journal rows there are."""
    limit = "PRAGMA max_page_count = 1"  # SQLite takes the present size instead
    await store.write(lambda store: store.connection.raw.execute(limit).fetchall())
    with pytest.raises(StoreUnavailable):
        while True:
            await store.write(lambda store: store.journal.append(CLOSED, "x", Actor("x", "x")))


async def test_error_of_ours_leaves_the_call_to_the_next_event(line: Line) -> None:
    """A defect in one step is logged, and the call goes on with what happens next."""
    line.ready("sari")
    line.ari.fail["stop_playback"] = RuntimeError("cacat")
    runner = await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    line.ari.fail.clear()
    await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    assert (runner.state.stage, line.did()[-1]) == ("ended", ("hangup", "c1", 16))


async def test_nothing_new_is_not_saved(line: Line) -> None:
    """A late event writes nothing; a step of the call is one write, the phones that ring for it included."""
    line.ready("sari")
    runner = await line.call()
    assert runner.dead_man is True
    assert await line.saves("c1", ev.PlaybackEnded("pb-c1-0"), ev.Wakeup("patience-0"), ev.Restored()) == 1
    assert await line.saves("c1", ev.Digit("1")) == 1
    assert runner.state.stage == "ringing"


async def test_lost_operator_and_a_second_talk(line: Line) -> None:
    """The row tells of the first wait and first answer, of the last word, and of who talked last."""
    line.ready("sari", "dewi")
    arrived = line.later(0)
    await line.call()
    await line.tell("c1", ev.Digit("2"))
    line.later(5)
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    line.later(10)
    await line.tell("c1", ev.LegEnded("op-c1-4", "lost"))
    line.later(4)
    await line.tell("c1", ev.LegAnswered("op-c1-7"))
    line.later(20)
    await line.tell("c1", ev.CallerGone())
    row = await line.row()
    moments = ("waiting_at", "ringing_at", "talking_at", "talk_ended_at", "ended_at")
    assert [(from_text(row[name]) - arrived).total_seconds() for name in moments] == [0, 0, 5, 39, 39]
    assert [row[name] for name in ("lane", "mark", "operator", "outcome")] == ["urgent", "terputus", "dewi", "talked"]
    assert [row["recording"], line.floor.line.calls] == ["calls/2026/11/22/c1-7", {}]


async def test_a_step_that_fails_leaves_no_desk_ringing(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of ours while a call is offered: the operator is free again, and the call is offered anew."""
    await line.call()
    await line.tell("c1", ev.PlaybackEnded("pb-c1-1"), ev.Digit("1"))
    line.ready("sari")
    handle = flow.handle

    def defect(*_: object) -> None:
        monkeypatch.setattr(flow, "handle", handle)
        raise ZeroDivisionError

    for times in range(2):
        if times == 0:
            monkeypatch.setattr(flow, "handle", defect)
        line.later(2.5)  # after a phone that did not answer
        (offer,) = line.floor.pump()
        assert offer.operators == ("sari",)
        await line.tell("c1", ev.Offered(offer.operators))
        desk = line.floor.roster.get("sari")
        assert desk is not None
        assert [desk.engaged, line.runners["c1"].state.stage] == [[None, "waiting"], ["ringing", "ringing"]][times]
