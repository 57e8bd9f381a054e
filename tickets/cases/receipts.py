"""Receipts: an assignment was shown and heard on a page, a test push was noticed."""

from datetime import datetime

from tickets.cases.acting import Member
from tickets.cases.steps import mine
from tickets.errors import NotFound
from tickets.model import Row
from tickets.store import Store


def seen(store: Store, now: datetime, number: int, user: Member) -> bool:
    """Note that a page shows the assignment with its siren audible; False when this user's page said so before."""
    mine(store, user, number)
    return store.receipts.seen(now, number, user.actor)


def heard(store: Store, now: datetime, number: int, user: Member) -> bool:
    """Note that a test push was noticed on a page; False when it was before, NotFound when it is another page's."""
    row = store.test_pushes.get(number)
    if row["channel"] != "page" or not _is_of(row, user):
        raise NotFound(f"uji coba {number} tidak ada")
    return store.test_pushes.answered(now, number, user.actor)


def _is_of(row: Row, user: Member) -> bool:
    return bool(row["opd"] == user.opd) if user.role == "opd" else row["opd"] is None
