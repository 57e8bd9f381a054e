"""Listening to a silent caller: who may, what is asked of the calls process, and what the operators' pages show."""

from typing import Any

import pytest

from tests.console.desk112 import SITI, RunningConsole
from tests.console.live.test_live import page, snapshot

PATH = "/api/calls/c1/listen"
SHOWN = "panggilan dari +6281326554021 sudah tidak di jalur hening"


async def asked(desk: RunningConsole, kind: str = "request.listen") -> Any:
    """The newest request."""
    return await desk.store.read(lambda store: store.boards.newest(kind))


async def test_a_silent_caller_may_be_listened_to(desk: RunningConsole) -> None:
    """One journal row with the call and its ticket; the end is one, too."""
    number = await desk.call(stage="waiting", lane="silent")
    answer = await desk.ask("siti", "POST", PATH, json={"mode": "listen"})
    assert answer == (202, {"asked": "c1", "mode": "listen"})
    row = await asked(desk)
    assert row["data"] == {"operator": "siti", "call": "c1", "mode": "listen"}
    assert (row["call"], row["ticket"], row["actor"]) == ("c1", number, str(SITI))
    assert await desk.ask("siti", "POST", "/api/listen/done") == (202, {"asked": "done"})
    assert (await asked(desk, "request.listen_end"))["data"] == {"operator": "siti"}


@pytest.mark.parametrize(
    ("stage", "lane"),
    [("waiting", "urgent"), ("waiting", "unverified"), ("talking", "silent"), ("ended", "silent"), ("menu", None)],
)
async def test_nobody_else(desk: RunningConsole, stage: str, lane: str | None) -> None:
    """Callers who speak or press a key are answered, not listened to."""
    await desk.call(stage=stage, lane=lane)
    assert await desk.ask("siti", "POST", PATH, json={"mode": "listen"}) == (409, {"error": SHOWN})
    assert await asked(desk) is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "cara mendengar belum diisi"),
        ({"mode": "shout"}, "cara mendengar 'shout' tidak dikenal; yang ada: listen, whisper, join"),
        ({"mode": "whisper"}, "operator hanya bisa mendengarkan"),
        ({"mode": "join"}, "operator hanya bisa mendengarkan"),
    ],
)
async def test_operators_only_listen(desk: RunningConsole, body: dict[str, Any], sentence: str) -> None:
    """The caller must not hear them before they take the call."""
    await desk.call(stage="waiting", lane="silent")
    assert (400, {"error": sentence, "field": "mode"}) == await desk.ask("siti", "POST", PATH, json=body)


async def test_the_command_centre_listens_to_talks(desk: RunningConsole) -> None:
    """In three modes, and to talks alone; who has no phone is not asked: an admin may not."""
    await desk.call(stage="talking", lane="urgent", operator="siti")
    for mode in ("listen", "whisper", "join"):
        assert await desk.ask("pusat", "POST", PATH, json={"mode": mode}) == (202, {"asked": "c1", "mode": mode})
        assert (await asked(desk))["data"] == {"operator": "pusat", "call": "c1", "mode": mode}
    await desk.call("c2", stage="waiting", lane="silent")
    refused = {"error": "panggilan dari +6281326554021 tidak sedang dibicarakan operator"}
    assert (409, refused) == await desk.ask("pusat", "POST", "/api/calls/c2/listen", json={"mode": "listen"})
    status, _ = await desk.ask("admin", "POST", PATH, json={"mode": "listen"})
    assert status == 403


async def test_the_wall_and_the_operators_pop_show_who_listens(desk: RunningConsole) -> None:
    """The wall knows whose phone is registered; the operator sees who listens to the talk."""
    now = desk.clock.now
    await desk.call(stage="talking", lane="urgent", operator="siti")

    def tell(store: Any) -> None:
        store.people.beat(now, "calls", 1, {"phones": ["pusat"]})
        store.people.set_presence(now, "siti", "ready", "talking", "c1")
        store.listeners.begin(now, "ls-c1-1", "pusat", "c1", "listen")

    async with page(desk, "pusat", "page=overview") as wall, page(desk, "siti", "page=operator") as siti:
        await snapshot(wall)
        await desk.store.write(tell)
        while not (seen := await snapshot(wall))["listening"]:
            pass
        assert (seen["phones"], seen["listening"][0]["user"], seen["listening"][0]["hears"]) == (
            ["pusat"],
            "pusat",
            False,
        )
        await desk.store.write(lambda store: store.listeners.hears(now, "ls-c1-1", "whisper"))
        while not (pop := (await snapshot(siti))["pop"]) or not pop["listeners"]:
            pass
        assert [(row["display"], row["mode"]) for row in pop["listeners"]] == [("Pusat", "whisper")]


async def test_a_refusal_is_told_on_the_wall(desk: RunningConsole) -> None:
    """To who asked, and to nobody else."""
    async with page(desk, "pusat", "page=overview") as wall:
        data = {"operator": "pusat", "call": "c1", "why": "telepon Anda tidak diangkat"}
        await desk.store.write(
            lambda store: store.journal.append(desk.clock.now, "request.listen.refused", SITI, data=data)
        )
        while (message := await wall.receive_json(timeout=60))["type"] != "notice":
            pass
        assert (message["about"], message["sentence"]) == ("request.listen", "telepon Anda tidak diangkat")


async def test_a_call_that_there_is_not(desk: RunningConsole) -> None:
    """404, as everywhere."""
    answer = await desk.ask("siti", "POST", PATH, json={"mode": "listen"})
    assert answer == (404, {"error": "panggilan c1 tidak ada"})


async def test_the_silent_lane_stands_on_every_operators_page(desk: RunningConsole) -> None:
    """Apart from those who wait for a phone; with the past of the number, and who listens."""
    for id, kind in (("c7", "prank"), ("c8", "prank"), ("c9", "emergency")):
        past = await desk.call(id, stage="ended", ended_at="2026-11-22T02:00:00+00:00")
        await desk.store.write(
            lambda store, past=past, kind=kind: store.tickets.update(desk.clock.now, past, {"kind": kind}, SITI)
        )
    await desk.call("c1", stage="waiting", lane="silent", waiting_at="2026-11-22T03:00:00+00:00")
    await desk.call("c2", None, stage="waiting", lane="silent", waiting_at="2026-11-22T03:00:01+00:00")
    await desk.call("c3", "+6281000000003", stage="waiting", lane="urgent", waiting_at="2026-11-22T03:00:02+00:00")
    now = desk.clock.now
    await desk.store.write(lambda store: store.listeners.begin(now, "ls-c1-1", "budi", "c1", "listen"))
    async with page(desk, "siti", "page=operator") as siti, page(desk, "budi", "page=operator") as budi:
        seen = await snapshot(siti)
        assert [row["id"] for row in seen["waiting"]] == ["c3"]
        assert seen["waiting_count"] == 1
        assert [(row["id"], row["past"], row["listeners"]) for row in seen["silent"]] == [
            ("c1", {"emergency": 1, "prank": 2}, ["Budi"]),
            ("c2", {}, []),
        ]
        assert seen["listening"] is None
        mine = (await snapshot(budi))["listening"]
        assert (mine["call"], mine["hears"]) == ("c1", False)
        await desk.store.write(lambda store: store.listeners.hears(now, "ls-c1-1", "listen"))
        while not (await snapshot(budi))["listening"]["hears"]:
            pass


async def test_the_audit_keeps_who_listened(desk: RunningConsole) -> None:
    """From the moment the phone hears the call; a phone that was never picked up heard nothing."""
    number, now = await desk.call(stage="waiting", lane="silent"), desk.clock.now

    def listen(store: Any) -> None:
        store.listeners.begin(now, "ls-c1-1", "siti", "c1", "listen")
        store.listeners.begin(now, "ls-c1-2", "budi", "c1", "listen")
        store.listeners.hears(now, "ls-c1-1", "listen")
        store.listeners.end_all_but(now, {"ls-c1-1"}, "lost")
        store.listeners.end(now, "ls-c1-1", "taken")
        store.listeners.end(now, "ls-c1-1", "taken")

    await desk.store.write(listen)
    story = (await desk.store.read(lambda store: store.tickets.show(number)))["timeline"]
    assert [(row["kind"], row["actor"], row["data"]) for row in story if row["kind"].startswith("operator.")] == [
        ("operator.listening", "user:siti", {"operator": "siti", "mode": "listen"}),
        ("operator.listened", "user:siti", {"operator": "siti", "mode": "listen", "seconds": 0.0, "why": "taken"}),
    ]
    assert await desk.store.read(lambda store: store.listeners.all()) == []
