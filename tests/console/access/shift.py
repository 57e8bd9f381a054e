"""Leftovers of a shift: a crowd, an unsent emergency, an ended ticket, a hand-over, changes after dispatch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from instance import Instance
from tickets.links import GOOD_FOR, PURPOSE, Link, sign
from tickets.model import Actor, day_of, to_text
from tickets.store import Store
from tickets.store.callers.refused_calls import Tally
from tickets.store.calls import NewCall

RINA, BUDI = Actor("user", "rina"), Actor("user", "budi")
CROWD = 9  # one more than the desk shows at once
UNSENT = {
    "kind": "emergency",
    "category": "kebakaran",
    "kecamatan": "Mayong",
    "desa": "Pelemkerep",
    "description": "Asap tebal dari gudang kayu, belum jelas.",
}


def tell(store: Store, instance: Instance, now: datetime, tickets: Mapping[str, str]) -> dict[str, str]:
    """Write it into the store before the console starts; returns the paths of its pages by name."""
    day = day_of(now, instance.hours.tz)
    _crowd(store, now - timedelta(minutes=3), day)
    long_ago = now - timedelta(minutes=50)  # not at the time of the crowd, which would be anybody's then
    unsent = store.tickets.create(long_ago, day, RINA)
    store.tickets.update(long_ago, unsent, UNSENT, RINA)
    ended = store.tickets.create(now - timedelta(hours=3), day, BUDI)
    store.tickets.update(now - timedelta(hours=3), ended, UNSENT | {"description": "Asap pembakaran sampah."}, BUDI)
    store.tickets.close(now - timedelta(hours=3), ended, BUDI, "bukan kebakaran: pembakaran sampah")
    store.people.page_seen(now, "page-of-budi", "budi", "operator", None, ticket=tickets["crash"])
    tallies = [Tally("telkom", "10.0.0.2", "media", 488, "sip:112@us", 3)]
    store.refused.count(now, tallies, tallies, Actor("process", "steward"))
    (snake,) = store.tickets.show(tickets["snake"])["assignments"]
    link = Link(snake["id"], "damkar.siaga", PURPOSE, now + GOOD_FOR, "1-2")
    paths = {name: f"/tiket/{number}" for name, number in {**tickets, "ended": ended, "unsent": unsent}.items()}
    return paths | {"link-changed": f"/t/{sign(instance.secrets.link_key, link)}"}


def _crowd(store: Store, at: datetime, day: str) -> None:
    """Callers of the fire who hung up while nobody was free."""
    for each in range(CROWD):
        call, number = f"crowd-{each}", f"+6281355500{each:03d}"
        ticket = store.calls.arrive(at, day, NewCall(call, number, number, False, True, "112"))
        store.calls.step(at, call, ticket, {"stage": "ended", "outcome": "abandoned", "ended_at": to_text(at)}, ())
        store.tickets.update(at, ticket, {"kind": "emergency"}, Actor("call", call))
        store.calls.callback(at, call, "menutup saat menunggu")


def asked(tickets: Mapping[str, str]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Requests to the running console, each by a user: changes after dispatch, a hand-over that nobody took."""
    snake = f"/api/tickets/{tickets['snake']}"
    yield "siti", "PATCH", snake, {"address": "RT 4 RW 2, rumah Bu Kasmi, belakang musala"}
    yield "siti", "PATCH", snake, {"description": "Dua ular kobra; satu orang tergigit."}
    yield "budi", "POST", "/api/handovers", {"note": "Damkar 2 di bengkel sampai pukul 14.00."}
