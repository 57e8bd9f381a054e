"""The age that a ticket carries on."""

from datetime import timedelta

from tests.tickets.cases.people import DAMKAR, NOW, Office
from tickets.cases.carrying import came_back, past_of, planned
from tickets.cases.handing_over import DESK_112, hand_over
from tickets.cases.steps import step


def test_time_without_an_answer_adds_up(office: Office) -> None:
    """Unanswered since the dispatch, and handed over for the first time; who reassigns does not count."""
    row, later = office.sent(), NOW + timedelta(seconds=50)
    assert past_of(office.store, later, row).on == past_of(office.store, NOW, row).on
    assert (past_of(office.store, later, row).on.since, past_of(office.store, later, row).on.times) == (NOW, 1)
    assert past_of(office.store, later, row, counted=False).on.times == 0


def test_whoever_had_accepted_ends_it(office: Office) -> None:
    """The next agency has its own whole time, also by way of 112."""
    row = step(office.store, office.routing, NOW, office.sent(), "diterima", DAMKAR, None, None)
    later = NOW + timedelta(hours=1)
    assert past_of(office.store, later, row).on.since == later
    hand_over(office.store, office.routing, later, row, DESK_112, "bukan kami", DAMKAR)
    past = came_back(office.store, later + timedelta(seconds=30), row["ticket"])
    assert past is not None
    assert (past.on.since, past.ladder) == (later, ())


def test_a_push_is_planned_once(office: Office) -> None:
    """Also where it was planned anew."""
    row = office.sent()
    pushes = planned(office.store, row)
    office.store.assignments.replan(NOW, row["id"], pushes, DAMKAR.actor, "lagi")
    assert planned(office.store, row) == pushes
    assert len(pushes) == 4
