"""The store: the only place that knows SQLite.

`Store` is one connection for one thread; `tickets.store.thread.StoreThread` gives it to asyncio.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tickets.store.answers.amendments import Amendments
from tickets.store.answers.burning import Burning
from tickets.store.answers.links import Links
from tickets.store.answers.receipts import Receipts
from tickets.store.answers.replies import Replies
from tickets.store.answers.undoing import Undoing
from tickets.store.assignments import Assignments
from tickets.store.boards import Boards
from tickets.store.callbacks import Callbacks
from tickets.store.callers.caller_numbers import Numbers
from tickets.store.callers.erasure import Erasure
from tickets.store.callers.incidents import Incidents
from tickets.store.callers.positions import Positions
from tickets.store.callers.refused_calls import RefusedCalls
from tickets.store.callers.reputations import Reputations
from tickets.store.callers.retention import Retention
from tickets.store.callers.screening import Screening
from tickets.store.callers.trunk_troubles import TrunkTroubles
from tickets.store.calls import Calls
from tickets.store.complaints import Complaints
from tickets.store.connection import Connection
from tickets.store.contact_tests import TestPushes
from tickets.store.journal import Journal
from tickets.store.ledger import Ledger
from tickets.store.merging import Merging
from tickets.store.people.absences import Absences
from tickets.store.people.field_edits import FieldEdits
from tickets.store.people.handovers import Handovers
from tickets.store.people.listeners import Listeners
from tickets.store.people.nudges import Nudges
from tickets.store.people.people import People
from tickets.store.people.push_devices import PushDevices
from tickets.store.people.sessions import Sessions
from tickets.store.people.snoozes import Snoozes
from tickets.store.search.backlog import Backlog
from tickets.store.search.notes import Notes
from tickets.store.search.searches import Searches
from tickets.store.search.text_index import TextIndex
from tickets.store.spilled import Spilled
from tickets.store.tickets import Tickets
from tickets.store.unsent.episodes import Episodes
from tickets.store.unsent.unsent_board import UnsentBoard
from tickets.store.unsent.unsent_pushes import UnsentPushes
from tickets.store.unsent.unsent_targets import UnsentTargets
from tickets.store.wadul_outbox import WadulOutbox


class Store:
    """Calls, tickets, assignments, people and the journal of one instance, over one connection.

    Every method that changes something is one transaction with its journal rows; inside `transaction()` several become
    one. Raises StoreUnavailable when SQLite refuses. `number_key` is the secret under which numbers are remembered
    after they were erased (a function where it may change); a caller that neither judges nor reads a reputation needs
    none. `migrate` is False where another connection of this process has brought the schema up to date."""

    def __init__(self, path: Path, number_key: str | Callable[[], str] = "", *, migrate: bool = True) -> None:
        self.connection = Connection(path)
        if migrate:
            self.connection.migrate()
        self.journal = Journal(self.connection)
        self.calls = Calls(self.connection, self.journal)
        notes = Notes(self.connection)
        self.text_index = TextIndex(self.connection, notes)
        self.journal.of_notes.append(self.text_index.noted)
        self.backlog = Backlog(self.connection, self.text_index, notes)
        self.field_edits = FieldEdits(self.connection)
        self.amendments = Amendments(self.connection, self.journal)
        self.positions = Positions(self.connection, self.journal, self.amendments)
        self.tickets = Tickets(
            self.connection,
            self.journal,
            self.calls,
            self.field_edits,
            self.text_index,
            self.amendments,
            self.positions,
        )
        self.refused = RefusedCalls(self.connection, self.journal, self.calls, self.tickets)
        self.trunk_troubles = TrunkTroubles(self.connection, self.journal)
        self.assignments = Assignments(self.connection, self.journal, self.amendments)
        # created before the complaints, which follow its changes in the journal
        self.merging = Merging(
            self.connection, self.journal, self.tickets, self.assignments, self.amendments, self.positions
        )
        self.outbox = WadulOutbox(self.connection, self.journal)
        self.complaints = Complaints(self.connection, self.journal, self.tickets, self.outbox, self.merging)
        # after those whose changes it judges
        self.unsent = Episodes(self.connection, self.journal)
        self.unsent_targets = UnsentTargets(self.connection, self.journal)
        self.unsent_pushes = UnsentPushes(self.connection, self.journal, self.unsent_targets)
        self.unsent_board = UnsentBoard(self.connection)
        self.absences = Absences(self.connection, self.journal)
        self.snoozes = Snoozes(self.connection, self.journal, self.assignments)
        self.burning = Burning(self.connection)
        self.nudges = Nudges(self.connection, self.journal, self.assignments)
        self.ledger = Ledger(self.connection)
        self.links = Links(self.connection, self.journal, self.assignments)
        self.sessions = Sessions(self.connection, self.journal)
        self.people = People(self.connection, self.journal, self.sessions)
        self.listeners = Listeners(self.connection, self.journal)
        self.handovers = Handovers(self.connection, self.journal)
        self.callbacks = Callbacks(self.connection, self.journal)
        self.boards = Boards(self.connection, self.amendments)
        self.incidents = Incidents(self.connection)
        key = number_key if callable(number_key) else lambda: number_key
        self.reputations = Reputations(self.connection, self.journal, self.tickets, key)
        self.numbers = Numbers(self.connection, self.journal, self.reputations)
        self.retention = Retention(self.connection, self.journal, self.text_index)
        self.erasure = Erasure(self.connection, self.journal, self.numbers, self.retention)
        self.screening = Screening(self.connection)
        self.searches = Searches(self.connection, self.journal, self.text_index, self.backlog, notes)
        self.spilled = Spilled(self.connection)
        self.replies = Replies(self.connection)
        self.undoing = Undoing(self.connection, self.journal, self.assignments)
        self.receipts = Receipts(self.connection, self.journal, self.assignments)
        self.test_pushes = TestPushes(self.connection, self.journal)
        self.push_devices = PushDevices(self.connection, self.journal)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the body as one transaction: all of it is kept, or nothing."""
        with self.connection.ensured_write():
            yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Within a transaction, a part that may fail alone."""
        with self.connection.savepoint():
            yield

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


__all__ = ["Store"]
