"""What an agency gives back to 112 is pushed like what nobody has sent, whoever else has the ticket."""

from datetime import timedelta
from typing import Any

from tests.tickets.cases.people import BPBD, DAMKAR, FIRE, NOW, SITI, Office
from tickets.cases.dispatching import dispatch
from tickets.cases.handing_over import DESK_112, hand_over
from tickets.escalation.unsent_duty import push
from tickets.model import Row


def at(seconds: float) -> Any:
    return NOW + timedelta(seconds=seconds)


def shared(office: Office, **fields: Any) -> tuple[str, Row, Row]:
    """A fire that Damkar and BPBD have."""
    number = office.ticket(**(FIRE | fields))
    dispatch(office.store, office.routing, NOW, number, ("damkar", "bpbd"), SITI.actor)
    return number, office.assignment(number, "damkar"), office.assignment(number, "bpbd")


def gives_back(office: Office, row: Row, seconds: float = 10, user: Any = DAMKAR) -> None:
    hand_over(office.store, office.routing, at(seconds), row, DESK_112, "bukan api", user)


def episodes(office: Office) -> list[tuple[str, str | None]]:
    """Sign and reason of each after the first dispatch; None while it is open."""
    rows = office.store.connection.all("SELECT sign, reason FROM unsent_episodes ORDER BY id")
    assert not rows or (rows[0]["sign"], rows.pop(0)["reason"]) == ("emergency", "sent")
    return [(row["sign"], row["reason"]) for row in rows]


def test_it_is_pushed_to_desk_room_and_command_centre(office: Office) -> None:
    """At once: nobody is writing it. BPBD goes on, and is no taker."""
    number, damkar, _bpbd = shared(office)
    gives_back(office, damkar)
    assert episodes(office) == [("returned", None)]
    for seconds in (10, 40, 130):
        push(office.store, office.routing.unsent, at(seconds))
    rows = [row for row in office.store.journal.after(0, 10_000) if row["kind"] == "push.unsent"]
    assert {row["data"]["audience"] for row in rows} == {"desk", "room", "command_centre"}
    assert {row["ticket"] for row in rows} == {number}


def test_it_ends_when_the_ticket_is_sent_on(office: Office) -> None:
    """To an agency that does not have it yet."""
    number, damkar, _bpbd = shared(office)
    gives_back(office, damkar)
    dispatch(office.store, office.routing, at(60), number, ("damkar",), SITI.actor)
    assert episodes(office) == [("returned", "sent")]


def test_it_ends_when_an_operator_says_why_nobody_more_is_needed(office: Office) -> None:
    """The reason stands in the journal."""
    number, damkar, _bpbd = shared(office)
    gives_back(office, damkar)
    office.store.assignments.dealt_with(at(60), number, SITI.actor, "BPBD cukup")
    assert episodes(office) == [("returned", "other")]


def test_it_ends_when_the_other_agency_has_done_it(office: Office) -> None:
    """The ticket is done."""
    _number, damkar, bpbd = shared(office)
    gives_back(office, damkar)
    office.store.assignments.move(at(30), bpbd["id"], "diterima", BPBD.actor, via="page")
    assert episodes(office) == [("returned", None)]
    office.store.assignments.move(at(60), bpbd["id"], "selesai", BPBD.actor, via="page", note="padam")
    assert [reason for _sign, reason in episodes(office)] == ["done"]


def test_a_hand_over_between_agencies_does_not_take_it_away(office: Office) -> None:
    """BPBD hands its own part to Damkar: what came back waits for the operators all the same."""
    number, damkar, bpbd = shared(office)
    gives_back(office, damkar)
    hand_over(office.store, office.routing, at(20), bpbd, "damkar", "api", BPBD)
    assert episodes(office) == [("returned", None)]
    assert office.store.assignments.returned(number) is not None


def test_the_last_agency_that_gives_back_is_as_before(office: Office) -> None:
    """Nobody has it then: one episode, from the first that gave it back on."""
    _number, damkar, bpbd = shared(office)
    gives_back(office, damkar)
    gives_back(office, bpbd, 30, BPBD)
    assert episodes(office) == [("emergency", None)]


def test_what_came_back_after_it_was_accepted_counts_too(office: Office) -> None:
    """«Bukan wewenang» of a task that was accepted first."""
    _number, damkar, _bpbd = shared(office)
    office.store.assignments.move(at(1), damkar["id"], "diterima", DAMKAR.actor, via="page")
    gives_back(office, office.store.assignments.get(damkar["id"]))
    assert episodes(office) == [("returned", None)]


def test_a_store_of_an_earlier_release_is_swept(office: Office) -> None:
    """What came back before this rule was there is found when the daemon starts."""
    _number, damkar, _bpbd = shared(office)
    gives_back(office, damkar)
    office.store.connection.run("DELETE FROM unsent_episodes WHERE sign = 'returned'")
    office.store.unsent.sweep(at(60), NOW - timedelta(hours=1))
    assert episodes(office) == [("returned", None)]
