"""Receipts: an assignment was shown and heard on a page, a change was read, a test push was noticed."""

from collections.abc import Mapping
from datetime import datetime

from tickets.cases.acting import Acts, Member
from tickets.cases.steps import mine, via
from tickets.errors import NotFound
from tickets.model import Row
from tickets.store import Store

RADIO = "radio"


def seen(store: Store, now: datetime, number: int, user: Member) -> bool:
    """Note that a page shows the assignment with its siren audible; False when this user's page said so before."""
    mine(store, user, number)
    return store.receipts.seen(now, number, user.actor)


def read(store: Store, now: datetime, number: int, shown: Mapping[int, int], user: Member) -> Row:
    """«Sudah dibaca»: changes of an assignment as the page showed them, by id with their revision.

    What has changed since then stays unread; `left` are those that still are."""
    row = mine(store, user, number)
    ids = store.amendments.read(now, row["id"], shown, user.actor, via(user))
    return {"id": number, "read": ids, "left": len(store.amendments.unread(number))}


def by_radio(store: Store, now: datetime, number: int, shown: Mapping[int, int], user: Acts, to: str) -> Row:
    """«Dibacakan lewat radio»: staff has read these changes out to somebody of the agency, `to`; as `read`."""
    row = store.assignments.get(number)
    ids = store.amendments.read(now, row["id"], shown, user.actor, RADIO, to)
    return {"id": number, "read": ids, "left": len(store.amendments.unread(number))}


def heard(store: Store, now: datetime, number: int, user: Member) -> bool:
    """Note that a test push was noticed on a page; False when it was before, NotFound when it is another page's."""
    row = store.test_pushes.get(number)
    if row["channel"] != "page" or not _is_of(row, user):
        raise NotFound(f"uji coba {number} tidak ada")
    return store.test_pushes.answered(now, number, user.actor)


def _is_of(row: Row, user: Member) -> bool:
    return bool(row["opd"] == user.opd) if user.role == "opd" else row["opd"] is None
