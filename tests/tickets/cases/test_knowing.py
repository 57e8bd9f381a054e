"""The contact that a user of the command centre is."""

from dataclasses import replace

import pytest

from tests.tickets.cases.people import NOW, PUSAT, Office
from tickets.cases.knowing import contact_of, know_on_page
from tickets.errors import Conflict
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
