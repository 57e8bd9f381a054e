"""The operator's draft of a ticket: saved field by field, and once more with the dispatch."""

from datetime import datetime

from tickets.cases import typed_over
from tickets.cases.dispatching import dispatch, presume_genuine, settle_kind
from tickets.cases.typed_over import UNKNOWN, TypedOver
from tickets.cases.urgency import raised
from tickets.errors import InvalidField
from tickets.model import Actor, Row
from tickets.places import Places
from tickets.routing import Routing
from tickets.store import Store


def save(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    changes: Row,
    actor: Actor,
    over: TypedOver = UNKNOWN,
) -> None:
    """Write these fields; a complaint that becomes an emergency by them is pushed as one.

    FieldConflict, with nothing written, where another person has changed one of them since it was typed over."""
    before = store.tickets.get(number)["kind"]
    typed_over.write(store, now, number, changes, actor, over)
    raised(store, routing, now, number, before, actor)


def save_rest(
    store: Store, routing: Routing, now: datetime, number: str, changes: Row, actor: Actor, over: TypedOver
) -> list[Row]:
    """Write the fields that nobody else has changed; returns the conflicts of the others, which the journal keeps."""
    kept, conflicts = typed_over.sort(store, number, changes, actor, over)
    save(store, routing, now, number, kept, actor, over)
    if conflicts:
        typed_over.note(store, now, number, conflicts, actor)
    return conflicts


def send(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    changes: Row,
    opds: tuple[str, ...],
    actor: Actor,
    over: TypedOver = UNKNOWN,
) -> list[str]:
    """Save the last of the draft and dispatch the ticket to `opds`; returns those that got it now.

    The call counts as genuine from then on. A ticket that was closed without an agency is opened again by it."""
    if changes and store.tickets.get(number)["status"] == "closed":
        store.tickets.reopen(now, number, actor, "dikirim ke OPD")
    save(store, routing, now, number, changes, actor, over)
    settle_kind(store, routing, now, number, actor)
    sent = dispatch(store, routing, now, number, opds, actor)
    presume_genuine(store, now, number, actor)
    return sent


def check_category(routing: Routing, category: str) -> None:
    """Refuse a category that routing.yaml does not name: a ticket of it would reach no agency."""
    known = routing.categories
    if category not in known:
        raise InvalidField("category", f"kategori {category[:60]!r} tidak dikenal; yang ada: {', '.join(known)}")


def check_district(places: Places, region: str, kecamatan: str) -> None:
    """Refuse a kecamatan that places.yaml does not name."""
    if kecamatan not in places.kecamatan:
        raise InvalidField("kecamatan", f"kecamatan {kecamatan[:60]!r} tidak ada di daftar {region}")
