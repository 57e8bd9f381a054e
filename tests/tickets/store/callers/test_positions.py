"""Positions in the store: rows that stay, the one that counts, and what those who were sent learn of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tickets.store.test_merging import DAMKAR, NOW, SITI, at, store, ticket
from tickets.errors import Conflict, NotFound
from tickets.model import Row
from tickets.store import Store
from tickets.store.callers.positions import MOST, NewPosition
from tickets.store.calls import NewCall

__all__ = ["store"]
PIN = NewPosition("point", -6.59, 110.66, 12.0, "dari tautan peta")
KECAPI = NewPosition("desa", -6.61, 110.70, 850.0, "dari desa Kecapi", None, "Tahunan", "Kecapi")
LINK = "https://maps.google.com/?q="


def changes(store: Store, number: str) -> list[tuple[str, str | None, str | None]]:
    (task,) = store.tickets.show(number)["assignments"]
    return [(row["field"], row["before"], row["after"]) for row in store.amendments.unread(task["id"])]


def standing(store: Store, number: str) -> str | None:
    position: Row | None = store.tickets.report(number)["position"]
    return None if position is None else position["words"]


def test_rows_stay_and_one_counts(store: Store) -> None:
    """The better one counts whatever the order; a withdrawn one counts no more, and is still shown."""
    number = ticket(store, desa="Kecapi")
    assert standing(store, number) is None
    pin = store.positions.add(at(1), number, PIN, SITI)
    store.positions.add(at(2), number, KECAPI, SITI)
    assert standing(store, number) == "± 12 m, dari tautan peta"
    store.positions.withdraw(at(3), number, pin, SITI)
    assert standing(store, number) == "± 850 m, dari desa Kecapi"
    rows = store.tickets.report(number)["positions"]
    assert [(row["kind"], bool(row["withdrawn_at"])) for row in rows] == [("desa", False), ("point", True)]
    told = [row for row in store.tickets.show(number)["timeline"] if "positioned" in row["kind"]]
    assert [(row["kind"], row["data"]) for row in told] == [
        ("ticket.positioned", {"position": pin, "source": "point", "radius_m": 12.0}),
        ("ticket.positioned", {"position": pin + 1, "source": "desa", "radius_m": 850.0}),
        ("ticket.unpositioned", {"position": pin}),
    ]


def test_a_moved_pin_is_a_change_for_those_who_were_sent(store: Store) -> None:
    """Like a corrected address; the middle of a desa says nothing that its name did not."""
    number = ticket(store, "damkar", desa="Kecapi")
    store.positions.add(at(1), number, KECAPI, SITI)
    assert changes(store, number) == []
    pin = store.positions.add(at(2), number, PIN, SITI)
    told = f"± 12 m, dari tautan peta: {LINK}-6.590000,110.660000"
    before = f"± 850 m, dari desa Kecapi: {LINK}-6.610000,110.700000"
    assert changes(store, number) == [("position", before, told)]
    store.positions.withdraw(at(2) + timedelta(seconds=1), number, pin, SITI)
    assert changes(store, number) == []  # taken back before anybody could see it
    store.positions.add(at(3), number, PIN, SITI)
    store.positions.add(at(4), number, replace(PIN, lat=-6.7), SITI)
    assert [row[2] for row in changes(store, number)] == [f"± 12 m, dari tautan peta: {LINK}-6.700000,110.660000"]


def test_a_merged_ticket_brings_its_agency_to_the_masters_position(store: Store) -> None:
    """The agency that is taken over drives elsewhere from now on, and is told so."""
    own, master = ticket(store, "damkar", desa="Kecapi"), ticket(store, desa="Kecapi")
    store.positions.add(at(1), own, PIN, SITI)
    store.positions.add(at(1), master, replace(PIN, lat=-6.7), SITI)
    store.merging.merge(at(2), own, master, SITI)
    (task,) = store.tickets.show(master)["assignments"]
    (moved,) = [row for row in changes(store, master) if row[0] == "position"]
    assert moved == ("position", None, f"± 12 m, dari tautan peta: {LINK}-6.700000,110.660000")
    store.amendments.read(at(3), task["id"], {row["id"]: row["revision"] for row in task["unread"]}, DAMKAR, "page")
    store.merging.split(at(4), own, SITI)
    back = (f"± 12 m, dari tautan peta: {LINK}{lat},110.660000" for lat in ("-6.700000", "-6.590000"))
    assert ("position", *back) in changes(store, own)


def test_the_networks_position_counts_with_the_rows(store: Store) -> None:
    """It is kept with the call: no step of a call writes a row for it. Words alone are no point."""
    place = {"lat": -6.73512, "lon": 110.70483, "radius_m": 180}
    for call, location in (("c1", place), ("c2", {"text": "Jepara"}), ("c3", None)):
        new = NewCall(call, "+6281", "0281", False, True, "112", location=json.dumps(location) if location else None)
        store.calls.arrive(NOW, "20261123", new)
    assert standing(store, "T-20261123-0001") == "± 180 m, dari jaringan"
    assert standing(store, "T-20261123-0002") is None
    assert standing(store, "T-20261123-0003") is None


def test_a_ticket_has_so_many(store: Store) -> None:
    """A ticket that is not there has none; what was withdrawn is not withdrawn again."""
    number = ticket(store)
    with store.transaction():
        for _ in range(MOST):
            store.positions.add(NOW, number, PIN, SITI)
    with pytest.raises(Conflict, match=f"sudah punya {MOST} posisi"):
        store.positions.add(NOW, number, PIN, SITI)
    with pytest.raises(NotFound, match="tiket T-9 tidak ada"):
        store.positions.add(NOW, "T-9", PIN, SITI)
    first = store.positions.of(number)[0]["id"]
    store.positions.withdraw(NOW, number, first, SITI)
    with pytest.raises(Conflict, match="tidak ada atau sudah dihapus"):
        store.positions.withdraw(NOW, number, first, SITI)


def test_erasure_reaches_positions(store: Store) -> None:
    """Positions are erased with their reports, and an old ticket that has nothing else is found by its position."""
    number = store.tickets.create(NOW, "20261123", SITI)
    store.positions.add(NOW, number, PIN, SITI)
    store.tickets.close(NOW, number, SITI, "salah")
    assert store.retention.expire_reports(at(5000), at(4000)) == 1
    assert store.tickets.report(number)["positions"] == []
    assert store.retention.expire_reports(at(5000), at(4000)) == 0
