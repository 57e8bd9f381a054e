"""Pushes of a ladder: their times and their words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.world import DAMKAR, START, WIB, make_routing
from tickets.errors import InvalidInput
from tickets.escalation.ladder import channels_of, duty_plan, follow_up, next_due, plan, report
from tickets.model import DuePush, Row
from tickets.routing import Contact

ROUTING = make_routing()
TICKET: Row = {
    "number": "T-20261122-0007",
    "kind": "emergency",
    "category": "kebakaran",
    "kecamatan": "Tahunan",
    "desa": "Mantingan",
    "address": "Jl. Sultan Hadlirin 12",
    "description": "Gudang mebel terbakar, api membesar.",
    "created_at": "2026-11-22T07:05:42.123456+00:00",
}


def push(every_s: float = 30, failures: int = 0) -> DuePush:
    return DuePush(
        1, 1, "T-1", "damkar", 1, "damkar.siaga", "call", "dikirim", START, every_s, failures, START, failures
    )


def test_plan_has_every_target_of_every_step() -> None:
    """One push for each target, at its step's time after the dispatch, repeating by its step."""
    planned = [
        (p.step, p.contact, p.channel, (p.due_at - START).total_seconds(), p.every_s)
        for p in plan(ROUTING, "damkar", START)
    ]
    assert planned == [
        (1, "damkar.siaga", "page", 0, 30),
        (1, "damkar.siaga", "call", 0, 30),
        (2, "damkar.piket", "call", 120, 120),
        (2, "pusdalops", "page", 120, 120),
    ]


def test_complaints_have_their_own_ladder() -> None:
    """A complaint takes the slow ladder."""
    assert [(p.channel, p.every_s) for p in plan(ROUTING, "damkar", START, "complaint")] == [("page", 1800)]


def test_unknown_opd_is_refused() -> None:
    """The sentence names the OPDs that there are."""
    with pytest.raises(InvalidInput) as caught:
        plan(ROUTING, "pmk", START)
    assert str(caught.value) == "OPD pmk tidak ada di routing.yaml; yang ada: damkar, bpbd"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("diterima", [(600, "page"), (600, "call"), (720, "call"), (720, "page")]),
        ("berangkat", [(1200, "page"), (1200, "call"), (1320, "call"), (1320, "page")]),
        ("di_lokasi", [(2400, "page"), (2400, "call"), (2520, "call"), (2520, "page")]),
        ("selesai", []),
        ("bukan_wewenang", []),
        ("dibatalkan", []),
    ],
)
def test_each_state_has_its_own_term(state: str, expected: list[tuple[float, str]]) -> None:
    """An OPD that stays in a state is pushed again after that state's term; an end state has none."""
    pushes = follow_up(ROUTING, {"opd": "damkar", "follow_up_s": 600.0, "kind": "emergency"}, state, START)
    assert [((p.due_at - START).total_seconds(), p.channel) for p in pushes] == expected
    assert {p.phase for p in pushes} <= {state}


def test_reminder_of_an_opd_that_left_routing_goes_to_the_duty_contact() -> None:
    """An assignment outlives its OPD's entry: the duty contact is reminded instead."""
    pushes = follow_up(ROUTING, {"opd": "pmk", "follow_up_s": 60.0}, "diterima", START)
    assert [(p.contact, p.channel) for p in pushes] == [("bpbd.siaga", "apprise"), ("bpbd.siaga", "page")]


def test_duty_contact_is_pushed_over_everything_it_has() -> None:
    """A message left after hours pushes the duty contact at once, by message and page."""
    assert [(p.contact, p.channel, p.due_at) for p in duty_plan(ROUTING, START)] == [
        ("bpbd.siaga", "apprise", START),
        ("bpbd.siaga", "page", START),
    ]


def test_example_numbers_are_no_channel() -> None:
    """A placeholder mobile is never dialled."""
    assert channels_of(Contact("a.b", "a", "A", mobile="+620001120101")) == ()
    assert channels_of(Contact("a.b", "a", "A", mobile="+628123456789")) == ("call",)


@pytest.mark.parametrize(
    ("every_s", "failures", "lasted_s", "pace_s", "ok", "permanent", "after_s"),
    [
        (30, 0, 0, 0, True, False, 30),  # by its step
        (30, 0, 25, 15, True, False, 30),  # from start to start
        (30, 0, 60, 15, True, False, 65),  # a call longer than its interval: a short breath
        (30, 0, 10, 120, True, False, 120),  # never faster than the pace
        (30, 0, 0, 0, False, False, 5),
        (30, 1, 0, 0, False, False, 10),
        (30, 2, 0, 0, False, False, 20),
        (30, 3, 0, 0, False, False, 30),  # no later than its step
        (3600, 40, 0, 0, False, False, 3600),
        (30, 0, 4, 0, False, False, 9),
        (30, 0, 0, 120, False, False, 120),
        (30, 0, 0, 0, False, True, 30),  # no later than its step
        (3600, 0, 0, 0, False, True, 300),
    ],
)
def test_when_a_push_is_due_again(
    every_s: float, failures: int, lasted_s: float, pace_s: float, ok: bool, permanent: bool, after_s: float
) -> None:
    """Seconds from its start to the next."""
    ended = START + timedelta(seconds=lasted_s)
    due = next_due(push(every_s, failures), START, ended, pace_s, ok=ok, permanent=permanent)
    assert (due - START).total_seconds() == after_s


@given(
    every_s=st.floats(1, 86_400),
    failures=st.integers(0, 10_000),
    lasted_s=st.floats(0, 600),
    pace_s=st.floats(0, 600),
    ok=st.booleans(),
    permanent=st.booleans(),
)
def test_always_later_and_never_never(
    every_s: float, failures: int, lasted_s: float, pace_s: float, ok: bool, permanent: bool
) -> None:
    """Whatever happened, a push is due again after its end, and within its interval, its pace or the retry limit."""
    ended = START + timedelta(seconds=lasted_s)
    due = next_due(push(every_s, failures), START, ended, pace_s, ok=ok, permanent=permanent)
    assert due > ended
    bound = max(every_s, pace_s, lasted_s + 5, 300 if permanent else 0)
    assert due <= START + timedelta(seconds=bound, milliseconds=1)


@given(at=st.datetimes(timezones=st.just(WIB)))
def test_every_target_is_planned_once(at: object) -> None:
    """At every moment of the year: each target of each step once, none before the dispatch."""
    pushes = plan(ROUTING, "damkar", at)  # type: ignore[arg-type]
    wanted = [(number, t.contact, t.channel) for number, step in enumerate(DAMKAR.steps, 1) for t in step.notify]
    assert [(p.step, p.contact, p.channel) for p in pushes] == wanted
    assert all(p.due_at >= at and p.every_s > 0 for p in pushes)  # type: ignore[operator]


def test_report_in_words() -> None:
    """People read the category, the place, the time in WIB, and the number of the attempt."""
    words = report(TICKET, "damkar", ROUTING, WIB, attempt=3)
    assert words.subject == "[112] Kebakaran: Mantingan, Tahunan (T-20261122-0007)"
    assert words.body.splitlines() == [
        "Laporan darurat 112 untuk Damkar",
        "Kategori: Kebakaran",
        "Lokasi: Jl. Sultan Hadlirin 12, Mantingan, Kecamatan Tahunan",
        "Dilaporkan: Minggu 22 November 2026 pukul 14.05 WIB",
        "Keterangan: Gudang mebel terbakar, api membesar.",
        "Tiket: T-20261122-0007",
        "Pemberitahuan ke-3. Belum dijawab. Mohon segera terima laporan ini di halaman OPD.",
    ]
    assert words.spoken == (
        "Untuk Damkar. Kebakaran. Lokasi: Jl. Sultan Hadlirin 12, Mantingan, Kecamatan Tahunan. "
        "Dilaporkan pukul 14.05. Gudang mebel terbakar, api membesar."
    )
    assert words.spoken == report(TICKET, "damkar", ROUTING, WIB, attempt=9).spoken


def test_a_position_is_read_and_never_heard() -> None:
    """The message holds radius, source and a link of the map; the telephone neither them nor digits that were typed."""
    position = {"kind": "point", "lat": -6.5, "lon": 110.7, "radius_m": 12.0, "source": "dari tautan peta"}
    typed = {"address": "depan masjid; -6.53101, 110.78102 (tautan peta)"}
    words = report(TICKET | typed | {"position": position}, "damkar", ROUTING, WIB)
    line = "Posisi: ± 12 m, dari tautan peta: https://maps.google.com/?q=-6.500000,110.700000"
    assert words.body.splitlines()[3] == line
    assert words.data["position"] == {"lat": -6.5, "lon": 110.7, "radius_m": 12.0, "source": "dari tautan peta"}
    assert "Lokasi: depan masjid, Mantingan, Kecamatan Tahunan." in words.spoken
    assert "110" not in words.spoken
    assert "tautan" not in words.spoken


def test_report_of_a_bare_ticket() -> None:
    """A ticket of which nothing is known yet is still a report."""
    bare = (
        TICKET | dict.fromkeys(("category", "kecamatan", "desa", "address", "description"), None) | {"kind": "unknown"}
    )
    words = report(bare, "damkar", ROUTING, WIB, phase="diterima")
    assert words.subject == "[112] Laporan tanpa kategori: lokasi belum diketahui (T-20261122-0007)"
    assert words.body.splitlines()[0] == "Laporan 112 untuk Damkar"
    assert words.body.splitlines()[-1] == (
        "Pemberitahuan ke-1. Laporan sudah diterima, tetapi belum ada yang berangkat. "
        "Mohon perbarui statusnya di halaman OPD."
    )
    assert words.spoken == (
        "Untuk Damkar. Laporan tanpa kategori. Lokasi: belum diketahui. Dilaporkan pukul 14.05. "
        "Laporan sudah diterima, tetapi belum ada yang berangkat."
    )


def test_spoken_report_is_cut_at_a_word() -> None:
    """A long story is not read out for minutes."""
    spoken = report(TICKET | {"description": "kata " * 200}, "damkar", ROUTING, WIB).spoken
    assert spoken.endswith(" kata kata.")
    assert spoken.count("kata") == 40
