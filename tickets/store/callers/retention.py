"""Retention of recordings, photos and personal data in reports. Held tickets keep all of it.

The caller removes the files (`old_…`, remove the files, `…_gone`): a crash in between leaves a row without its file,
which the pages show, and never a file without a row.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import product

from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.search.text_index import TEXTS, TextIndex

RETENTION = Actor("process", "retention")

# A ticket on which nobody works any more, and that no law holds.
OVER = """t.held_at IS NULL AND t.status NOT IN ('open', 'dispatched')
    AND NOT EXISTS (SELECT 1 FROM callbacks b WHERE b.ticket = t.number AND b.done_at IS NULL)"""
# Lists recordings of calls that are older than their term, oldest first.
_OLD_CALLS = f"""SELECT c.id, c.recording FROM calls c JOIN tickets t ON t.number = c.ticket
    WHERE c.arrived_at < :before AND c.recording IS NOT NULL AND c.ended_at IS NOT NULL
    AND (c.outcome IS 'message') = :messages AND {OVER} ORDER BY c.arrived_at LIMIT :limit"""
# Lists recordings of callbacks that are older than theirs.
_OLD_TRIES = f"""SELECT y.id, y.recording FROM callback_tries y JOIN callbacks k ON k.id = y.task
    JOIN tickets t ON t.number = k.ticket WHERE y.started_at < :before AND y.recording IS NOT NULL
    AND y.ended_at IS NOT NULL AND {OVER} ORDER BY y.started_at LIMIT :limit"""
# Forgets the names of removed recordings of calls.
_CALLS_GONE = "UPDATE calls SET recording = NULL WHERE id IN (SELECT value FROM json_each(:ids))"
# Forgets those of callbacks.
_TRIES_GONE = "UPDATE callback_tries SET recording = NULL WHERE id IN (SELECT value FROM json_each(:ids))"
# Lists every recording that is to be kept, so that the steward removes files that belong to nobody.
_KNOWN = """SELECT recording FROM calls WHERE recording IS NOT NULL
    UNION SELECT recording FROM callback_tries WHERE recording IS NOT NULL
    UNION SELECT 'failsafe-' || id FROM calls WHERE ended_at IS NULL"""
# Lists photos that are older than their term.
_OLD_PHOTOS = f"""SELECT p.id, p.value FROM attachments p JOIN assignments a ON a.id = p.assignment
    JOIN tickets t ON t.number = a.ticket WHERE p.kind = 'photo' AND p.added_at < :before AND {OVER}
    ORDER BY p.id LIMIT :limit"""
# Forgets removed photos.
_PHOTOS_GONE = "DELETE FROM attachments WHERE id IN (SELECT value FROM json_each(:ids))"
# Lists every photo that is to be kept.
_PHOTOS = "SELECT value FROM attachments WHERE kind = 'photo'"
# Lists old tickets that still say something of people.
_OLD_REPORTS = f"""SELECT t.number, t.call FROM tickets t LEFT JOIN calls c ON c.id = t.call
    WHERE t.created_at < :before AND {OVER} AND (coalesce(t.reporter_name, t.address, t.description, c.location)
    IS NOT NULL OR EXISTS (SELECT 1 FROM assignments a WHERE a.ticket = t.number AND a.note IS NOT NULL)
    OR EXISTS (SELECT 1 FROM positions p WHERE p.ticket = t.number)
    OR EXISTS (SELECT 1 FROM complaints k WHERE k.ticket = t.number AND coalesce(k.text, k.link) IS NOT NULL))
    ORDER BY t.created_at LIMIT :limit"""
# Reads the texts of a ticket whose words are indexed.
_TEXTS = f"SELECT {', '.join(TEXTS)} FROM tickets WHERE number = :number"
# Blank what people wrote of people, one table each; kind, category, kecamatan, desa and every moment stay for the
# figures.
_REPORTS_GONE = (
    """UPDATE tickets SET reporter_name = NULL, address = NULL, description = NULL, erasures = erasures + 1,
    revision = revision + 1 WHERE number IN (SELECT value FROM json_each(:tickets))""",
    "UPDATE assignments SET note = NULL WHERE ticket IN (SELECT value FROM json_each(:tickets))",
    "UPDATE complaints SET text = NULL, link = NULL WHERE ticket IN (SELECT value FROM json_each(:tickets))",
    "UPDATE calls SET location = NULL WHERE ticket IN (SELECT value FROM json_each(:tickets))",
    """UPDATE callback_tries SET note = NULL
    WHERE task IN (SELECT id FROM callbacks WHERE ticket IN (SELECT value FROM json_each(:tickets)))""",
    """UPDATE journal SET data = json_replace(data, '$.reporter_name', NULL, '$.address', NULL,
    '$.description', NULL, '$.note', NULL) WHERE ticket IN (SELECT value FROM json_each(:tickets))""",
)
# Remove where people were.
_POSITIONS_GONE = "DELETE FROM positions WHERE ticket = :ticket"
# Blank the values of what changed: on the ticket's assignments, and where it is another's further report.
_AMENDMENTS_GONE = (
    """UPDATE amendments SET before = NULL, after = NULL, pushed = NULL
    WHERE assignment IN (SELECT id FROM assignments WHERE ticket = :ticket)""",
    """UPDATE amendments SET before = NULL, after = NULL, pushed = NULL
    WHERE about = :ticket AND about <> '' AND field = 'report'""",
)


class Retention:
    """Each `old_…` gives at most `limit` rows, oldest first; none when nothing is left to do."""

    def __init__(self, connection: Connection, journal: Journal, index: TextIndex) -> None:
        self._db = connection
        self._journal = journal
        self._index = index

    def old_recordings(self, before: datetime, *, messages: bool, limit: int = 200) -> list[Row]:
        """Recordings of calls (`messages`: only those left after hours; else all but them): `id recording`."""
        return self._db.all(_OLD_CALLS, before=to_text(before), messages=messages, limit=limit)

    def old_callback_recordings(self, before: datetime, limit: int = 200) -> list[Row]:
        """Recordings of talks over the trunk: `id` of the try, `recording`."""
        return self._db.all(_OLD_TRIES, before=to_text(before), limit=limit)

    def recordings_gone(self, now: datetime, calls: Sequence[str], tries: Sequence[int] = ()) -> None:
        """Their files are removed."""
        with self._db.ensured_write():
            self._db.run(_CALLS_GONE, ids=json.dumps(list(calls)))
            self._db.run(_TRIES_GONE, ids=json.dumps(list(tries)))
            data = {"calls": len(calls), "callbacks": len(tries)}
            self._journal.append(now, "recording.expired", RETENTION, data=data)

    def recordings(self) -> set[str]:
        """The names of all recordings that are to be kept."""
        return {row["recording"] for row in self._db.all(_KNOWN)}

    def old_photos(self, before: datetime, limit: int = 200) -> list[Row]:
        """Photos: `id`, `value` (the file's name)."""
        return self._db.all(_OLD_PHOTOS, before=to_text(before), limit=limit)

    def photos_gone(self, now: datetime, ids: Sequence[int]) -> None:
        """Their files are removed."""
        with self._db.ensured_write():
            self._db.run(_PHOTOS_GONE, ids=json.dumps(list(ids)))
            self._journal.append(now, "photo.expired", RETENTION, data={"photos": len(ids)})

    def photos(self) -> set[str]:
        """The file names of all photos that are to be kept."""
        return {row["value"] for row in self._db.all(_PHOTOS)}

    def expire_reports(self, now: datetime, before: datetime, limit: int = 200) -> int:
        """Blank what old reports say of people, one batch; how many tickets."""
        with self._db.ensured_write():
            numbers = [row["number"] for row in self._db.all(_OLD_REPORTS, before=to_text(before), limit=limit)]
            self.blank_reports(numbers)
            if numbers:
                data = {"tickets": len(numbers), "before": to_text(before)}
                self._journal.append(now, "report.expired", RETENTION, data=data)
        return len(numbers)

    def blank_reports(self, tickets: Sequence[str]) -> None:
        """Names, addresses, descriptions, positions and notes of these tickets go, in the journal too."""
        with self._db.ensured_write():
            before = {number: self._db.one(_TEXTS, number=number) for number in tickets}
            for number in tickets:
                self._index.forget_notes(number)
            for sql in _REPORTS_GONE:
                self._db.run(sql, tickets=json.dumps(list(tickets)))
            for sql, ticket in product((*_AMENDMENTS_GONE, _POSITIONS_GONE), tickets):
                self._db.run(sql, ticket=ticket)
            for number, row in before.items():
                if row is not None and (after := self._db.one(_TEXTS, number=number)) is not None:
                    self._index.changed(number, row, after)
