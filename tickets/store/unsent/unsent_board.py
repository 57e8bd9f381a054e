"""Reads of emergencies that nobody has sent, for pages, figures and the doctor; nothing here writes."""

from tickets.model import Row
from tickets.store.connection import Connection

# Lists them, the weightiest sign first and then the oldest, each with how far its pushes have come.
_ROWS = """SELECT e.id, e.ticket AS number, e.sign, e.weight, e.since, e.edited_at, e.begun_at, t.kind, t.category,
    t.kecamatan, t.desa, t.address, t.description, t.created_at, c.display,
    coalesce(t.operator, c.operator) AS operator,
    (SELECT count(*) FROM assignments a WHERE a.ticket = e.ticket AND a.ended_at IS NULL
        AND a.state <> 'ditolak') AS agencies,
    (SELECT coalesce(sum(s.tries), 0) FROM unsent_steps s WHERE s.episode = e.id) AS pushes,
    (SELECT coalesce(max(s.step), -1) FROM unsent_steps s WHERE s.episode = e.id AND s.tries > 0) AS step
    FROM unsent_episodes e JOIN tickets t ON t.number = e.ticket LEFT JOIN calls c ON c.id = t.call
    WHERE e.ended_at IS NULL ORDER BY e.weight, e.since, e.id LIMIT :limit OFFSET :offset"""
# Counts them and finds the oldest.
_SUMMARY = "SELECT count(*), min(since) FROM unsent_episodes WHERE ended_at IS NULL"


class UnsentBoard:
    """Open episodes as pages show them."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def rows(self, limit: int, offset: int = 0) -> list[Row]:
        """Emergencies that nobody has sent, the most urgent first; `step` is the last that was pushed, -1: none."""
        return self._db.all(_ROWS, limit=limit, offset=offset)

    def summary(self) -> tuple[int, str | None]:
        """Number of them, and the time since which the oldest waits."""
        count, oldest = self._db.run(_SUMMARY).fetchone()
        return int(count), oldest
