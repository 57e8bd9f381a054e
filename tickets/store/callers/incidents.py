"""One incident, many callers: who reported it, and who rang at that time and gave up before anybody answered."""

from datetime import datetime

from tickets.model import Row, to_text
from tickets.store.connection import Connection

_ON_ITS_OWN = "NOT EXISTS (SELECT 1 FROM merges x WHERE x.ticket = t.number)"
# Lists the newest open tickets of a known category that are linked to no other, with their callers so far.
_INCIDENTS = f"""SELECT t.number, t.kind, t.category, t.kecamatan, t.desa, t.address, t.status, t.created_at,
    (SELECT count(*) FROM merges m WHERE m.master = t.number) AS merged,
    (SELECT max(l.created_at) FROM merges m JOIN tickets l ON l.number = m.ticket WHERE m.master = t.number) AS last_at,
    (SELECT count(*) FROM merges m JOIN callbacks b ON b.ticket = m.ticket AND b.done_at IS NULL
        WHERE m.master = t.number) AS callbacks
    FROM tickets t WHERE t.status IN ('open', 'dispatched') AND t.created_at >= :since AND t.category IS NOT NULL
    AND t.kind <> 'complaint' AND {_ON_ITS_OWN} ORDER BY t.created_at DESC LIMIT :limit"""
# Reads an incident's own ticket in the same shape.
_INCIDENT = """SELECT t.number, t.kind, t.category, t.kecamatan, t.desa, t.address, t.status, t.created_at,
    (SELECT count(*) FROM merges m WHERE m.master = t.number) AS merged,
    (SELECT max(l.created_at) FROM merges m JOIN tickets l ON l.number = m.ticket WHERE m.master = t.number) AS last_at
    FROM tickets t WHERE t.number = :number"""
_CALLER = """t.number AS ticket, t.created_at, t.kind, t.status, t.address, t.desa, t.description, t.reporter_number,
    c.display, c.lane, c.doubt, c.outcome, c.operator, v.verdict, v.by AS judged_by,
    (SELECT max(b.id) FROM callbacks b WHERE b.ticket = t.number AND b.done_at IS NULL) AS task,
    (SELECT r.operator FROM callbacks b JOIN callbacks n ON n.number = b.number JOIN callback_tries r ON r.task = n.id
        WHERE b.ticket = t.number AND b.done_at IS NULL AND n.done_at IS NULL AND r.ended_at IS NULL LIMIT 1) AS calling
    FROM tickets t LEFT JOIN calls c ON c.id = t.call
    LEFT JOIN verdicts v ON v.ticket = t.number AND v.replaced_at IS NULL"""
# Lists the callers of an incident: that of its own ticket, then those of linked ones in the order of their calls.
_CALLERS = f"""SELECT 0 AS linked, {_CALLER} WHERE t.number = :master
    UNION ALL SELECT 1 AS linked, {_CALLER} JOIN merges m ON m.ticket = t.number WHERE m.master = :master
    ORDER BY 1, 3, 2 LIMIT :limit"""
# Lists callers who gave up before anybody answered, whose ticket is empty, and who are to be called back. A silent
# caller is none of them: perhaps that person cannot speak.
_GAVE_UP = f"""SELECT {_CALLER} JOIN callbacks o ON o.ticket = t.number
    WHERE o.done_at IS NULL AND o.created_at >= :since AND c.arrived_at >= :since AND c.outcome IN ('abandoned', 'cut')
    AND t.status = 'open' AND t.category IS NULL AND t.description IS NULL AND t.address IS NULL AND t.desa IS NULL
    AND t.kecamatan IS NULL AND {_ON_ITS_OWN}
    AND NOT EXISTS (SELECT 1 FROM merges m WHERE m.master = t.number)
    AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.ticket = t.number)
    ORDER BY t.created_at, t.number LIMIT :limit"""
MOST = 500


class Incidents:
    """Reads for incidents with many callers; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, since: datetime, limit: int = 40) -> list[Row]:
        """Open incidents that were first reported since a moment, newest first: `merged` further callers, the last of
        them at `last_at`, `callbacks` of them to make."""
        return self._db.all(_INCIDENTS, since=to_text(since), limit=limit)

    def get(self, number: str) -> Row | None:
        """One ticket as an incident, or None."""
        return self._db.one(_INCIDENT, number=number)

    def callers(self, master: str, limit: int = MOST) -> list[Row]:
        """The callers of an incident: each its `ticket`, `verdict`, open `task` of calling back, and `calling`, who
        telephones with that number at the moment."""
        return self._db.all(_CALLERS, master=master, limit=limit)

    def gave_up(self, since: datetime, limit: int = MOST) -> list[Row]:
        """Callers since a moment with whom nobody has spoken and of whom nothing is written, in the same shape."""
        rows = {row["ticket"]: row | {"linked": 0} for row in self._db.all(_GAVE_UP, since=to_text(since), limit=limit)}
        return list(rows.values())
