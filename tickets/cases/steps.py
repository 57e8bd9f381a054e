"""The steps of an agency through its assignment: its next state, its notes, its proofs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tickets.cases.acting import Acts, Member
from tickets.errors import Conflict, InvalidField, NotFound
from tickets.escalation.ladder import follow_up
from tickets.model import ENDED_STATES, Actor, Row
from tickets.routing import Routing
from tickets.store import Store

STEPS = ("diterima", "berangkat", "di_lokasi", "selesai")
AT_WORK = ("berangkat", "di_lokasi")
MOST_ATTACHMENTS = 30
LATE, OLDEST = timedelta(seconds=30), timedelta(days=7)


def mine(store: Store, user: Member, number: int) -> Row:
    """An assignment that the user may see; an agency is not told that another's exists."""
    row = store.assignments.get(number)
    if user.role == "opd" and row["opd"] != user.opd:
        raise NotFound(f"penugasan {number} tidak ada")
    return row


def still_open(row: Row) -> Row:
    """The same assignment; Conflict when it has ended."""
    if row["state"] in ENDED_STATES:
        raise Conflict(f"penugasan {row['id']} sudah «{row['state']}»; tidak bisa ditambah")
    return row


def has_room(store: Store, row: Row) -> Row:
    """The same assignment; Conflict when it has ended or is full: an agency's login shall not fill the disk."""
    still_open(row)
    if len(store.assignments.attachments(row["id"])) >= MOST_ATTACHMENTS:
        raise Conflict(f"tugas ini sudah punya {MOST_ATTACHMENTS} foto dan tautan; lebih dari itu tidak bisa")
    return row


def check_source(user: Acts, note: str | None) -> None:
    """Refuse an agency's answer that an operator records without naming its source, or that somebody above gives."""
    if user.role in ("command", "admin"):
        raise Conflict("hanya OPD yang bisa menjawab; jawaban lewat telepon dicatat operator 112")
    if user.role != "opd" and note is None:
        raise InvalidField("note", "tulis siapa yang menjawab dan lewat apa")


def accepted_already(row: Row, state: str) -> bool:
    """True where «diterima» was said before and the task goes on: who is second reads who was first."""
    return state == "diterima" and row["state"] in ("diterima", "berangkat", "di_lokasi")


def step(
    store: Store,
    routing: Routing,
    now: datetime,
    row: Row,
    state: str,
    user: Acts,
    note: str | None,
    address: str | None,
    acted_at: datetime | None = None,
) -> Row:
    """Move an assignment to an agency's next state; `address` is a link as proof.

    InvalidField when it shall be done without any proof or note."""
    if address is not None:
        store.assignments.attach(now, row["id"], "link", address, user.actor)
    if state == "selesai" and note is None and not store.assignments.attachments(row["id"]):
        raise InvalidField("note", "sebelum selesai, tambahkan foto, tautan, atau catatan tertulis")
    kind = store.tickets.get(row["ticket"])["kind"]
    pushes = follow_up(routing, row | {"kind": kind}, state, now)
    assignment = row["id"]
    return store.assignments.move(
        now, assignment, state, user.actor, via=via(user), note=note, follow_up=pushes, acted_at=acted_at
    )


def check_note(note: str | None, address: str | None) -> None:
    """Refuse a note without anything in it."""
    if note is None and address is None:
        raise InvalidField("note", "tulis catatan atau isi tautan")


def add_note(
    store: Store,
    now: datetime,
    row: Row,
    note: str | None,
    address: str | None,
    actor: Actor,
    acted_at: datetime | None = None,
) -> None:
    """Add a note, a link, or both to an open assignment."""
    still_open(row)
    if address is not None:
        store.assignments.attach(now, has_room(store, row)["id"], "link", address, actor)
    if note is not None:
        store.assignments.noted(now, row["id"], note, actor, acted_at)


def add_photo(store: Store, now: datetime, row: Row, name: str, facts: Mapping[str, Any], actor: Actor) -> None:
    """Attach a stored photo to an open assignment; `facts` are when and where it was taken."""
    store.assignments.attach(now, has_room(store, row)["id"], "photo", name, actor, **facts)


def at_work(store: Store, routing: Routing, now: datetime, row: Row) -> None:
    """Begin the term of an assignment's state anew where a crew is on its way or there: who writes is at work."""
    if row["state"] in AT_WORK:
        store.assignments.restart(now, row["id"], follow_up(routing, row, row["state"], now))


def acted(text: str, now: datetime) -> datetime | None:
    """The moment of an answer that is sent late, where it was noticeably before `now`.

    None for a moment that cannot be: a telephone's wrong clock is no reason to refuse its answer."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None or not LATE <= now - at <= OLDEST:
        return None
    return at


def via(user: Acts) -> str:
    """The way that an answer came: an agency's page, an operator, a one-time link."""
    return "page" if user.role == "opd" else user.role
