"""Complaints: a tracking number for each, and a state that follows its assignments in their own transaction."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from tickets.complaints import tracking
from tickets.complaints.states import ENDED, SOURCES, TOLD_STATES, Overdue, Standing, standing
from tickets.errors import Conflict, InvalidInput, NotFound, StoreUnavailable
from tickets.model import TURNED_DOWN_STATE, WAITING_STATE, Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.merging import Merging
from tickets.store.tickets import Tickets
from tickets.store.wadul_outbox import WadulOutbox

APPLICATION = Actor("process", "wadul")
_TRIES = 50
# Reads a ticket's complaint.
_ONE = "SELECT * FROM complaints WHERE ticket = :ticket"
# Finds the ticket of a tracking number.
_TRACKED = "SELECT ticket FROM complaints WHERE tracking = :tracking"
# Files a complaint; no row where the tracking number or the ticket is taken.
_INSERT = """INSERT INTO complaints (ticket, tracking, state, source, link, filed_at, filed_by, moved_at, moved_by)
    VALUES (:ticket, :tracking, 'masuk', :source, :link, :at, :by, :at, :by) ON CONFLICT DO NOTHING"""
# Sets a complaint's state and the moments that follow from its assignments.
_MOVE = """UPDATE complaints SET state = :state, passed_at = :passed, answered_at = :answered, ended_at = :ended,
    moved_at = :at, moved_by = :by WHERE ticket = :ticket"""
# Rejects a complaint.
_REJECT = "UPDATE complaints SET state = 'ditolak', moved_at = :at, moved_by = :by WHERE ticket = :ticket"
# Keeps the answer that its author may read.
_TEXT = "UPDATE complaints SET text = :text WHERE ticket = :ticket"
# Keeps what the government's own application said, and its number; a first moment stays.
_TOLD = """UPDATE complaints SET told = coalesce(:state, told), theirs = coalesce(:theirs, theirs),
    passed_at = CASE WHEN :state IN ('diteruskan', 'dijawab') THEN coalesce(passed_at, :at) ELSE passed_at END,
    answered_at = CASE WHEN :state = 'dijawab' THEN coalesce(answered_at, :at) ELSE answered_at END
    WHERE ticket = :ticket"""
# Notes when a late complaint was last raised.
_ALARMED = "UPDATE complaints SET alarmed_at = :at WHERE ticket = :ticket"
# Remembers a message's signature; no row where it came before.
_SEEN = "INSERT INTO wadul_received (signature, at) VALUES (:signature, :at) ON CONFLICT DO NOTHING"
# Forgets signatures of messages that are too old to be accepted.
_FORGET = "DELETE FROM wadul_received WHERE at < :before"
# The columns of a complaint with its ticket, caller and first waiting hand-over, for a condition to be added.
_SELECT = """SELECT k.*, t.kind, t.category, t.status, t.kecamatan, t.desa, t.address, t.description, t.reporter_name,
    t.reporter_number, c.display, o.id AS outbox, o.attempts, o.last_error, o.dead_at FROM complaints k
    JOIN tickets t ON t.number = k.ticket LEFT JOIN calls c ON c.id = t.call
    LEFT JOIN wadul_outbox o ON o.id = (SELECT min(id) FROM wadul_outbox WHERE ticket = k.ticket AND sent_at IS NULL)"""
_ON_ITS_OWN = "k.ticket NOT IN (SELECT ticket FROM merges)"  # a merged complaint follows its master
# Since when an agency that has it has not answered.
_WAITS_SINCE = """(SELECT min(CASE WHEN a.state IN ('dikirim', 'ditolak') THEN a.dispatched_at END) FROM assignments a
    WHERE a.ticket = k.ticket AND a.ended_at IS NULL)"""
# A term is over: the moments are handed in before which such a term must have begun.
_LATE = f"""(k.state <> 'darurat' AND (k.filed_at < :done OR (k.state = 'masuk' AND k.filed_at < :pass_on)
    OR (k.state <> 'masuk' AND {_WAITS_SINCE} < :answer)))"""
_OPEN_ORDER = "k.state <> 'darurat', k.filed_at, k.ticket LIMIT :limit OFFSET :offset"
# Lists open complaints, oldest first.
_OPEN = f"{_SELECT} WHERE k.ended_at IS NULL AND {_ON_ITS_OWN} ORDER BY k.filed_at LIMIT :limit"
# Lists the inbox, emergencies first, of one state where given.
_INBOX = f"""{_SELECT} WHERE k.ended_at IS NULL AND {_ON_ITS_OWN} AND k.state = coalesce(:state, k.state)
    ORDER BY {_OPEN_ORDER}"""
# Lists its late ones.
_INBOX_LATE = f"{_SELECT} WHERE k.ended_at IS NULL AND {_ON_ITS_OWN} AND {_LATE} ORDER BY {_OPEN_ORDER}"
# Lists those whose hand-over is not tried any more.
_INBOX_DEAD = f"{_SELECT} WHERE k.ended_at IS NULL AND {_ON_ITS_OWN} AND o.dead_at IS NOT NULL ORDER BY {_OPEN_ORDER}"
# Counts the late ones.
_LATE_COUNT = f"SELECT count(*) FROM complaints k WHERE k.ended_at IS NULL AND {_ON_ITS_OWN} AND {_LATE}"
# Lists ended complaints, newest first.
_ENDED = f"{_SELECT} WHERE k.ended_at IS NOT NULL ORDER BY k.ended_at DESC LIMIT :limit"
# Reads one complaint whole.
_SHOW = f"{_SELECT} WHERE k.ticket = :ticket"
# Searches by tracking number, ticket, place or words; reads all there is, for a person who searches.
_FOUND = f"""{_SELECT} WHERE k.tracking = :q OR k.theirs = :q OR k.ticket LIKE '%' || :like || '%' ESCAPE '\\'
    OR t.description LIKE '%' || :like || '%' ESCAPE '\\' OR t.desa LIKE '%' || :like || '%' ESCAPE '\\'
    OR t.address LIKE '%' || :like || '%' ESCAPE '\\' ORDER BY k.filed_at DESC LIMIT :limit"""
# Counts open complaints by state.
_COUNTS = f"SELECT state, count(*) AS n FROM complaints k WHERE ended_at IS NULL AND {_ON_ITS_OWN} GROUP BY 1"
# Reads the times of open complaints for the clocks: filed, waiting, last touched, last raised.
_OPEN_TIMES = f"""SELECT k.ticket, k.state, k.filed_at, k.alarmed_at, {_WAITS_SINCE} AS waits_since,
    (SELECT max(a.updated_at) FROM assignments a WHERE a.ticket = k.ticket AND a.ended_at IS NULL) AS touched_at
    FROM complaints k WHERE k.ended_at IS NULL AND {_ON_ITS_OWN} ORDER BY k.filed_at"""
# Reads the assignments of several complaints.
_ASSIGNMENTS = """SELECT id, ticket, opd, state, dispatched_at, acknowledged_at, acknowledged_by, updated_at, ended_at,
    note FROM assignments WHERE ticket IN (SELECT value FROM json_each(:tickets)) ORDER BY id"""
UNANSWERED = (WAITING_STATE, TURNED_DOWN_STATE)
_FOLLOWED = ("ticket.", "assignment.")


class Complaints:
    """Complaints by their ticket's number."""

    def __init__(
        self, connection: Connection, journal: Journal, tickets: Tickets, outbox: WadulOutbox, merging: Merging
    ) -> None:
        self._db = connection
        self._journal = journal
        self._tickets = tickets
        self._outbox = outbox
        self._merging = merging
        journal.of_tickets.append(self._follow)

    def file(self, now: datetime, ticket: str, actor: Actor, source: str = "112", link: str | None = None) -> Row:
        """File a ticket's complaint, with a new tracking number where it has none yet; returns its row."""
        if source not in SOURCES:
            raise InvalidInput(f"isian source {source!r} tidak dikenal; yang ada: {', '.join(SOURCES)}")
        with self._db.ensured_write():
            row = self._tickets.get(ticket)
            if row["kind"] != "complaint":
                raise Conflict(f"tiket {ticket} bukan aduan")
            if self.find(ticket) is None:
                number = self._number(now, ticket, actor, source, link)
                data = {"tracking": number, "source": source}
                self._journal.append(now, "complaint.filed", actor, call=row["call"], ticket=ticket, data=data)
                self._outbox.put(now, ticket, "filed", "masuk")
            self._settle(now, ticket, actor)
            return self.get(ticket)

    def _number(self, now: datetime, ticket: str, actor: Actor, source: str, link: str | None) -> str:
        values = {"ticket": ticket, "source": source, "link": link, "at": to_text(now), "by": actor.name}
        for _ in range(_TRIES):
            number = tracking.new()
            if self._db.run(_INSERT, tracking=number, **values).rowcount:
                return number
        raise StoreUnavailable("nomor aduan tidak bisa dibuat: hampir semua sudah terpakai")

    def _follow(self, now: datetime, kind: str, actor: object, ticket: str) -> None:
        """Bring the complaint of a changed ticket up to date in the same transaction; a dispatch files one where it is
        missing."""
        if not kind.startswith(_FOLLOWED):
            return
        by = actor if isinstance(actor, Actor) else Actor("process", str(actor))
        if kind == "ticket.dispatched" and self.find(ticket) is None:
            if self._tickets.get(ticket)["kind"] == "complaint":
                self.file(now, ticket, by)
            return
        for followed in (ticket, *self._merging.of(ticket)):
            self._settle(now, followed, by)

    def _settle(self, now: datetime, ticket: str, actor: Actor) -> None:
        row = self.find(ticket)
        if row is None:
            return
        present = self._standing(row, ticket)
        moments = {"passed": present.passed_at, "answered": present.answered_at, "ended": present.ended_at}
        if (present.state, *moments.values()) == (row["state"], row["passed_at"], row["answered_at"], row["ended_at"]):
            return
        at, by = (to_text(now), actor.name) if present.state != row["state"] else (row["moved_at"], row["moved_by"])
        self._db.run(_MOVE, ticket=ticket, state=present.state, at=at, by=by, **moments)
        if present.state != row["state"]:
            self._moved(now, ticket, row["state"], present.state, actor)

    def _standing(self, row: Row, ticket: str) -> Standing:
        """Derive its state from its own ticket and assignments, or from those of the ticket that it is merged into."""
        master = self._merging.master_of(ticket)
        if master is None:
            return standing(row, self._tickets.get(ticket), self._assigned(ticket))
        theirs = self.find(master)
        if theirs is not None:
            row = row | {name: theirs[name] for name in ("state", "told")}
        return standing(row, self._tickets.get(master), self._assigned(master))

    def _assigned(self, ticket: str) -> list[Row]:
        return self._db.all(_ASSIGNMENTS, tickets=json.dumps([ticket]))

    def _moved(self, now: datetime, ticket: str, before: str, state: str, actor: Actor) -> None:
        self._journal.append(now, "complaint.moved", actor, ticket=ticket, data={"before": before, "state": state})
        if actor != APPLICATION:  # it knows its own message
            self._outbox.put(now, ticket, "moved", state)

    def reject(self, now: datetime, ticket: str, actor: Actor, reason: str) -> None:
        """End a complaint that is none, with a reason that its author may read; Conflict while an OPD works on it."""
        with self._db.ensured_write():
            row = self.get(ticket)
            if row["state"] in ENDED:
                raise Conflict(f"aduan {tracking.shown(row['tracking'])} sudah «{row['state']}»")
            self._db.run(_REJECT, ticket=ticket, at=to_text(now), by=actor.name)
            self._say(now, ticket, actor, reason)
            self._moved(now, ticket, row["state"], "ditolak", actor)
            self._tickets.close(now, ticket, actor, "aduan ditolak")

    def answer(self, now: datetime, ticket: str, actor: Actor, answer: str) -> None:
        """End a complaint with an answer that its author may read; of one that is done, the answer alone is set."""
        with self._db.ensured_write():
            row = self.get(ticket)
            self._say(now, ticket, actor, answer)
            if row["state"] not in ENDED:
                self._tickets.close(now, ticket, actor, "aduan dijawab")

    def _say(self, now: datetime, ticket: str, actor: Actor, text: str) -> None:
        if not text.strip():
            raise InvalidInput("isian text harus berisi jawaban")
        self._db.run(_TEXT, ticket=ticket, text=text.strip())
        self._journal.append(now, "complaint.answered", actor, ticket=ticket, data={"note": text.strip()})

    def told(
        self, now: datetime, number: str, state: str | None, answer: str | None = None, theirs: str | None = None
    ) -> Row:
        """Follow what the government's own application says of a tracking number; returns the complaint after it.

        Conflict where it calls a complaint over on which an OPD still works; an earlier state changes nothing."""
        if state is not None and state not in TOLD_STATES:
            raise InvalidInput(f"isian state {state!r} tidak dikenal; yang ada: {', '.join(TOLD_STATES)}")
        with self._db.ensured_write():
            row = self.of_tracking(number)
            ticket = row["ticket"]
            data = {"state": state, "theirs": theirs}
            self._db.run(_TOLD, ticket=ticket, state=state, theirs=theirs, at=to_text(now))
            self._journal.append(now, "complaint.told", APPLICATION, ticket=ticket, data=data)
            if state == "ditolak" and row["state"] not in ENDED:
                self.reject(now, ticket, APPLICATION, answer or "ditolak")
            elif state == "selesai" and row["state"] not in ENDED:
                self.answer(now, ticket, APPLICATION, answer or "selesai")
            elif answer:
                self._say(now, ticket, APPLICATION, answer)
            self._settle(now, ticket, APPLICATION)
            return self.get(ticket)

    def accepted(self, now: datetime, ticket: str, theirs: str) -> None:
        """Keep the application's own number for a complaint that it took."""
        with self._db.ensured_write():
            self._db.run(_TOLD, ticket=ticket, state=None, theirs=theirs, at=to_text(now))
            self._journal.append(now, "complaint.told", APPLICATION, ticket=ticket, data={"theirs": theirs})

    def first_time(self, now: datetime, signature: str, kept: timedelta) -> bool:
        """Remember a signed message; True the first time. Messages older than `kept` are forgotten."""
        with self._db.ensured_write():
            self._db.run(_FORGET, before=to_text(now - kept))
            return bool(self._db.run(_SEEN, signature=signature, at=to_text(now)).rowcount)

    def alarmed(self, now: datetime, ticket: str, term: str, left: int) -> None:
        """Note that a late complaint was raised with the contacts above."""
        with self._db.ensured_write():
            self._db.run(_ALARMED, ticket=ticket, at=to_text(now))
            data = {"what": term, "days": -left}
            self._journal.append(now, "complaint.late", Actor("process", "escalate"), ticket=ticket, data=data)

    def find(self, ticket: str) -> Row | None:
        """The complaint of a ticket, or None."""
        return self._db.one(_ONE, ticket=ticket)

    def get(self, ticket: str) -> Row:
        """The complaint of a ticket; NotFound when it has none."""
        row = self.find(ticket)
        if row is None:
            raise NotFound(f"tiket {ticket} bukan aduan")
        return row

    def of_tracking(self, number: str) -> Row:
        """A complaint by its tracking number; NotFound when there is none."""
        row = self._db.one(_TRACKED, tracking=number)
        if row is None:
            raise NotFound(f"aduan {tracking.shown(number)} tidak ada")
        return self.get(row["ticket"])

    def show(self, ticket: str) -> Row:
        """One complaint with its ticket's report, its assignments and what waits to be handed over."""
        rows = self._whole(self._db.all(_SHOW, ticket=ticket))
        if not rows:
            raise NotFound(f"tiket {ticket} bukan aduan")
        return rows[0]

    def open(self, limit: int = 500) -> list[Row]:
        """Open complaints, oldest first, as `show` gives them."""
        return self._whole(self._db.all(_OPEN, limit=limit))

    def inbox(self, limit: int, offset: int = 0, state: str | None = None) -> list[Row]:
        """As `open`, emergencies first; of one `state` where given."""
        return self._whole(self._db.all(_INBOX, limit=limit, offset=offset, state=state))

    def late(self, over: Overdue, limit: int, offset: int = 0) -> list[Row]:
        """As `inbox`, complaints whose term is over."""
        return self._whole(self._db.all(_INBOX_LATE, limit=limit, offset=offset, **over.texts()))

    def late_count(self, over: Overdue) -> int:
        """Number of complaints that `late` gives without a limit."""
        return int(self._db.run(_LATE_COUNT, **over.texts()).fetchone()[0])

    def undelivered(self, limit: int, offset: int = 0) -> list[Row]:
        """As `inbox`, complaints whose hand-over is not tried any more."""
        return self._whole(self._db.all(_INBOX_DEAD, limit=limit, offset=offset))

    def ended(self, limit: int = 50) -> list[Row]:
        """Ended complaints, newest first."""
        return self._whole(self._db.all(_ENDED, limit=limit))

    def search(self, text: str, limit: int = 50) -> list[Row]:
        """By tracking number (ours or the application's), ticket, place or words of the report; newest first."""
        like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self._whole(self._db.all(_FOUND, q=tracking.parse(text) or text, like=like, limit=limit))

    def counts(self) -> dict[str, int]:
        """Numbers of open complaints by state."""
        return {row["state"]: row["n"] for row in self._db.all(_COUNTS)}

    def running(self) -> list[Row]:
        """For the clocks, of each that has not ended: `ticket state filed_at alarmed_at waits_since touched_at`."""
        return self._db.all(_OPEN_TIMES)

    def _whole(self, rows: Iterable[Row]) -> list[Row]:
        whole: list[Row] = list(rows)
        by_ticket: dict[str, list[Row]] = defaultdict(list)
        for assignment in self._db.all(_ASSIGNMENTS, tickets=json.dumps([row["ticket"] for row in whole])):
            by_ticket[assignment["ticket"]].append(assignment)
        return [row | _part(by_ticket[row["ticket"]]) for row in whole]


def _part(assignments: list[Row]) -> Row:
    waits = min((row["dispatched_at"] for row in assignments if row["state"] in UNANSWERED), default=None)
    return {"assignments": assignments, "waits_since": waits}
