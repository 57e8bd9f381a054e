"""Hand-overs of a shift: what was open then, a note, and two signatures."""

import json
from datetime import datetime

from tickets.errors import Conflict, NotFound
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Signs a hand-over by who goes.
_OFFER = """INSERT INTO handovers (offered_at, going, note, shift) VALUES (:at, :going, :note, :shift) RETURNING id"""
# Puts a hand-over in the place of the one that the same person has offered before, and nobody has taken.
_REPLACE = """UPDATE handovers SET replaced_by = :id
    WHERE going = :going AND id <> :id AND taken_at IS NULL AND replaced_by IS NULL"""
# Signs it by who comes, once.
_TAKE = """UPDATE handovers SET coming = :coming, taken_at = :at
    WHERE id = :id AND taken_at IS NULL AND replaced_by IS NULL"""
# Reads one hand-over whole.
_ONE = "SELECT * FROM handovers WHERE id = :id"
# Lists the last hand-overs without what was open, newest first.
_LAST = """SELECT id, offered_at, going, coming, taken_at, replaced_by, note FROM handovers
    ORDER BY id DESC LIMIT :limit"""
# Lists those that nobody has taken yet, oldest first.
_WAITING = """SELECT id, offered_at, going FROM handovers WHERE taken_at IS NULL AND replaced_by IS NULL ORDER BY id"""
# Blanks notes that are older than reports are kept: they may name people.
_NOTES_GONE = "UPDATE handovers SET note = NULL WHERE offered_at < :before AND note IS NOT NULL"


class Handovers:
    """Hand-overs by id; a taken one never changes, but for its note when its time is over."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def offer(self, now: datetime, note: str, shift: Row, actor: Actor) -> int:
        """Sign as who goes; returns the id. An earlier one of the same person that nobody took is replaced by it."""
        with self._db.ensured_write():
            values = {"at": to_text(now), "going": actor.name, "note": note or None}
            id_ = int(self._db.run(_OFFER, **values, shift=json.dumps(shift, ensure_ascii=False)).fetchone()[0])
            self._db.run(_REPLACE, id=id_, going=actor.name)
            self._journal.append(now, "handover.offered", actor, data={"handover": id_})
        return id_

    def take(self, now: datetime, handover: int, actor: Actor) -> None:
        """Sign as who comes; Conflict for who goes, and where somebody else was first."""
        with self._db.ensured_write():
            row = self.get(handover)
            if row["going"] == actor.name:
                raise Conflict("serah terima ditandatangani dua orang: yang menerima harus orang lain")
            if row["replaced_by"] is not None:
                raise Conflict("serah terima ini sudah diganti dengan yang lebih baru")
            if not self._db.run(_TAKE, id=handover, coming=actor.name, at=to_text(now)).rowcount:
                raise Conflict(f"serah terima ini sudah diterima {row['coming']}")
            self._journal.append(now, "handover.taken", actor, data={"handover": handover, "going": row["going"]})

    def get(self, handover: int) -> Row:
        """One hand-over with its `shift`; NotFound when there is none."""
        row = self._db.one(_ONE, id=handover)
        if row is None:
            raise NotFound(f"serah terima {handover} tidak ada")
        return row | {"shift": json.loads(row["shift"])}

    def last(self, limit: int = 30) -> list[Row]:
        """The last hand-overs, newest first."""
        return self._db.all(_LAST, limit=limit)

    def waiting(self) -> list[Row]:
        """Hand-overs that nobody has taken yet."""
        return self._db.all(_WAITING)

    def expire_notes(self, before: datetime) -> int:
        """Blank the notes of old hand-overs; returns how many."""
        with self._db.ensured_write():
            return self._db.run(_NOTES_GONE, before=to_text(before)).rowcount
