"""Tickets: what operators complete, and the whole view of one."""

import json
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from tickets.errors import Conflict, InvalidInput, NotFound
from tickets.model import CLOSING_KINDS, ENDED_STATUSES, TICKET_KINDS, Actor, Row, to_text
from tickets.store.answers.amendments import Amendments
from tickets.store.callers.positions import Positions
from tickets.store.calls import Calls
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.people.field_edits import FieldEdits, Mark
from tickets.store.search.text_index import TextIndex

# Reads a ticket's own row.
_ONE = "SELECT * FROM tickets WHERE number = :number"
_VERDICT = "(SELECT verdict FROM verdicts v WHERE v.ticket = t.number AND v.replaced_at IS NULL) AS verdict"
_VERDICT += ", (SELECT tracking FROM complaints k WHERE k.ticket = t.number) AS tracking"
_VERDICT += ", (SELECT master FROM merges m WHERE m.ticket = t.number) AS master"
# Reads one ticket with its verdict, tracking number and master.
_SHOW = f"""SELECT t.*, {_VERDICT},
    (SELECT since FROM unsent_episodes e WHERE e.ticket = t.number AND e.ended_at IS NULL) AS unsent_since
    FROM tickets t WHERE t.number = :number"""
# Lists tickets since a moment, newest first.
_LIST = f"SELECT t.*, {_VERDICT} FROM tickets t WHERE t.created_at >= :since ORDER BY t.created_at DESC LIMIT :limit"
# Lists open tickets that stand on their own, oldest first.
_OPEN = f"""SELECT t.*, {_VERDICT} FROM tickets t WHERE t.status IN ('open', 'dispatched')
    AND NOT EXISTS (SELECT 1 FROM merges m WHERE m.ticket = t.number) ORDER BY t.created_at"""
# Makes a ticket without a call.
_INSERT = """INSERT INTO tickets (number, source, kind, status, created_at, updated_at, reporter_name, reporter_number,
    operator) VALUES (:number, 'web', :kind, 'open', :at, :at, :name, :phone, :operator)"""
# Reads a ticket's assignments with how often each was pushed.
_ASSIGNMENTS = """SELECT a.*, (SELECT coalesce(sum(sent), 0) FROM pushes p WHERE p.assignment = a.id) AS pushes
    FROM assignments a WHERE a.ticket = :number ORDER BY a.id"""
# Reads the photos and links of a ticket's assignments.
_ATTACHMENTS = """SELECT t.* FROM attachments t JOIN assignments a ON a.id = t.assignment
    WHERE a.ticket = :number ORDER BY t.id"""
# Lists the tickets that are linked to this one.
_MERGED = "SELECT ticket FROM merges WHERE master = :number ORDER BY at, ticket"
# Finds the ticket that this one is linked to.
_MASTER = "SELECT master FROM merges WHERE ticket = :number"
# Reads what a kept draft of a ticket has to be compared with.
_STANDING = "SELECT number, status, erasures FROM tickets WHERE number = :number"
# Sets the kind, after a verdict.
_SET_KIND = "UPDATE tickets SET kind = :kind, updated_at = :at, revision = revision + 1 WHERE number = :number"
# Opens a ticket again.
_REOPEN = "UPDATE tickets SET status = 'open', closed_at = NULL, updated_at = :at WHERE number = :number"
# Reads what the caller chose by key, from the saved state of the flow.
_KIND_BY_KEY = "SELECT state ->> 'kind' AS kind FROM calls WHERE id = :call"
# Closes a ticket.
_CLOSE = "UPDATE tickets SET status = :status, closed_at = :at, updated_at = :at WHERE number = :number"
# Sets or lifts a hold: with one nothing of the ticket is erased.
_HOLD = "UPDATE tickets SET held_at = :at, held_by = :by, hold_reason = :reason WHERE number = :number"

_ROWS = 60  # of a ticket's journal: what may be taken back is seconds old
FIELDS = ("kind", "category", "kecamatan", "desa", "address", "description", "reporter_name", "reporter_number")
# outcomes of a call without a talk with an operator and without a message
UNSPOKEN_OUTCOMES = frozenset({"after_hours", "silent", "abandoned", "cut", "refused"})
MAX_LENGTH = {
    "kind": 20,
    "category": 60,
    "kecamatan": 60,
    "desa": 60,
    "address": 500,
    "description": 5000,
    "reporter_name": 120,
    "reporter_number": 40,
}


class Tickets:
    """Tickets by number."""

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        calls: Calls,
        edits: FieldEdits,
        index: TextIndex,
        amendments: Amendments,
        positions: Positions,
    ) -> None:
        self._db = connection
        self._journal = journal
        self._calls = calls
        self._edits = edits
        self._index = index
        self._amendments = amendments
        self._positions = positions

    def create(self, now: datetime, day: str, actor: Actor, kind: str = "unknown") -> str:
        """Make a ticket without a call (walk-in, social media); returns its number."""
        with self._db.ensured_write():
            number = self._calls.next_ticket_number(day)
            self._db.run(_INSERT, number=number, kind=kind, at=to_text(now), name=None, phone=None, operator=actor.name)
            self._journal.append(now, "ticket.created", actor, ticket=number)
        return number

    def update(
        self, now: datetime, number: str, fields: dict[str, Any], actor: Actor, mark: Mark | None = None
    ) -> None:
        """Set fields of `FIELDS`; unknown field, wrong kind or too long text is InvalidInput and nothing is kept.

        It compares with nothing that the author saw: `tickets.cases.typed_over` does."""
        clean = checked(fields)
        if not clean:
            return
        with self._db.ensured_write():
            before = self.get(number)
            sets = ", ".join(f"{name} = :{name}" for name in clean)
            sets += ", operator = :operator, updated_at = :at, revision = revision + 1"
            sql = f"UPDATE tickets SET {sets} WHERE number = :number"
            operator = actor.name if actor.kind == "user" else before["operator"]
            self._db.run(sql, number=number, at=to_text(now), operator=operator, **clean)
            self._index.changed(number, before, before | clean)
            changed = {name: value for name, value in clean.items() if before[name] != value}
            self._amendments.edited(now, before, changed, actor)
            if actor.kind == "user":
                self._note_authors(now, number, clean.keys(), changed.keys(), actor, mark)
            self._journal.append(now, "ticket.updated", actor, call=before["call"], ticket=number, data=changed)

    def _note_authors(
        self, now: datetime, number: str, fields: Set[str], changed: Set[str], actor: Actor, mark: Mark | None
    ) -> None:
        draft, turn = (mark.draft, mark.turn) if mark else (None, 0)
        for name in changed:
            self._edits.wrote(now, number, name, actor.name, draft, turn)
        for name in fields - changed:
            if draft is not None:
                self._edits.repeated(number, name, draft, turn)

    def close(self, now: datetime, number: str, actor: Actor, note: str = "") -> None:
        """Close a ticket that needs no OPD; Conflict while an assignment of it is open, or it is merged."""
        with self._db.ensured_write():
            ticket = self.get(number)
            linked = self._db.one(_MASTER, number=number)
            if linked is not None:
                raise Conflict(f"tiket {number} digabung ke {linked['master']} dan selesai bersamanya; pisahkan dulu")
            if any(row["ended_at"] is None for row in self._db.all(_ASSIGNMENTS, number=number)):
                raise Conflict(f"tiket {number} masih ditangani OPD; batalkan dulu penugasannya")
            status = "closed" if ticket["kind"] in CLOSING_KINDS else "done"
            self._db.run(_CLOSE, number=number, status=status, at=to_text(now))
            self._journal.append(now, "ticket.closed", actor, call=ticket["call"], ticket=number, data={"note": note})

    def reopen(self, now: datetime, number: str, actor: Actor, reason: str) -> None:
        """Open an ended ticket again; Conflict while it is open, or where it ends and begins with another."""
        if not reason.strip():
            raise InvalidInput("isian reason harus berisi alasan")
        with self._db.ensured_write():
            ticket = self.get(number)
            linked = self._db.one(_MASTER, number=number)
            if linked is not None:
                raise Conflict(
                    f"tiket {number} digabung ke {linked['master']}; buka lagi tiket itu, atau pisahkan dulu"
                )
            if ticket["status"] not in ENDED_STATUSES:
                raise Conflict(f"tiket {number} masih terbuka")
            if ticket["kind"] in CLOSING_KINDS:
                self._set_kind(now, ticket, self._kind_by_key(ticket), actor)
            self._db.run(_REOPEN, number=number, at=to_text(now))
            data = {"reason": reason.strip()}
            self._journal.append(now, "ticket.reopened", actor, call=ticket["call"], ticket=number, data=data)

    def hold(self, now: datetime, number: str, actor: Actor, reason: str) -> None:
        """Hold a ticket: nothing of it, its call, recordings and photos is erased until `release`. Conflict when
        held."""
        self._set_hold(now, number, actor, reason, held=True)

    def release(self, now: datetime, number: str, actor: Actor, reason: str) -> None:
        """Lift a hold, so that retention counts again; Conflict when it is not held."""
        self._set_hold(now, number, actor, reason, held=False)

    def _set_hold(self, now: datetime, number: str, actor: Actor, reason: str, *, held: bool) -> None:
        if not reason.strip():
            raise InvalidInput("isian reason harus berisi alasan")
        with self._db.ensured_write():
            ticket = self.get(number)
            if held and ticket["held_at"]:
                raise Conflict(f"tiket {number} sudah ditahan: {ticket['hold_reason']}")
            if not held and not ticket["held_at"]:
                raise Conflict(f"tiket {number} tidak ditahan")
            values = (to_text(now), actor.name, reason.strip()) if held else (None, None, None)
            self._db.run(_HOLD, number=number, **dict(zip(("at", "by", "reason"), values, strict=True)))
            kind = "ticket.held" if held else "ticket.released"
            self._journal.append(now, kind, actor, call=ticket["call"], ticket=number, data={"reason": reason.strip()})

    def judged(self, now: datetime, number: str, verdict: str, actor: Actor, *, reopen: bool = True) -> None:
        """Follow a verdict on the ticket's call: prank, information and silence close it, genuine takes that back."""
        ticket = self.get(number)
        if verdict in CLOSING_KINDS:
            self._set_kind(now, ticket, verdict, actor)
            if ticket["status"] != "closed":
                self.close(now, number, actor)
        elif ticket["kind"] in CLOSING_KINDS:
            self._set_kind(now, ticket, self._kind_by_key(ticket), actor)
            if reopen and ticket["status"] == "closed":
                self._open(now, ticket, actor, {"verdict": verdict})

    def unjudged(self, now: datetime, ticket: Row, kind: str, status: str, actor: Actor) -> None:
        """Follow a verdict that was taken back: the kind and the status that the ticket (as it is now) had before."""
        self._set_kind(now, ticket, kind, actor)
        if status == "open" and ticket["status"] == "closed":
            self._open(now, ticket, actor, {"undone": "verdict"})

    def open_again(self, now: datetime, number: str, actor: Actor, since: datetime) -> None:
        """Take back the closing of a ticket by this person since a moment; Conflict for any other."""
        with self._db.ensured_write():
            ticket = self.get(number)
            closings = [row for row in self._journal.told_of_ticket(number, _ROWS) if row["kind"] == "ticket.closed"]
            last = closings[-1] if closings else None
            if last is None or last["actor"] != str(actor) or last["at"] < to_text(since):
                raise Conflict("tidak ada penutupan Anda dari beberapa detik terakhir yang bisa diurungkan")
            if ticket["closed_at"] != last["at"]:
                raise Conflict(f"tiket {number} sudah berubah lagi; tidak bisa diurungkan")
            self._open(now, ticket, actor, {"undone": "close"})

    def _open(self, now: datetime, ticket: Row, actor: Actor, data: Row) -> None:
        self._db.run(_REOPEN, number=ticket["number"], at=to_text(now))
        number = ticket["number"]
        self._journal.append(now, "ticket.reopened", actor, call=ticket["call"], ticket=number, data=data)

    def _kind_by_key(self, ticket: Row) -> str:
        row = self._db.one(_KIND_BY_KEY, call=ticket["call"]) or {}
        return row.get("kind") or "unknown"

    def _set_kind(self, now: datetime, ticket: Row, kind: str, actor: Actor) -> None:
        if ticket["kind"] == kind:
            return
        self._db.run(_SET_KIND, number=ticket["number"], kind=kind, at=to_text(now))
        self._edits.forget(ticket["number"], "kind")
        data, number = {"kind": kind}, ticket["number"]
        self._journal.append(now, "ticket.updated", actor, call=ticket["call"], ticket=number, data=data)

    def call_ended(self, now: datetime, number: str, outcome: str, *, waits: bool) -> None:
        """Close the ticket of an ended call in which nobody spoke and on which nobody waits; all others stay open."""
        with self._db.ensured_write():
            ticket = self.get(number)
            if waits or outcome not in UNSPOKEN_OUTCOMES or ticket["status"] != "open" or ticket["operator"]:
                return
            kind = "silent" if outcome == "silent" else ticket["kind"]
            self._db.run(_CLOSE, number=number, status="closed", at=to_text(now))
            self._db.run("UPDATE tickets SET kind = :kind WHERE number = :number", number=number, kind=kind)
            data = {"note": outcome}
            self._journal.append(now, "ticket.closed", Actor("call", ticket["call"] or ""), ticket=number, data=data)

    def get(self, number: str) -> Row:
        """One ticket row; NotFound when there is none."""
        row = self._db.one(_ONE, number=number)
        if row is None:
            raise NotFound(f"tiket {number} tidak ada")
        return row

    def standing(self, number: str) -> Row | None:
        """A ticket's `status` and `erasures`; None when there is none."""
        return self._db.one(_STANDING, number=number)

    def show(self, number: str) -> Row:
        """One ticket whole: its view, call, time line, attachments."""
        row = self.report(number)
        return row | {"timeline": self._journal.of_ticket(number, row["call"])}

    def report(self, number: str) -> Row:
        """As `show`, without the time line."""
        row = self._db.one(_SHOW, number=number) or self.get(number)
        call = self._calls.find(row["call"]) if row["call"] else None
        view = self._view(row)
        view["assignments"] = [each | self._amendments.standing(each["id"]) for each in view["assignments"]]
        return view | {
            "unsent_since": row.get("unsent_since"),
            "caller": None if call is None else _caller_view(call),
            "positions": self._positions.of(number),
            "attachments": self._db.all(_ATTACHMENTS, number=number),
        }

    def since(self, since: datetime, limit: int = 1000) -> list[Row]:
        """Tickets since a moment, newest first."""
        return [self._view(row) for row in self._db.all(_LIST, since=to_text(since), limit=limit)]

    def open(self) -> list[Row]:
        """Tickets that are not done, oldest first; those merged into another are not counted."""
        return [self._view(row) for row in self._db.all(_OPEN)]

    def _view(self, row: Row) -> Row:
        assignments = self._db.all(_ASSIGNMENTS, number=row["number"])
        return {
            "number": row["number"],
            "source": row["source"],
            "kind": row["kind"],
            "category": row["category"],
            "status": row["status"],
            "call": row["call"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "closed_at": row["closed_at"],
            "place": {name: row[name] for name in ("kecamatan", "desa", "address")},
            "position": self._positions.standing(row["number"]),
            "description": row["description"],
            "reporter": {"name": row["reporter_name"], "number": row["reporter_number"]},
            "operator": row["operator"],
            "revision": row["revision"],
            "erasures": row["erasures"],
            "verdict": row["verdict"],
            "tracking": row["tracking"],
            "master": row["master"],
            "merged": [merge["ticket"] for merge in self._db.all(_MERGED, number=row["number"])],
            "hold": _hold_view(row),
            "assignments": [_assignment_view(assignment) for assignment in assignments],
        }


def _hold_view(row: Row) -> Row | None:
    if row["held_at"] is None:
        return None
    return {"at": row["held_at"], "by": row["held_by"], "reason": row["hold_reason"]}


def _caller_view(call: Row) -> Row:
    """The call of a ticket; `language` is the one that the caller chose in the menu, None for the menu's own."""
    chosen = json.loads(call["state"] or "{}").get("language")
    return {name: call[name] for name in ("id", "display", "lane", "recording")} | {"language": chosen}


def _assignment_view(row: Row) -> Row:
    names = "id opd state dispatched_at dispatched_by acknowledged_at acknowledged_by via ended_at note pushes"
    return {name: row[name] for name in names.split()}


def checked(fields: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields as they are stored; InvalidInput for an unknown one, a wrong kind or a too long text."""
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise InvalidInput(f"isian tidak dikenal: {', '.join(sorted(unknown))}; yang ada: {', '.join(FIELDS)}")
    clean: dict[str, str | None] = {}
    for name, value in fields.items():
        if value is not None and not isinstance(value, str):
            raise InvalidInput(f"isian {name} harus teks")
        text = " ".join(value.split()) if value and name not in ("description", "address") else (value or "").strip()
        if len(text) > MAX_LENGTH[name]:
            raise InvalidInput(f"isian {name} terlalu panjang: {len(text)} huruf, paling banyak {MAX_LENGTH[name]}")
        clean[name] = text or None
    if "kind" in clean and clean["kind"] not in TICKET_KINDS:
        raise InvalidInput(f"jenis {clean['kind']!r} tidak dikenal; yang ada: {', '.join(TICKET_KINDS)}")
    return clean
