"""«Saya tahu, saya tangani» of a logged-in user, who is a contact above the agencies."""

from datetime import datetime

from tickets.cases.acting import Acts
from tickets.errors import Conflict
from tickets.escalation.answer_rules import know
from tickets.routing import Contact, Routing
from tickets.store import Store

BUPATI = "bupati"  # the role, and the contact that routing.yaml ships


def contact_of(store: Store, routing: Routing, name: str) -> Contact | None:
    """The contact above the agencies that a user is; who was tied to none is the first that has a page.

    The bupati is the contact of that name, where there is one."""
    user = store.people.user(name) or {}
    tied = user.get("contact") or (BUPATI if user.get("role") == BUPATI else None)
    if tied is not None and tied in routing.contacts:
        return routing.contacts[tied]
    above = [each for each in routing.contacts.values() if each.opd is None and each.page]
    return above[0] if above else None


def know_on_page(store: Store, routing: Routing, now: datetime, assignment: int, user: Acts) -> datetime:
    """Leave the user's contact alone with an assignment; returns the end. The agency is pushed on."""
    contact = contact_of(store, routing, user.actor.name)
    if contact is None:
        raise Conflict("tidak ada kontak di atas OPD di routing.yaml yang didorong lewat halaman")
    return know(store, routing, now, assignment, contact, user.actor, "page")
