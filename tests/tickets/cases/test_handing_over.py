"""«Bukan wewenang», with a named taker."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.tickets.cases.people import BPBD, DAMKAR, FIRE, NOW, PUSAT, SITI, Office
from tests.tickets.world import steps
from tickets.cases.dispatching import dispatch
from tickets.cases.handing_over import DESK_112, hand_over, reassign, takers
from tickets.errors import Conflict, InvalidField
from tickets.escalation.unsent_duty import push
from tickets.model import Row, from_text
from tickets.routing import Opd


def test_the_named_taker_has_the_ticket_at_once(office: Office) -> None:
    """The ticket is never without an agency."""
    row = office.sent()
    ended = hand_over(office.store, office.routing, NOW, row, "bpbd", "banjir", DAMKAR)
    assert (ended["state"], ended["note"]) == ("bukan_wewenang", "banjir (yang berwenang: BPBD)")
    assert office.store.tickets.get(row["ticket"])["status"] == "dispatched"
    assert office.assignment(row["ticket"], "bpbd")["state"] == "dikirim"


def test_a_taker_who_has_it_already_keeps_it(office: Office) -> None:
    """It is not dispatched twice."""
    row = office.sent()
    office.given(row["ticket"], "bpbd")
    hand_over(office.store, office.routing, NOW, row, "bpbd", "banjir", DAMKAR)
    assert [row["opd"] for row in office.store.tickets.show(row["ticket"])["assignments"]] == ["damkar", "bpbd"]


def test_to_112_the_ticket_is_open_again(office: Office) -> None:
    """Operators decide."""
    row = office.sent()
    hand_over(office.store, office.routing, NOW, row, DESK_112, "salah alamat", DAMKAR)
    assert office.store.tickets.get(row["ticket"])["status"] == "open"
    assert takers(office.routing) == ("112", "damkar", "bpbd")


def test_an_agency_cannot_name_itself(office: Office) -> None:
    """Nothing changes."""
    row = office.sent()
    with pytest.raises(InvalidField) as refused:
        hand_over(office.store, office.routing, NOW, row, "damkar", "x", DAMKAR)
    assert (refused.value.field, str(refused.value)) == ("taker", "pilih OPD lain sebagai yang berwenang")
    assert office.store.assignments.get(row["id"])["state"] == "dikirim"


def due_s(office: Office, assignment: int) -> dict[str, float]:
    """The first due time of each contact of an assignment's open pushes, in seconds after NOW."""
    rows = office.store.connection.all(
        "SELECT contact, min(due_at) AS due_at FROM pushes WHERE assignment = :id AND done_at IS NULL GROUP BY contact",
        id=assignment,
    )
    return {row["contact"]: (from_text(row["due_at"]) - NOW).total_seconds() for row in rows}


def to_and_fro(office: Office, row: Row, *seconds: float) -> Row:
    """Hand an unanswered fire on at each of these seconds, from the one agency to the other."""
    for at in seconds:
        taker, user = ("bpbd", DAMKAR) if row["opd"] == "damkar" else ("damkar", BPBD)
        hand_over(office.store, office.routing, NOW + timedelta(seconds=at), row, taker, "bukan kami", user)
        row = office.assignment(row["ticket"], taker)
    return row


def test_a_hand_over_carries_the_age_on(office: Office) -> None:
    """The command centre, due two minutes after the first dispatch, is due then, whoever has the fire."""
    office.routing = replace(office.routing, opds=office.routing.opds | {"bpbd": shared(office)})
    row = to_and_fro(office, office.sent(), 15)
    assert due_s(office, row["id"]) == {"bpbd.siaga": 15.0, "pusdalops": 120.0}


def test_the_second_hand_over_pushes_the_command_centre_at_once(office: Office) -> None:
    """Every further one does, too; the agency's own later steps keep their time."""
    row = to_and_fro(office, office.sent(), 15, 30)
    assert due_s(office, row["id"]) == {"damkar.siaga": 30.0, "damkar.piket": 120.0, "pusdalops": 30.0}


def test_an_agency_that_had_accepted_ends_the_age_without_answer(office: Office) -> None:
    """Hours of work are no silence: its taker has its own whole ladder."""
    row = office.sent()
    office.store.assignments.move(NOW, row["id"], "diterima", DAMKAR.actor, via="page")
    row = to_and_fro(office, office.store.assignments.get(row["id"]), 3600)
    row = to_and_fro(office, row, 3610)
    assert due_s(office, row["id"])["damkar.piket"] == 3600.0 + 120


def test_a_taker_without_anybody_above_has_the_former_agencys(office: Office) -> None:
    """BPBD's own ladder names nobody above: the command centre is due when Damkar's ladder would have pushed it."""
    row = to_and_fro(office, office.sent(), 15)
    assert due_s(office, row["id"]) == {"bpbd.siaga": 15.0, "pusdalops": 120.0}


def test_the_second_hand_over_reaches_somebody_above_in_any_case(office: Office) -> None:
    """Neither agency's ladder names anybody above: those of another agency's are pushed."""
    damkar = replace(office.routing.opds["damkar"], ladder=steps("damkar", (0, ("siaga/page",), 30)))
    third = replace(office.routing.opds["bpbd"], code="pmi", ladder=shared(office).ladder)
    opds = {"damkar": damkar, "bpbd": office.routing.opds["bpbd"], "pmi": third}
    office.routing = replace(office.routing, opds=opds)
    row = to_and_fro(office, office.sent(), 15, 30)
    assert due_s(office, row["id"]) == {"damkar.siaga": 30.0, "pusdalops": 30.0}


def test_a_task_that_went_by_112_carries_its_age_on(office: Office) -> None:
    """Given back to the operator and sent on by 112: the command centre does not wait longer."""
    row = office.sent()
    hand_over(office.store, office.routing, NOW + timedelta(seconds=20), row, DESK_112, "bukan kami", DAMKAR)
    assert office.store.assignments.returned(row["ticket"]) is not None
    dispatch(office.store, office.routing, NOW + timedelta(seconds=50), row["ticket"], ("bpbd",), SITI.actor)
    taken = office.assignment(row["ticket"], "bpbd")
    assert due_s(office, taken["id"]) == {"bpbd.siaga": 50.0, "pusdalops": 120.0}
    assert (taken["handed_on"], office.store.assignments.returned(row["ticket"])) == (1, None)


def test_a_taker_that_has_the_ticket_already_takes_over_its_age(office: Office) -> None:
    """Sent to it later: it is pushed on from the first dispatch, and its answer counts for both."""
    office.routing = replace(office.routing, opds=office.routing.opds | {"bpbd": shared(office)})
    row = office.sent()
    dispatch(office.store, office.routing, NOW + timedelta(seconds=100), row["ticket"], ("bpbd",), SITI.actor)
    hand_over(office.store, office.routing, NOW + timedelta(seconds=110), row, "bpbd", "bukan kami", DAMKAR)
    assert due_s(office, office.assignment(row["ticket"], "bpbd")["id"])["pusdalops"] == 120.0


def test_those_above_give_a_silent_agencys_task_to_another(office: Office) -> None:
    """In one transaction: the other has it with its age, the silent one is pushed no more; it is no hand-over."""
    row = office.sent()
    at = NOW + timedelta(seconds=130)
    ended = reassign(office.store, office.routing, at, row, "bpbd", "tidak menjawab", PUSAT)
    assert (ended["state"], ended["note"]) == ("dibatalkan", "dialihkan ke BPBD: tidak menjawab")
    taken = office.assignment(row["ticket"], "bpbd")
    assert (taken["handed_on"], due_s(office, taken["id"])) == (0, {"bpbd.siaga": 130.0, "pusdalops": 130.0})
    assert due_s(office, row["id"]) == {}
    with pytest.raises(Conflict):
        reassign(office.store, office.routing, at, ended, "bpbd", "lagi", PUSAT)
    with pytest.raises(InvalidField):
        reassign(office.store, office.routing, at, taken, "bpbd", "lagi", PUSAT)


def shared(office: Office) -> Opd:
    """BPBD with a command centre on its ladder."""
    ladder = steps("bpbd", (0, ("siaga/page",), 60), (120, (".pusdalops/page",), 120))
    return replace(office.routing.opds["bpbd"], ladder=ladder)


# -- what came back to 112 is pushed like what nobody has sent, whoever else has the ticket


def at(seconds: float) -> Any:
    return NOW + timedelta(seconds=seconds)


def both_have_it(office: Office, **fields: Any) -> tuple[str, Row, Row]:
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
    number, damkar, _bpbd = both_have_it(office)
    gives_back(office, damkar)
    assert episodes(office) == [("returned", None)]
    for seconds in (10, 40, 130):
        push(office.store, office.routing.unsent, at(seconds))
    rows = [row for row in office.store.journal.after(0, 10_000) if row["kind"] == "push.unsent"]
    assert {row["data"]["audience"] for row in rows} == {"desk", "room", "command_centre"}
    assert {row["ticket"] for row in rows} == {number}


def test_it_ends_when_the_ticket_is_sent_on(office: Office) -> None:
    """To an agency that does not have it yet."""
    number, damkar, _bpbd = both_have_it(office)
    gives_back(office, damkar)
    dispatch(office.store, office.routing, at(60), number, ("damkar",), SITI.actor)
    assert episodes(office) == [("returned", "sent")]


def test_it_ends_when_an_operator_says_why_nobody_more_is_needed(office: Office) -> None:
    """The reason stands in the journal."""
    number, damkar, _bpbd = both_have_it(office)
    gives_back(office, damkar)
    office.store.assignments.dealt_with(at(60), number, SITI.actor, "BPBD cukup")
    assert episodes(office) == [("returned", "other")]


def test_it_ends_when_the_other_agency_has_done_it(office: Office) -> None:
    """The ticket is done."""
    _number, damkar, bpbd = both_have_it(office)
    gives_back(office, damkar)
    office.store.assignments.move(at(30), bpbd["id"], "diterima", BPBD.actor, via="page")
    assert episodes(office) == [("returned", None)]
    office.store.assignments.move(at(60), bpbd["id"], "selesai", BPBD.actor, via="page", note="padam")
    assert [reason for _sign, reason in episodes(office)] == ["done"]


def test_a_hand_over_between_agencies_does_not_take_it_away(office: Office) -> None:
    """BPBD hands its own part to Damkar: what came back waits for the operators all the same."""
    number, damkar, bpbd = both_have_it(office)
    gives_back(office, damkar)
    hand_over(office.store, office.routing, at(20), bpbd, "damkar", "api", BPBD)
    assert episodes(office) == [("returned", None)]
    assert office.store.assignments.returned(number) is not None


def test_the_last_agency_that_gives_back_is_as_before(office: Office) -> None:
    """Nobody has it then: one episode, from the first that gave it back on."""
    _number, damkar, bpbd = both_have_it(office)
    gives_back(office, damkar)
    gives_back(office, bpbd, 30, BPBD)
    assert episodes(office) == [("emergency", None)]


def test_what_came_back_after_it_was_accepted_counts_too(office: Office) -> None:
    """«Bukan wewenang» of a task that was accepted first."""
    _number, damkar, _bpbd = both_have_it(office)
    office.store.assignments.move(at(1), damkar["id"], "diterima", DAMKAR.actor, via="page")
    gives_back(office, office.store.assignments.get(damkar["id"]))
    assert episodes(office) == [("returned", None)]


def test_a_store_of_an_earlier_release_is_swept(office: Office) -> None:
    """What came back before this rule was there is found when the daemon starts."""
    _number, damkar, _bpbd = both_have_it(office)
    gives_back(office, damkar)
    office.store.connection.run("DELETE FROM unsent_episodes WHERE sign = 'returned'")
    office.store.unsent.sweep(at(60), NOW - timedelta(hours=1))
    assert episodes(office) == [("returned", None)]
