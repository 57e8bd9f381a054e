"""Complaints («Wadul Bupati»): filed by operators and agencies, passed on, raised and lowered."""

from datetime import datetime, timedelta

from tickets.cases.dispatching import dispatch, presume_genuine
from tickets.cases.typed_over import UNKNOWN, TypedOver, write
from tickets.cases.urgency import change_kind
from tickets.errors import InvalidField
from tickets.model import Actor, Row
from tickets.routing import Routing
from tickets.store import Store


def file(store: Store, now: datetime, number: str, changes: Row, actor: Actor, over: TypedOver = UNKNOWN) -> Row:
    """Save the last of the draft and file the ticket as a complaint; its call counts as genuine.

    Filed twice it is the same complaint. InvalidField when nobody could know its subject."""
    write(store, now, number, {name: value for name, value in changes.items() if name != "kind"}, actor, over)
    store.tickets.update(now, number, {"kind": "complaint"}, actor)
    _check_subject(store.tickets.get(number))
    presume_genuine(store, now, number, actor)
    return store.complaints.file(now, number, actor)


def enter(
    store: Store,
    routing: Routing,
    now: datetime,
    day: str,
    changes: Row,
    address: str,
    keeper: str | None,
    actor: Actor,
) -> Row:
    """File a complaint of a post on social media (`address`); `keeper` is the agency that has it at once, if any."""
    number = store.tickets.create(now, day, actor, "complaint")
    store.tickets.update(now, number, changes, actor)
    row = store.complaints.file(now, number, actor, "sosial", address)
    if keeper is not None:
        dispatch(store, routing, now, number, (keeper,), actor)
    return row


def pass_on(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    opds: tuple[str, ...],
    changes: Row,
    actor: Actor,
) -> None:
    """Give a verified complaint to these agencies; NotFound when the ticket is none."""
    store.complaints.get(number)
    store.tickets.update(now, number, changes, actor)
    dispatch(store, routing, now, number, opds, actor)


def turn(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    kind: str,
    opds: tuple[str, ...],
    actor: Actor,
    reason: str,
) -> None:
    """Make an emergency of a complaint, or a complaint of it again; NotFound when the ticket never was one."""
    store.complaints.get(number)
    change_kind(store, routing, now, number, kind, opds, actor, reason)


def follow(
    store: Store,
    now: datetime,
    message: str,
    remembered: timedelta,
    number: str,
    state: str | None,
    answer: str | None,
    theirs: str | None,
) -> Row:
    """Take over the state that the government's own application tells; `message` is the signature of its message.

    A message that came before, within the time `remembered`, changes nothing; its row has `repeated`."""
    if not store.complaints.first_time(now, message, remembered):
        return store.complaints.of_tracking(number) | {"repeated": True}
    return store.complaints.told(now, number, state, answer, theirs)


def _check_subject(ticket: Row) -> None:
    if not ticket["category"] and not ticket["description"]:
        raise InvalidField("category", "pilih kategori atau tulis uraian dulu: apa yang diadukan")
