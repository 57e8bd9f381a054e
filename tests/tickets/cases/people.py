"""The people and the reports that use cases are tried with."""

from dataclasses import dataclass, field
from typing import Any

from tests.tickets.world import START, make_routing
from tickets.cases.dispatching import dispatch
from tickets.model import Actor, Row
from tickets.routing import Routing
from tickets.store import Store
from tickets.store.calls import NewCall

NOW = START
DAY = "20261122"
FIRE: Row = {"kind": "emergency", "category": "kebakaran", "kecamatan": "Tahunan"}


@dataclass(frozen=True)
class Person:
    """A logged-in user."""

    name: str
    role: str
    opd: str | None = None

    @property
    def actor(self) -> Actor:
        return Actor("user", self.name)


SITI = Person("siti", "operator")
BUDI = Person("budi", "operator")
PUSAT = Person("pusat", "command")
DAMKAR = Person("damkar", "opd", "damkar")
BPBD = Person("bpbd", "opd", "bpbd")


@dataclass
class Office:
    """A store, and the routing that use cases are handed."""

    store: Store
    routing: Routing = field(default_factory=make_routing)

    def ticket(self, **fields: Any) -> str:
        """A ticket without a call."""
        number = self.store.tickets.create(NOW, DAY, SITI.actor)
        self.store.tickets.update(NOW, number, fields, SITI.actor)
        return number

    def call(self, id: str = "c1", number: str = "+6281326554021", **columns: Any) -> str:
        """A call that has arrived, with these columns of its row; the number of its ticket."""
        new = NewCall(id, number, number, False, True, "112")
        ticket = self.store.calls.arrive(NOW, DAY, new)
        self.store.calls.step(NOW, id, ticket, columns, ())
        return ticket

    def sent(self, opd: str = "damkar", **fields: Any) -> Row:
        """An assignment of a fire."""
        return self.given(self.ticket(**(FIRE | fields)), opd)

    def given(self, number: str, opd: str = "damkar") -> Row:
        """The assignment of a ticket that is dispatched now."""
        dispatch(self.store, self.routing, NOW, number, (opd,), SITI.actor)
        return self.assignment(number, opd)

    def assignment(self, number: str, opd: str = "damkar") -> Row:
        """The newest assignment of an agency to a ticket."""
        rows = [row for row in self.store.tickets.show(number)["assignments"] if row["opd"] == opd]
        return self.store.assignments.get(rows[-1]["id"])

    def intervals(self, assignment: int) -> list[float]:
        """The seconds between the repetitions of each open push of an assignment."""
        rows = self.store.connection.all(
            "SELECT every_s FROM pushes WHERE assignment = :id AND done_at IS NULL ORDER BY id", id=assignment
        )
        return [row["every_s"] for row in rows]

    def kinds(self, prefix: str) -> list[str]:
        """The journal rows of these kinds, oldest first."""
        return [row["kind"] for row in self.store.journal.after(0, 10_000) if row["kind"].startswith(prefix)]
