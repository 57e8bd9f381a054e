"""Positions of a ticket, each a row that stays: where somebody or something says that the incident is."""

import json
from dataclasses import dataclass
from datetime import datetime

from tickets.errors import Conflict, NotFound
from tickets.locating.positions import NETWORK, counting, shown
from tickets.model import Actor, Row, to_text
from tickets.store.answers.amendments import Amendments
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Adds a position.
_ADD = """INSERT INTO positions (ticket, kind, lat, lon, radius_m, source, note, kecamatan, desa, at, by)
    VALUES (:ticket, :kind, :lat, :lon, :radius_m, :source, :note, :kecamatan, :desa, :at, :by) RETURNING id"""
# Lists a ticket's positions, the newest first.
_OF = "SELECT * FROM positions WHERE ticket = :ticket ORDER BY id DESC LIMIT :limit"
# Counts them.
_COUNT = "SELECT count(*) AS n FROM positions WHERE ticket = :ticket"
# Withdraws a position that stands.
_WITHDRAW = """UPDATE positions SET withdrawn_at = :at, withdrawn_by = :by
    WHERE id = :id AND ticket = :ticket AND withdrawn_at IS NULL"""
# Reads a ticket with the network's position of its caller.
_TICKET = """SELECT t.number, t.call, t.status, t.desa, c.location, c.arrived_at FROM tickets t
    LEFT JOIN calls c ON c.id = t.call WHERE t.number = :ticket"""
# Has pages read the ticket anew.
_TOUCH = "UPDATE tickets SET updated_at = :at WHERE number = :ticket"
MOST = 200


@dataclass(frozen=True, slots=True)
class NewPosition:
    """A position to be kept; `kind` as in `tickets.locating.positions`, `source` as people read it.

    `kecamatan` and `desa`: those by which it was looked up."""

    kind: str
    lat: float
    lon: float
    radius_m: float | None
    source: str
    note: str | None = None
    kecamatan: str | None = None
    desa: str | None = None


class Positions:
    """Positions by ticket; each change notes its amendment for those who were sent the ticket."""

    def __init__(self, connection: Connection, journal: Journal, amendments: Amendments) -> None:
        self._db = connection
        self._journal = journal
        self._amendments = amendments

    def add(self, now: datetime, ticket: str, position: NewPosition, actor: Actor) -> int:
        """Keep a position; returns its id. NotFound without such a ticket, Conflict where it has too many."""
        with self._db.ensured_write():
            row, before = self._ticket(ticket), self.standing(ticket)
            if self._db.all(_COUNT, ticket=ticket)[0]["n"] >= MOST:
                raise Conflict(f"tiket {ticket} sudah punya {MOST} posisi")
            values = {name: getattr(position, name) for name in NewPosition.__slots__}
            id = int(self._db.run(_ADD, ticket=ticket, at=to_text(now), by=actor.name, **values).fetchone()[0])
            self._changed(now, row, before, actor)
            data = {"position": id, "source": position.kind, "radius_m": position.radius_m}
            self._journal.append(now, "ticket.positioned", actor, call=row["call"], ticket=ticket, data=data)
        return id

    def withdraw(self, now: datetime, ticket: str, id: int, actor: Actor) -> None:
        """Let a position count no more; Conflict where it does not stand."""
        with self._db.ensured_write():
            row, before = self._ticket(ticket), self.standing(ticket)
            values = {"id": id, "ticket": ticket, "at": to_text(now), "by": actor.name}
            if self._db.run(_WITHDRAW, **values).rowcount != 1:
                raise Conflict(f"posisi {id} tiket {ticket} tidak ada atau sudah dihapus")
            self._changed(now, row, before, actor)
            data = {"position": id}
            self._journal.append(now, "ticket.unpositioned", actor, call=row["call"], ticket=ticket, data=data)

    def _changed(self, now: datetime, row: Row, before: Row | None, actor: Actor) -> None:
        self._db.run(_TOUCH, ticket=row["number"], at=to_text(now))
        self._amendments.positioned(now, row, before, self.standing(row["number"]), actor)

    def standing(self, ticket: str) -> Row | None:
        """The position that counts, as pages show it; None without one."""
        row = self._ticket(ticket)
        return counting(self._rows(row), row["desa"])

    def of(self, ticket: str) -> list[Row]:
        """All positions of a ticket as pages show them, withdrawn ones, too, the newest first."""
        return [shown(row) | {"withdrawn_at": row["withdrawn_at"]} for row in self._rows(self._ticket(ticket))]

    def newest(self, ticket: str, kind: str) -> Row | None:
        """The newest standing row of a kind."""
        rows = self._db.all(_OF, ticket=ticket, limit=MOST)
        return next((row for row in rows if row["kind"] == kind and row["withdrawn_at"] is None), None)

    def _rows(self, ticket: Row) -> list[Row]:
        """The rows of a ticket, and the network's position of its call."""
        return [*self._db.all(_OF, ticket=ticket["number"], limit=MOST), *_of_network(ticket)]

    def _ticket(self, ticket: str) -> Row:
        row = self._db.one(_TICKET, ticket=ticket)
        if row is None:
            raise NotFound(f"tiket {ticket} tidak ada")
        return row


def _of_network(row: Row) -> list[Row]:
    """The position that came with the call, as a row; it is kept with the call."""
    location = json.loads(row["location"] or "null") or {}
    if location.get("lat") is None or location.get("lon") is None:
        return []
    nothing = dict.fromkeys(("note", "kecamatan", "desa", "withdrawn_at", "withdrawn_by"))
    place = {"lat": location["lat"], "lon": location["lon"], "radius_m": location.get("radius_m")}
    known = {"id": 0, "ticket": row["number"], "kind": NETWORK, "source": "dari jaringan", "by": "jaringan"}
    return [known | place | nothing | {"at": row["arrived_at"]}]
