"""The contact that a user of the command centre is; and what who stands above may do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tickets.cases.people import NOW, PUSAT, Office
from tests.tickets.world import WIB, steps
from tickets.cases.knowing import contact_of, know_on_page
from tickets.cases.nudging import asked, nudge
from tickets.errors import Conflict
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row, from_text
from tickets.routing import Contact


def test_the_first_with_a_page_unless_the_user_is_tied(office: Office) -> None:
    """A user of the bupati's is the bupati; one who is tied to nobody, or to somebody gone, the command centre."""
    bupati = Contact("bupati", None, "Bupati", page=True)
    office.routing = replace(office.routing, contacts=office.routing.contacts | {"bupati": bupati})
    for name, contact in (("pusat", None), ("ajudan", "bupati"), ("lama", "sekda")):
        office.store.people.add(NOW, name, name, "command", None, "x", contact)
    names = [contact_of(office.store, office.routing, name) for name in ("pusat", "ajudan", "lama")]
    assert [contact.name if contact else None for contact in names] == ["pusdalops", "bupati", "pusdalops"]


def test_nobody_above_is_pushed_on_a_page(office: Office) -> None:
    """Then there is nobody to leave alone."""
    row = office.sent()
    contacts = {name: each for name, each in office.routing.contacts.items() if each.opd is not None}
    office.routing = replace(office.routing, contacts=contacts)
    with pytest.raises(Conflict):
        know_on_page(office.store, office.routing, NOW, row["id"], PUSAT)


# -- «Colek» makes pushes earlier and answers nothing


def later(office: Office, task: Row, seconds: float) -> list[str]:
    return nudge(office.store, office.routing, WIB, NOW + timedelta(seconds=seconds), task["id"], PUSAT)


def due(office: Office, task: Row) -> dict[str, float]:
    """Seconds from the dispatch to each open push."""
    rows = office.store.connection.all(
        "SELECT contact || '/' || channel AS way, due_at, first_due_at FROM pushes WHERE assignment = :id "
        "AND done_at IS NULL ORDER BY id",
        id=task["id"],
    )
    return {row["way"]: (from_text(row["due_at"]) - NOW).total_seconds() for row in rows}


def test_own_contacts_are_due_now_and_nobody_above(office: Office) -> None:
    """Over each channel of the ladder, also of a step that had two minutes left."""
    task = office.sent()
    assert later(office, task, 10) == ["damkar.piket", "damkar.siaga"]
    assert due(office, task) == {
        "damkar.siaga/page": 0.0, "damkar.siaga/call": 0.0, "damkar.piket/call": 10.0, "pusdalops/page": 120.0,
    }  # fmt: skip


def test_a_push_on_its_way_is_left_alone(office: Office) -> None:
    """A telephone that rings is not rung a second time; its next turn comes by its own step."""
    task = office.sent()
    (claimed, *_) = office.store.assignments.claim(NOW, "escalate", 15.0, 9)
    later(office, task, 5)
    rows = office.store.connection.all("SELECT due_at, lease_until FROM pushes WHERE id = :id", id=claimed.id)
    assert (from_text(rows[0]["due_at"]), rows[0]["lease_until"] is not None) == (NOW, True)


def test_an_agency_without_contacts_is_asked_through_its_duty(office: Office) -> None:
    """It left routing.yaml: whoever stands in for it is pushed, and still nobody above."""
    task = office.sent()
    office.routing = replace(office.routing, opds=office.routing.opds | {
        "damkar": replace(office.routing.opds["damkar"], ladder=steps("bpbd", (0, ("siaga/page",), 30)))})  # fmt: skip
    pushes = plan(office.routing, "damkar", NOW + timedelta(seconds=90))
    office.store.assignments.replan(NOW, task["id"], pushes, PUSAT.actor, "uji")
    assert later(office, task, 1) == ["bpbd.siaga"]


def test_a_task_that_was_answered_is_not_nudged(office: Office) -> None:
    """By the agency itself, or turned down: then a taker is looked for, and no agency is asked."""
    task = office.sent()
    actor = Actor("contact", "damkar.siaga")
    office.store.assignments.move(NOW, task["id"], "ditolak", actor, via="call", note="bukan kami")
    with pytest.raises(Conflict, match="sudah «ditolak»"):
        later(office, task, 1)


def test_the_limit_is_of_a_task_and_ends(office: Office) -> None:
    """Named with the minute from which on it may be asked again, never too early."""
    task = office.sent()
    later(office, task, 40)
    assert asked(office.store, office.routing, NOW + timedelta(seconds=41), [task["id"]])[task["id"]]["again"] == (
        NOW + timedelta(seconds=340)
    )
    with pytest.raises(Conflict, match=r"baru dicolek pukul 14.00; bisa lagi pukul 14.06"):
        later(office, task, 339)
    later(office, task, 340)
