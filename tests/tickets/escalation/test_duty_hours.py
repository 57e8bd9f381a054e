"""Stand-ins, hour by hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.hours import Hours, SpecialDay, Window
from tests.tickets.world import CONTACTS, SARI, WIB, World, make_routing, steps
from tickets.errors import ChannelError
from tickets.escalation.duty_hours import StepWay, choose, stand_in
from tickets.routing import Contact, Routing

OFFICE = Hours(
    "Asia/Jakarta",
    (*((Window(time(7), time(15)),),) * 5, (), ()),
    {date(2026, 12, 25): SpecialDay((), "")},
)
NIGHT = Hours("Asia/Jakarta", ((Window(time(20), time(6)),),) * 7)


def routing(**changes: dict[str, object]) -> Routing:
    """The small region with duty hours and stand-ins; `damkar_piket={…}` changes that contact."""
    known = {name.replace(".", "_"): change for name, change in changes.items()}
    return make_routing(
        tuple(replace(contact, **known.get(contact.name.replace(".", "_"), {})) for contact in CONTACTS)  # type: ignore[arg-type]
    )


PIKET, SIAGA = ("damkar.piket", "call"), ("damkar.siaga", "call")


def ways(*pushes: tuple[str, str], fails: bool = False) -> Callable[[], list[StepWay]]:
    """A step of these contacts and channels."""
    return lambda: [StepWay(*push, fails=fails) for push in pushes]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


MONDAY, NIGHT_OF_MONDAY, SUNDAY = at("2026-11-23T10:00"), at("2026-11-23T22:00"), at("2026-11-22T10:00")
CHRISTMAS = at("2026-12-25T10:00")


@pytest.mark.parametrize(
    ("now", "away", "expected"),
    [
        (MONDAY, (), ("damkar.piket", "call", "")),
        (at("2026-11-23T06:59:59"), (), ("damkar.siaga", "call", "pengganti damkar.piket (di luar jam dinas)")),
        (at("2026-11-23T15:00"), (), ("damkar.siaga", "call", "pengganti damkar.piket (di luar jam dinas)")),
        (SUNDAY, (), ("damkar.siaga", "call", "pengganti damkar.piket (di luar jam dinas)")),
        (CHRISTMAS, (), ("damkar.siaga", "call", "pengganti damkar.piket (di luar jam dinas)")),
        (
            MONDAY,
            ("damkar.piket",),
            ("damkar.siaga", "call", "pengganti damkar.piket (ditandai tidak di tempat)"),
        ),
        # the stand-in is away too, and whoever stands in for it has no telephone: it is reached by what it has
        (SUNDAY, ("damkar.siaga",), ("pusdalops", "page", "pengganti damkar.piket (di luar jam dinas)")),
        (
            SUNDAY,
            ("damkar.siaga", "pusdalops"),
            ("damkar.piket", "call", "di luar jam dinas, tidak ada pengganti"),
        ),
    ],
)
def test_whom_a_push_goes_to(now: datetime, away: tuple[str, ...], expected: tuple[str, str, str]) -> None:
    """On duty itself; else its stand-in, or the stand-in's own; with nobody there, itself all the same."""
    known = routing(
        damkar_piket={"duty": OFFICE, "stand_in": ("damkar.siaga",)}, damkar_siaga={"stand_in": ("pusdalops",)}
    )
    chosen = choose(known, known.contacts["damkar.piket"], "call", now, away, ways(PIKET))
    assert chosen is not None
    assert (chosen.contact.name, chosen.channel, chosen.why) == expected


def test_one_who_is_off_duty_sleeps_while_another_of_the_step_is_there() -> None:
    """Nobody stands in, but the step has somebody on duty: then this contact is left in peace."""
    known = routing(damkar_piket={"duty": OFFICE})
    piket = known.contacts["damkar.piket"]
    assert choose(known, piket, "call", SUNDAY, (), ways(PIKET, SIAGA)) is None
    chosen = choose(known, piket, "call", SUNDAY, ("damkar.siaga",), ways(PIKET, SIAGA))
    assert chosen is not None
    assert chosen.why == "di luar jam dinas, tidak ada pengganti"


def test_stand_ins_in_a_circle_and_placeholders_end() -> None:
    """Two contacts that stand in for each other, an unknown name and an example number: nobody, and no endless
    search."""
    known = routing(
        damkar_piket={"duty": OFFICE, "stand_in": ("damkar.siaga", "tidak.ada", "contoh")},
        damkar_siaga={"duty": OFFICE, "stand_in": ("damkar.piket",)},
    )
    known = replace(known, contacts=known.contacts | {"contoh": Contact("contoh", None, "C", mobile="+620001120101")})
    assert stand_in(known, known.contacts["damkar.piket"], SUNDAY, ()) is None


hours = st.sampled_from((None, OFFICE, NIGHT))


@given(
    duties=st.tuples(hours, hours, hours),
    stand_ins=st.tuples(*[st.lists(st.sampled_from([contact.name for contact in CONTACTS]), max_size=3)] * 3),
    away=st.sets(st.sampled_from([contact.name for contact in CONTACTS])),
    minutes=st.integers(0, 14 * 24 * 60),
)
def test_no_step_is_ever_left_without_anybody(
    duties: tuple[Hours | None, ...], stand_ins: tuple[list[str], ...], away: set[str], minutes: int
) -> None:
    """At every minute, with any contacts away: at least one push of a step goes to somebody, by a channel that it
    has."""
    named = ("damkar.siaga", "damkar.piket", "pusdalops")
    changes = {
        name.replace(".", "_"): {"duty": duty, "stand_in": tuple(others)}
        for name, duty, others in zip(named, duties, stand_ins, strict=True)
    }
    known = routing(**changes)
    now = at("2026-11-23T00:00") + timedelta(minutes=minutes)
    for step in known.opds["damkar"].ladder.steps:
        step_ways = ways(*((target.contact, target.channel) for target in step.notify))
        choices = [
            choose(known, known.contacts[target.contact], target.channel, now, away, step_ways)
            for target in step.notify
        ]
        assert any(choice is not None for choice in choices)


async def test_the_daemon_pushes_the_stand_in(world: World) -> None:
    """Off duty at 22.00: the ledger names the stand-in, the contact and the reason; on duty again the contact itself is
    pushed."""
    world.routing = routing(damkar_piket={"duty": OFFICE, "stand_in": ("pusdalops",)}, damkar_siaga={"duty": OFFICE})
    world.time.now = NIGHT_OF_MONDAY
    world.start()
    assignment = await world.dispatch()
    await world.forward(130)
    rows = await world.store.read(lambda store: store.assignments.attempts(assignment))
    attempts = {(row["contact"], row["channel"], row["detail"]) for row in rows}
    assert attempts == {
        ("damkar.siaga", "page", "terkirim (di luar jam dinas, tidak ada pengganti)"),
        ("damkar.siaga", "call", "terkirim (di luar jam dinas, tidak ada pengganti)"),
        ("pusdalops", "page", "terkirim"),
        ("pusdalops", "page", "terkirim (pengganti damkar.piket (di luar jam dinas))"),
    }
    assert world.call.times("damkar.piket") == []
    world.time.now = at("2026-11-24T07:00")
    await world.forward(130)
    assert world.call.times("damkar.piket")


async def test_marked_away_and_back(world: World) -> None:
    """A contact that is marked away is pushed no more from the next push on, and again when it is back."""
    world.routing = routing(damkar_siaga={"stand_in": ("bpbd.siaga",)})
    world.start()
    await world.dispatch()
    await world.forward(10)
    await world.store.write(lambda store: store.absences.mark(world.time.now, "damkar.siaga", None, SARI, "sakit"))
    await world.forward(60)
    assert world.page.times("damkar.siaga") == [0.0]
    assert world.page.times("bpbd.siaga") == [30.0, 60.0]
    assert len(world.message.times("bpbd.siaga")) == 2  # it has no telephone: the call becomes a message
    await world.store.write(lambda store: store.absences.back(world.time.now, "damkar.siaga", SARI))
    await world.forward(60)
    assert world.page.times("damkar.siaga") == [0.0, 90.0, 120.0]
    kinds = [row["kind"] for row in await world.store.read(lambda store: store.journal.after(0))]
    assert [kind for kind in kinds if kind.startswith("contact.")] == ["contact.away", "contact.back"]


OTHERS = (
    Contact("damkar.pengeras", "damkar", "Pengeras suara", speaker="spk1"),
    Contact("damkar.gawai", "damkar", "Gawai", webpush=True),
    Contact("damkar.contoh", "damkar", "Contoh", mobile="+620001120101"),
    Contact("damkar.wakil", "damkar", "Wakil", page=True, sip="damkar2"),
)


def step_with(other: str) -> Routing:
    """Damkar with a first step of its desk and one other push, and the same every 30 s."""
    known = make_routing((*CONTACTS, *OTHERS))
    ladder = steps("damkar", (0, ("siaga/page", "siaga/call", other), 30))
    return replace(known, opds=known.opds | {"damkar": replace(known.opds["damkar"], ladder=ladder)})


@pytest.mark.parametrize("other", ["pengeras/speaker", "gawai/webpush", "contoh/call"])
async def test_a_machine_covers_nobody(world: World, other: str) -> None:
    """The only person of a step is away: where nothing but a machine or an example number is left, it is pushed."""
    world.routing = step_with(other)
    await world.store.write(lambda store: store.absences.mark(world.time.now, "damkar.siaga", None, SARI))
    world.start()
    await world.dispatch()
    await world.forward(65)
    assert world.page.times("damkar.siaga") == [0.0, 30.0, 60.0]
    assert world.call.times("damkar.siaga") == [0.0, 30.0, 60.0]


async def test_a_colleague_covers_until_nothing_reaches_him(world: World) -> None:
    """Who is away is left in peace while a colleague of the step is reached; once that fails, both are tried."""
    world.routing = step_with("wakil/call")
    await world.store.write(lambda store: store.absences.mark(world.time.now, "damkar.siaga", None, SARI))
    world.start()
    await world.dispatch()
    await world.forward(65)
    assert world.page.times("damkar.siaga") == []
    world.call.error = ChannelError("tidak terjangkau")
    await world.forward(65)
    assert len(world.page.times("damkar.siaga")) >= 1
    assert await world.journal("push.failed")


async def test_a_loudspeaker_stands_in_for_nobody(world: World) -> None:
    """A stand-in that has nothing but a loudspeaker is none."""
    known = step_with("pengeras/speaker")
    away = replace(known.contacts["damkar.siaga"], stand_in=("damkar.pengeras",))
    assert stand_in(known, away, SUNDAY, ()) is None
