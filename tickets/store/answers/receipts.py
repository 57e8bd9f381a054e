"""Read receipts: that an agency's page showed an assignment and its siren could be heard there."""

from datetime import datetime

from tickets.model import WAITING_STATE, Actor
from tickets.store.assignments import Assignments
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Shows whether this user's receipt is in the journal already.
_NOTED = """SELECT 1 FROM journal WHERE ticket = :ticket AND kind = 'push.seen' AND actor = :actor
    AND data ->> 'assignment' = :assignment"""


class Receipts:
    """Receipts, one journal row each; a receipt is never an answer."""

    def __init__(self, connection: Connection, journal: Journal, assignments: Assignments) -> None:
        self._db = connection
        self._journal = journal
        self._assignments = assignments

    def seen(self, now: datetime, assignment: int, actor: Actor) -> bool:
        """Journal, once for each user, that it was shown and audible while it waited for an answer; False: nothing
        new."""
        with self._db.ensured_write():
            row = self._assignments.get(assignment)
            if row["state"] != WAITING_STATE:
                return False
            if self._db.one(_NOTED, ticket=row["ticket"], actor=str(actor), assignment=assignment) is not None:
                return False
            data = {"assignment": assignment, "opd": row["opd"], "channel": "page"}
            self._journal.append(now, "push.seen", actor, call=row["call"], ticket=row["ticket"], data=data)
            return True
