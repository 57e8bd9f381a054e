"""Present listeners to calls; the journal keeps past ones."""

from collections.abc import Collection
from datetime import datetime

from tickets.model import Actor, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Keeps a listener whose phone is rung.
_BEGIN = "INSERT INTO listeners (leg, user, call, mode, since) VALUES (:leg, :user, :call, :mode, :at)"
# Notes that the phone hears the call, or its new mode; the first moment stays.
_HEARS = """UPDATE listeners SET mode = :mode, heard_at = coalesce(heard_at, :at) WHERE leg = :leg
    RETURNING user, call, (SELECT ticket FROM calls WHERE id = call)"""
# Ends a listener, with what the journal says of it.
_END = """DELETE FROM listeners WHERE leg = :leg
    RETURNING user, call, (SELECT ticket FROM calls WHERE id = call), mode, heard_at"""
# Lists the present listeners with user, caller and operator.
_ALL = """SELECT l.leg, l.user, l.call, l.mode, l.since, l.heard_at, u.display, c.display AS caller,
    c.operator, c.stage FROM listeners l JOIN calls c ON c.id = l.call LEFT JOIN users u ON u.name = l.user
    ORDER BY l.since, l.leg"""


class Listeners:
    """Listeners by the channel of their phone; `mode` is listen, whisper or join."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def begin(self, now: datetime, leg: str, user: str, call: str, mode: str) -> None:
        """Keep a listener whose phone is being rung."""
        with self._db.ensured_write():
            self._db.run(_BEGIN, leg=leg, user=user, call=call, mode=mode, at=to_text(now))

    def hears(self, now: datetime, leg: str, mode: str) -> None:
        """Note that the phone hears the call from now on, or in another mode."""
        with self._db.ensured_write():
            row = self._db.run(_HEARS, leg=leg, mode=mode, at=to_text(now)).fetchone()
            if row is not None:
                user, call, ticket = row
                actor, data = Actor("user", user), {"operator": user, "mode": mode}
                self._journal.append(now, "operator.listening", actor, call=call, ticket=ticket, data=data)

    def end(self, now: datetime, leg: str, why: str) -> None:
        """End a listener; journalled where anything was heard."""
        with self._db.ensured_write():
            row = self._db.run(_END, leg=leg).fetchone()
            if row is None or row[4] is None:
                return
            user, call, ticket, mode, heard_at = row
            seconds = round((now - from_text(heard_at)).total_seconds(), 1)
            actor, data = Actor("user", user), {"operator": user, "mode": mode, "seconds": seconds, "why": why}
            self._journal.append(now, "operator.listened", actor, call=call, ticket=ticket, data=data)

    def end_all_but(self, now: datetime, legs: Collection[str], why: str) -> None:
        """End every listener whose phone is not one of these."""
        with self._db.ensured_write():
            for row in self.all():
                if row["leg"] not in legs:
                    self.end(now, row["leg"], why)

    def all(self) -> list[Row]:
        """Listeners, also those whose phone still rings (`heard_at` is null): `leg user display call caller
        operator stage mode since heard_at`."""
        return self._db.all(_ALL)
