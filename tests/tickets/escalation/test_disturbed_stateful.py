"""Under hypothesis: the promise of changes also while clocks are set, contacts are away, routing.yaml is edited."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.tickets.escalation.test_amending_stateful import Amending
from tests.tickets.escalation.test_stateful import ROUTING
from tests.tickets.world import SARI, START, steps
from tickets.errors import Conflict
from tickets.escalation.picking import Picked
from tickets.escalation.rerouting import reroute
from tickets.routing import Routing

pytestmark = pytest.mark.long
MOBILE_PACE_S = 120
SET_BACK = timedelta(seconds=2)  # as the daemon has it


def _with_ladder(after: float) -> Routing:
    """Damkar's commander is on the ladder later, and its desk over the telephone alone."""
    ladder = steps("damkar", (0, ("siaga/call",), 30), (after, ("piket/call", ".pusdalops/page"), 120))
    return replace(ROUTING, opds=ROUTING.opds | {"damkar": replace(ROUTING.opds["damkar"], ladder=ladder)})


def _without(contact: str) -> Routing:
    """A contact is gone, and so is each step's line for it."""
    known = {name: each for name, each in ROUTING.contacts.items() if name != contact}
    ladder = steps("damkar", (0, ("piket/call",), 30), (120, (".pusdalops/page",), 120))
    return replace(
        ROUTING, contacts=known, opds=ROUTING.opds | {"damkar": replace(ROUTING.opds["damkar"], ladder=ladder)}
    )


def _renamed() -> Routing:
    """BPBD's desk has another name: nobody under the former one is there any more."""
    desk = replace(ROUTING.contacts["bpbd.siaga"], name="bpbd.posko")
    known = {name: each for name, each in ROUTING.contacts.items() if name != "bpbd.siaga"} | {"bpbd.posko": desk}
    ladder = steps("bpbd", (0, ("posko/page", "posko/apprise"), 60))
    opds = ROUTING.opds | {"bpbd": replace(ROUTING.opds["bpbd"], ladder=ladder, complaint_ladder=ladder)}
    return replace(ROUTING, contacts=known, opds=opds, duty="bpbd.posko")


ROUTINGS = (ROUTING, _with_ladder(60), _without("damkar.siaga"), _renamed())
CONTACTS = ("damkar.siaga", "damkar.piket", "bpbd.siaga", "pusdalops")


class Disturbed(Amending):
    """The same two tickets; the daemon looks at the clock and at the routing before each look at what is due."""

    def __init__(self) -> None:
        self.before: datetime = START
        self.planned_by = ROUTING
        self.last = 0  # the last push that was planned at the last beat
        super().__init__()

    def latest(self) -> datetime:
        return max(self.now, self.before)

    def term_s(self, unread: int) -> int:
        """Changes and ladder take turns at the pace of a mobile, where that is all that is left of an agency."""
        return super().term_s(unread) + MOBILE_PACE_S * unread

    @rule(seconds=st.sampled_from((-3600, -30, 3600)))
    def set_clock(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(contact=st.sampled_from(CONTACTS), minutes=st.sampled_from((None, 1, 60)))
    def goes_away(self, contact: str, minutes: int | None) -> None:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.store.absences.mark(self.now, contact, until, SARI)

    @rule(contact=st.sampled_from(CONTACTS))
    def comes_back(self, contact: str) -> None:
        with suppress(Conflict):
            self.store.absences.back(self.now, contact, SARI)

    @rule(which=st.integers(0, len(ROUTINGS) - 1))
    def edit_routing(self, which: int) -> None:
        self.routing = ROUTINGS[which]

    def _pick(self) -> list[Picked]:
        if self.before - self.now > SET_BACK:
            self.store.assignments.shift(self.now, self.before, self.last)
        self.before = self.now
        if self.routing is not self.planned_by:
            with self.store.transaction():
                reroute(self.store, self.planned_by, self.routing, self.now)
            self.planned_by = self.routing
        picked = super()._pick()
        self.last = self.store.assignments.last_push()
        return picked


TestDisturbed = Disturbed.TestCase
TestDisturbed.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_change_from_before_the_clock_was_set_back_is_not_late() -> None:
    """Those above are woken by the new clock, not by the hour in which the change was made."""
    disturbed = Disturbed()
    try:
        disturbed.two_fires(opd="damkar")
        disturbed.merge()
        disturbed.set_clock(seconds=-3600)
        disturbed.push()
        disturbed.nothing_is_unread_and_unpushed()
    finally:
        disturbed.teardown()


def test_changes_take_turns_over_the_last_mobile() -> None:
    """Nothing but a mobile is left of the agency: none of its unread changes waits for ever behind the others."""
    disturbed = Disturbed()
    try:
        disturbed.two_fires(opd="damkar")
        disturbed.merge()
        disturbed.push()
        disturbed.wait(seconds=40)
        disturbed.push()
        disturbed.split()
        disturbed.dispatch(which=1, opd="damkar")
        disturbed.edit_routing(which=2)
        disturbed.push()
        disturbed.merge()
        disturbed.push()
        disturbed.wait(seconds=40)
        disturbed.split()
    finally:
        disturbed.teardown()
