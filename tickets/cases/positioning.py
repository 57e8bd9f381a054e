"""Positions of a ticket: from a pasted text, from a place of the gazetteer, and by its desa."""

from datetime import datetime

from tickets.errors import InvalidField, InvalidInput, TicketEnded
from tickets.locating.atlas import Atlas
from tickets.locating.finding import Place
from tickets.locating.placing import place_of
from tickets.locating.positions import DESA, LANDMARK, POINT
from tickets.model import ENDED_STATUSES, Actor, Row
from tickets.store import Store
from tickets.store.callers.positions import NewPosition


def from_text(atlas: Atlas, text: str) -> NewPosition:
    """The position of a pasted point or link; InvalidField with a sentence where there is none.

    One outside the region is kept, with a note: the region is made of circles, and may err."""
    try:
        position = place_of(text, atlas.region)
    except InvalidInput as error:
        raise InvalidField("text", str(error)) from error
    point, outside = position.point, ""
    if position.inside is False:
        near = f", {position.near.sentence}" if position.near else ""
        outside = f"di luar wilayah{near}"
    note = "; ".join(filter(None, [point.note, outside])) or None
    return NewPosition(POINT, point.lat, point.lon, point.radius_m, f"dari {point.source.rstrip(':')}", note)


def from_place(atlas: Atlas, kecamatan: str, desa: str, name: str | None) -> NewPosition:
    """The position of a desa, or of a landmark in it, in the gazetteer; InvalidField where it knows none."""
    place = atlas.gazetteer.place(kecamatan, desa, name or desa)
    position = None if place is None else _looked_up(place)
    if position is None:
        raise InvalidField("desa", f"titik {(name or desa)[:60]!r} di {kecamatan[:60]} belum dikenal")
    return position


def add(store: Store, now: datetime, number: str, position: NewPosition, actor: Actor) -> Row | None:
    """Keep a position; returns the one that counts from now on. TicketEnded where the ticket is over."""
    _check_open(store, number)
    store.positions.add(now, number, position, actor)
    return store.positions.standing(number)


def withdraw(store: Store, now: datetime, number: str, id: int, actor: Actor) -> Row | None:
    """Let a position count no more; returns the one that counts from now on. TicketEnded where the ticket is over."""
    _check_open(store, number)
    store.positions.withdraw(now, number, id, actor)
    return store.positions.standing(number)


def follow_desa(store: Store, atlas: Atlas, now: datetime, number: str, actor: Actor) -> None:
    """Keep the middle of the ticket's desa as a position, once; nothing where the gazetteer does not know it."""
    ticket = store.tickets.get(number)
    if ticket["status"] in ENDED_STATUSES or not (ticket["kecamatan"] and ticket["desa"]):
        return
    place = atlas.gazetteer.place(ticket["kecamatan"], ticket["desa"], ticket["desa"])
    position = None if place is None else _looked_up(place)
    if position is None:
        return
    last = store.positions.newest(number, DESA)
    if last is None or (last["kecamatan"], last["desa"]) != (position.kecamatan, position.desa):
        store.positions.add(now, number, position, actor)


def _looked_up(place: Place) -> NewPosition | None:
    if place.lat is None or place.lon is None:
        return None
    kind = DESA if place.kind == "desa" else LANDMARK
    source = f"dari desa {place.name}" if kind == DESA else f"dari patokan {place.name}"
    return NewPosition(kind, place.lat, place.lon, place.radius_m, source, None, place.kecamatan, place.desa)


def _check_open(store: Store, number: str) -> None:
    if store.tickets.get(number)["status"] in ENDED_STATUSES:
        raise TicketEnded(number)
