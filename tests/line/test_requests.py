"""Requests of operators over the journal: done, or refused with a reason that their page shows."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agents.waiting import LineRules
from ivr import events as ev
from ivr.state import Leg
from line.floor import Floor
from line.requests import Requests
from line.service import CallService

PHONE_GONE = "telepon dewi tidak terdaftar atau sedang dipakai"
NOT_SILENT, MY_PHONE = "panggilan itu sudah tidak di jalur hening", "telepon Anda tidak terdaftar atau sedang dipakai"
NOT_YOURS = "Anda tidak sedang berbicara dengan penelepon itu"
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class FakeListening:
    """The listeners, as far as requests ask; `leg`: the leg that a listener hands over."""

    def __init__(self) -> None:
        self.leg: tuple[str, bool] | None = None
        self.did: list[tuple[str, ...]] = []

    def give(self, user: str, call: str) -> tuple[str, bool] | None:
        return self.leg

    def start(self, user: str, call: str, mode: str) -> None:
        self.did.append(("start", user, call, mode))

    def stop(self, user: str, why: str) -> None:
        self.did.append(("stop", user, why))


class FakeService:
    """The part of CallService that requests touch: sari ready, dewi without a phone, c1 waits, c2 talks."""

    def __init__(self) -> None:
        self.floor = Floor(lambda: NOW, lambda desk, live: None, LineRules, lambda: 120.0)
        self.floor.staff(["sari", "dewi"], {"sari": "ready", "dewi": "ready"})
        self.floor.registered("sari", True)
        self.floor.line = self.floor.line.enqueue("c1", "silent", NOW)
        self.told: list[tuple[str, ev.Event]] = []
        self.runners = {call: self._runner(call, stage) for call, stage in (("c1", "waiting"), ("c2", "talking"))}
        self.refused: list[tuple[str, str]] = []
        self.did: list[str] = []
        self.listening = FakeListening()
        self.phones = frozenset({"sari", "pusdalops"})
        self.calling_back: Any = None

    def _runner(self, call: str, stage: str) -> Any:
        talking = Leg(f"op-{call}-4", "tono") if stage == "talking" else None
        state = SimpleNamespace(stage=stage, talking=talking, lane="silent")
        return SimpleNamespace(state=state, tell=lambda event: self.told.append((call, event)))

    def refuse(self, kind: str, actor: str, why: str, data: dict[str, Any]) -> None:
        self.refused.append((kind, why))

    def restaff(self) -> None:
        self.did.append("restaff")

    def pump(self) -> None:
        self.did.append("pump")

    async def asked(self, kind: str, **data: object) -> int:
        """A journal row; the last number seen."""
        requests = Requests(cast(CallService, self))
        requests.handle({"seq": 7, "kind": kind, "actor": "user:sari", "data": data})
        return requests.seq

    def live(self, operator: str) -> tuple[str, str | None, str | None]:
        desk = self.floor.roster.get(operator)
        assert desk is not None
        return desk.wanted, desk.engaged, desk.call


async def test_state_button() -> None:
    """The operator's wish counts at once, and waiting calls are given out anew."""
    service = FakeService()
    assert await service.asked("request.presence", operator="sari", wanted="paused") == 7
    assert [service.live("sari")[0], service.did, service.refused] == ["paused", ["pump"], []]


async def test_a_state_button_of_before_ends_no_wrap_up() -> None:
    """After a restart the last seconds' requests are read again: «Siap» of before the talk is not pressed after it."""
    service = FakeService()
    service.floor.wraps_up("sari", "c9", NOW)
    requests = Requests(cast(CallService, service))
    requests.began = 7
    for seq, ready in ((7, ()), (8, ("sari",))):
        data = {"operator": "sari", "wanted": "ready"}
        requests.handle({"seq": seq, "kind": "request.presence", "actor": "user:sari", "data": data})
        assert service.floor.ready() == ready


async def test_take_by_hand() -> None:
    """The operator's phone is promised to the call in the same moment, so that no other call gets it."""
    service = FakeService()
    await service.asked("request.take", operator="sari", call="c1")
    assert service.told == [("c1", ev.Taken("sari"))]
    assert service.live("sari") == ("ready", "ringing", "c1")
    assert [service.floor.line.calls["c1"].ringing, service.floor.pump(), service.refused] == [True, (), []]


@pytest.mark.parametrize("answered", [True, False])
async def test_take_with_the_phone_that_listens(answered: bool) -> None:
    """It is the call's leg from now on; one that still rings will be answered."""
    service = FakeService()
    service.listening.leg = ("ls-c1-7", answered)
    await service.asked("request.take", operator="sari", call="c1")
    expected: list[tuple[str, ev.Event]] = [("c1", ev.Taken("sari", "ls-c1-7"))]
    assert service.told == expected + ([("c1", ev.LegAnswered("ls-c1-7"))] if answered else [])


async def test_listen() -> None:
    """A caller in the silent lane; whatever mode was asked for, an operator only listens to one."""
    service = FakeService()
    await service.asked("request.listen", operator="sari", call="c1", mode="whisper")
    await service.asked("request.listen_end", operator="sari")
    assert service.listening.did == [("start", "sari", "c1", "listen"), ("stop", "sari", "stopped")]


async def test_a_supervisor_listens_to_a_talk() -> None:
    """In any mode; a user without a desk needs a registered phone."""
    service = FakeService()
    await service.asked("request.listen", operator="pusdalops", call="c2", mode="whisper")
    assert [service.listening.did, service.refused] == [[("start", "pusdalops", "c2", "whisper")], []]


async def test_transfer() -> None:
    """The operator who talks with the caller may hand them on; the colleague's phone is promised at once."""
    service = FakeService()
    await service.asked("request.transfer", operator="tono", call="c2", to="sari")
    assert [service.told, service.refused] == [[("c2", ev.Transferred("sari"))], []]
    assert service.live("sari") == ("ready", "ringing", "c2")


async def test_transfer_with_a_reason() -> None:
    """The line of text goes on to the call."""
    service = FakeService()
    await service.asked("request.transfer", operator="tono", call="c2", to="sari", note="butuh bahasa Jawa")
    assert service.told == [("c2", ev.Transferred("sari", "butuh bahasa Jawa"))]


async def test_wrap_up_done() -> None:
    """The finished ticket frees the operator."""
    service = FakeService()
    service.floor.engaged("sari", "c2", "talking")
    service.floor.released("sari", "c2", "talked")
    assert service.floor.ready() == ()
    await service.asked("request.wrap_up_done", operator="sari")
    assert [service.floor.ready(), service.did] == [("sari",), ["pump"]]


@pytest.mark.parametrize("kind", ["user.added", "user.disabled"])
async def test_users_changed(kind: str) -> None:
    """The roster is read anew."""
    service = FakeService()
    await service.asked(kind, name="tono")
    assert service.did == ["restaff", "pump"]


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("request.presence", {"operator": "sari", "wanted": "away"}, "status 'away' tidak dikenal"),
        ("request.presence", {"operator": "sari"}, "status 'None' tidak dikenal"),
        ("request.presence", {"operator": "budi", "wanted": "ready"}, "operator 'budi' tidak dikenal"),
        ("request.take", {"operator": "sari", "call": "c2"}, "panggilan itu sudah tidak menunggu"),
        ("request.take", {"operator": "sari", "call": "c9"}, "panggilan itu sudah tidak menunggu"),
        ("request.take", {}, "panggilan itu sudah tidak menunggu"),
        ("request.take", {"operator": "dewi", "call": "c1"}, "telepon Anda tidak terdaftar atau sedang dipakai"),
        ("request.take", {"operator": "budi", "call": "c1"}, "telepon Anda tidak terdaftar atau sedang dipakai"),
        ("request.listen", {"operator": "sari", "call": "c2", "mode": "listen"}, NOT_SILENT),
        ("request.listen", {"operator": "sari", "call": "c9", "mode": "listen"}, NOT_SILENT),
        ("request.listen", {"operator": "sari", "call": "c1", "mode": "shout"}, "cara mendengar 'shout' tidak dikenal"),
        ("request.listen", {"operator": "dewi", "call": "c1", "mode": "listen"}, MY_PHONE),
        ("request.listen", {"operator": "bupati", "call": "c2", "mode": "join"}, "telepon Anda tidak terdaftar"),
        ("request.listen", {"operator": "pusdalops", "call": "c1", "mode": "listen"}, "percakapan itu sudah selesai"),
        ("request.listen", {"operator": "pusdalops", "call": "c9", "mode": "listen"}, "percakapan itu sudah selesai"),
        ("request.transfer", {"operator": "tono", "call": "c2", "to": "dewi"}, PHONE_GONE),
        ("request.transfer", {"operator": "tono", "call": "c2", "to": "budi"}, PHONE_GONE.replace("dewi", "budi")),
        ("request.transfer", {"operator": "budi", "call": "c2", "to": "sari"}, NOT_YOURS),
        ("request.transfer", {"operator": "tono", "call": "c1", "to": "sari"}, NOT_YOURS),
        ("request.transfer", {"operator": "tono", "call": "c9", "to": "sari"}, NOT_YOURS),
    ],
)
async def test_refused(kind: str, data: dict[str, object], why: str) -> None:
    """An impossible request is refused in a sentence, and changes nothing."""
    service = FakeService()
    await service.asked(kind, **data)
    assert [service.refused, service.told, service.live("sari")] == [[(kind, why)], [], ("ready", None, None)]


async def test_other_rows_are_passed_over() -> None:
    """Only their number is remembered."""
    service = FakeService()
    assert await service.asked("call.ended", outcome="talked") == 7
    assert [service.did, service.refused] == [[], []]


async def test_a_row_that_makes_us_fail_is_refused_and_passed_over() -> None:
    """The operator is told; a repetition would fail as well, and the rows behind it do not wait."""
    service = FakeService()
    service.calling_back = SimpleNamespace(start=lambda operator, task: None)
    assert await service.asked("request.callback", operator="sari", task="bukan angka") == 7
    assert service.refused == [("request.callback", "kesalahan program: ValueError")]
