"""Calls for the figures of screening, and those that still wait for a verdict."""

from datetime import datetime

from tickets.model import Row, to_text
from tickets.store.connection import Connection

# Reads the calls of a period with their verdicts, for the figures of screening.
_FIGURES = """SELECT c.arrived_at, c.answered_at, c.ringing_at, c.talking_at, c.ended_at, c.lane, c.outcome, c.keys,
    c.doubt, c.sampled, c.handled_by, c.state ->> 'person' AS person, v.verdict
    FROM calls c LEFT JOIN verdicts v ON v.ticket = c.ticket AND v.replaced_at IS NULL
    WHERE c.arrived_at >= :since AND c.arrived_at < :until ORDER BY c.arrived_at"""
# Ended calls that gave any sign of a person and have no verdict.
_UNJUDGED = """FROM calls c JOIN tickets t ON t.number = c.ticket
    WHERE c.arrived_at >= :since AND c.ended_at IS NOT NULL AND (c.keys <> '' OR c.lane IS NOT NULL OR c.recording
    IS NOT NULL OR c.state ->> 'person')
    AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.ticket = c.ticket AND v.replaced_at IS NULL)"""
# Lists them, first those that somebody can judge at once: a talk or a message.
_UNJUDGED_LIST = f"""SELECT c.id, c.ticket, c.display, c.number, c.arrived_at, c.lane, c.mark, c.outcome, c.operator,
    c.recording, c.keys, c.doubt, c.sampled, t.category, t.status, t.description {_UNJUDGED}
    ORDER BY c.sampled DESC, c.outcome IN ('talked', 'message') DESC, c.arrived_at DESC
    LIMIT :limit OFFSET :offset"""
# Counts them.
_UNJUDGED_COUNT = f"SELECT count(*) {_UNJUDGED}"


class Screening:
    """Reads for the figures of screening; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def calls(self, since: datetime, until: datetime) -> list[Row]:
        """Calls that came in a period, each with its present `verdict`, for `tickets.screening.figures.figures`."""
        return self._db.all(_FIGURES, since=to_text(since), until=to_text(until))

    def unjudged(self, since: datetime, limit: int = 50, offset: int = 0) -> tuple[int, list[Row]]:
        """Calls without a verdict that gave any sign or have a recording: how many, and the first of them."""
        count = self._db.run(_UNJUDGED_COUNT, since=to_text(since)).fetchone()[0]
        return int(count), self._db.all(_UNJUDGED_LIST, since=to_text(since), limit=limit, offset=offset)
