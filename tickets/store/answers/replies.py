"""Answers to requests that carry a key: a repeated request gets the same answer, and does nothing."""

from datetime import datetime, timedelta

from tickets.errors import Conflict
from tickets.model import Row, to_text
from tickets.store.connection import Connection

# Finds the answer that this user's request got.
_FIND = "SELECT * FROM replies WHERE key = :key AND user = :user"
# Keeps an answer.
_KEEP = """INSERT INTO replies (key, user, request, at, status, body)
    VALUES (:key, :user, :request, :at, :status, :body)"""
# Forgets old ones.
_FORGET = "DELETE FROM replies WHERE at < :at"

# a telephone that was off for longer sends old news
KEPT = timedelta(days=14)


class Replies:
    """Answers kept in the transaction of their action: it is done once, or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def find(self, key: str, user: str, request: str) -> Row | None:
        """The answer that this user's request with this key got; Conflict when that was another request."""
        row = self._db.one(_FIND, key=key, user=user)
        if row is not None and row["request"] != request:
            raise Conflict("kunci kiriman ini sudah dipakai untuk isi yang lain")
        return row

    def keep(self, now: datetime, key: str, user: str, request: str, status: int, body: str) -> None:
        """Remember an answer (JSON), and forget old ones."""
        with self._db.ensured_write():
            self._db.run(_FORGET, at=to_text(now - KEPT))
            self._db.run(_KEEP, key=key, user=user, request=request, at=to_text(now), status=status, body=body)
