"""The journal: everything that happened, in order, append-only."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tickets.model import Row, to_text
from tickets.store.connection import Connection

# Adds a row; only the erasure of personal data ever changes one.
_APPEND = "INSERT INTO journal (at, kind, call, ticket, actor, data) VALUES (:at, :kind, :call, :ticket, :actor, :data)"
# Reads on from a row, for followers of everything.
_AFTER = "SELECT * FROM journal WHERE seq > :seq ORDER BY seq LIMIT :limit"
# Reads on from a row what the calls process acts on.
_REQUESTS_AFTER = """SELECT * FROM journal WHERE seq > :seq AND seq <= :upto
    AND (kind GLOB 'request.*' OR kind GLOB 'user.*') ORDER BY seq"""
# Reads on from a row what changes an assignment, for the escalation daemon.
_ASSIGNMENTS_AFTER = """SELECT * FROM journal WHERE seq > :seq AND seq <= :upto
    AND (kind = 'ticket.dispatched' OR kind GLOB 'assignment.*') ORDER BY seq"""
# Reads all rows of a ticket and its call.
_OF_TICKET = "SELECT * FROM journal WHERE ticket = :ticket OR call = :call ORDER BY seq"
# Reads the newest rows of a ticket and of its call, each by its own index.
_TIMELINE = """SELECT * FROM journal WHERE seq IN (
    SELECT seq FROM (SELECT seq FROM journal WHERE ticket = :ticket AND seq < :before ORDER BY seq DESC LIMIT :limit)
    UNION SELECT seq FROM (SELECT seq FROM journal WHERE call = :call AND seq < :before ORDER BY seq DESC LIMIT :limit))
    ORDER BY seq DESC LIMIT :limit"""
# Reads a ticket's newest failed pushes.
_FAILED = "SELECT * FROM journal WHERE ticket = :ticket AND kind = 'push.failed' ORDER BY seq DESC LIMIT :limit"
# Reads a ticket's newest rows without pushes, by the index `journal_told`, which has none.
_TOLD = """SELECT * FROM journal WHERE ticket = :ticket AND (kind < 'push.' OR kind >= 'push/')
    ORDER BY seq DESC LIMIT :limit"""
# Counts the rows of a ticket and its call.
_COUNT_OF_TICKET = "SELECT count(*) FROM journal WHERE ticket = :ticket OR call = :call"
# Reads the time of the newest row, by the key.
_NEWEST_AT = "SELECT at FROM journal ORDER BY seq DESC LIMIT 1"
# Reads the newest `seq`.
_LAST = "SELECT coalesce(max(seq), 0) FROM journal"


class Journal:
    """Rows `seq at kind call ticket actor data`; written in the transaction of the change that they tell of.

    `of_tickets` are called with each row of a ticket (now, kind, actor, ticket), in that same transaction; `of_notes`
    with each of them that has a note (kind, actor, ticket, data)."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self.of_tickets: list[Callable[[datetime, str, object, str], None]] = []
        self.of_notes: list[Callable[[str, object, str, Mapping[str, Any]], None]] = []

    def append(
        self,
        now: datetime,
        kind: str,
        actor: object,
        *,
        call: str | None = None,
        ticket: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Add one row; `kind` is `noun.verb`, `data` any JSON object."""
        text = json.dumps(data, ensure_ascii=False) if data else "{}"
        self._db.run(_APPEND, at=to_text(now), kind=kind, call=call, ticket=ticket, actor=str(actor), data=text)
        if ticket is not None:
            for follow in self.of_tickets:
                follow(now, kind, actor, ticket)
            if data and data.get("note"):
                for read in self.of_notes:
                    read(kind, actor, ticket, data)

    def after(self, seq: int, limit: int = 1000) -> list[Row]:
        """Rows with a greater `seq`, oldest first."""
        return [_decoded(row) for row in self._db.all(_AFTER, seq=seq, limit=limit)]

    def requests_after(self, seq: int) -> tuple[list[Row], int]:
        """Rows with a greater `seq` that the calls process acts on, and the `seq` up to which these are complete."""
        upto = self.last()
        return [_decoded(row) for row in self._db.all(_REQUESTS_AFTER, seq=seq, upto=upto)], upto

    def assignments_after(self, seq: int) -> tuple[list[Row], int]:
        """Rows with a greater `seq` that change an assignment, and the `seq` up to which these are complete."""
        upto = self.last()
        return [_decoded(row) for row in self._db.all(_ASSIGNMENTS_AFTER, seq=seq, upto=upto)], upto

    def of_ticket(self, ticket: str, call: str | None) -> list[Row]:
        """All rows of a ticket and its call."""
        return [_decoded(row) for row in self._db.all(_OF_TICKET, ticket=ticket, call=call)]

    def newest_of_ticket(self, ticket: str, call: str | None, limit: int, before: int | None = None) -> list[Row]:
        """The last `limit` rows of a ticket and its call (`before` a `seq`, where given), oldest first."""
        values = {"ticket": ticket, "call": call, "limit": limit, "before": before or self.last() + 1}
        return [_decoded(row) for row in reversed(self._db.all(_TIMELINE, **values))]

    def told_of_ticket(self, ticket: str, limit: int) -> list[Row]:
        """The last `limit` rows of a ticket that are no pushes, oldest first."""
        return [_decoded(row) for row in reversed(self._db.all(_TOLD, ticket=ticket, limit=limit))]

    def failures_of_ticket(self, ticket: str, limit: int) -> list[Row]:
        """The last `limit` failed pushes of a ticket, oldest first."""
        return [_decoded(row) for row in reversed(self._db.all(_FAILED, ticket=ticket, limit=limit))]

    def count_of_ticket(self, ticket: str, call: str | None) -> int:
        """Number of rows that `of_ticket` gives."""
        return int(self._db.run(_COUNT_OF_TICKET, ticket=ticket, call=call).fetchone()[0])

    def last(self) -> int:
        """The newest `seq`; 0 when the journal is empty."""
        return int(self._db.run(_LAST).fetchone()[0])

    def newest_at(self) -> datetime | None:
        """Time of the newest row, by the clock of that time."""
        row = self._db.one(_NEWEST_AT)
        return None if row is None else datetime.fromisoformat(row["at"])


def _decoded(row: Row) -> Row:
    return row | {"data": json.loads(row["data"])}
