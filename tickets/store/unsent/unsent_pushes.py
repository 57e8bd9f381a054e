"""The pushes of emergencies that nobody has sent: planned when the ladder begins, repeated without end."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tickets.escalation.gaps import Duty, Span, Tried
from tickets.escalation.unsent import UnsentRules, UnsentStep, begins_at, first_due
from tickets.model import Actor, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.unsent.unsent_targets import UnsentTargets

ESCALATE = Actor("process", "escalate")
# Lists open episodes whose ladder has not begun.
_NOT_BEGUN = """SELECT * FROM unsent_episodes WHERE ended_at IS NULL AND begun_at IS NULL
    ORDER BY weight, since, id"""
# Lists the open steps with the desk that they concern, in the order of each ladder.
_STEPS = """SELECT s.*, e.ticket, coalesce(t.operator, c.operator) AS operator FROM unsent_steps s
    JOIN unsent_episodes e ON e.id = s.episode JOIN tickets t ON t.number = e.ticket LEFT JOIN calls c ON c.id = t.call
    WHERE s.done_at IS NULL ORDER BY s.episode, s.step"""
# Finds the next due time.
_NEXT = "SELECT min(due_at) FROM unsent_steps WHERE done_at IS NULL"
# Begins a ladder, once.
_BEGIN = "UPDATE unsent_episodes SET begun_at = :begun WHERE id = :id AND begun_at IS NULL AND ended_at IS NULL"
# Plans one of its steps.
_PLAN = """INSERT INTO unsent_steps (episode, step, audience, every_s, first_due_at, due_at)
    VALUES (:episode, :step, :audience, :every_s, :due, :due)"""
# Records a push with the number of pages that were there.
_PUSHED = "INSERT INTO unsent_pushes (step, at, pages) VALUES (:step, :at, :pages)"
# Plans a step's next push, unless it has ended.
_AGAIN = "UPDATE unsent_steps SET due_at = :due, tries = tries + 1 WHERE id = :id AND done_at IS NULL"
# Brings the next step of a ladder forward, where it was not pushed yet.
_FORWARD = """UPDATE unsent_steps SET due_at = :at, first_due_at = :at WHERE episode = :episode AND step = :step
    AND tries = 0 AND done_at IS NULL AND due_at > :at"""
# Brings the channels of that step forward, too.
_FORWARD_TARGETS = """UPDATE unsent_targets SET due_at = :at, first_due_at = :at
    WHERE attempts = 0 AND done_at IS NULL AND due_at > :at
    AND step IN (SELECT id FROM unsent_steps WHERE episode = :episode AND step = :step)"""
# Shifts a step after the clock was set back; its first due time moves along while it was not pushed.
_SHIFT = """UPDATE unsent_steps SET due_at = :due,
    first_due_at = CASE WHEN tries = 0 THEN :due ELSE first_due_at END WHERE id = :id"""
# Shifts an episode whose ladder has not begun.
_SHIFT_EPISODE = "UPDATE unsent_episodes SET since = :since, edited_at = :edited WHERE id = :id"
# Lists the open episodes that began before a moment.
_OPEN = "SELECT * FROM unsent_episodes WHERE ended_at IS NULL AND since < :end ORDER BY weight, since, id"
# Lists the episodes of a period that have ended.
_ENDED = """SELECT * FROM unsent_episodes WHERE ended_at IS NOT NULL AND ended_at > :start AND since < :end
    ORDER BY ended_at, id"""
# Reads an episode's steps.
_STEPS_OF = "SELECT * FROM unsent_steps WHERE episode = :episode ORDER BY step"
# Reads an episode's pushes.
_PUSHES_OF = """SELECT p.step, p.at, p.pages, s.audience FROM unsent_steps s JOIN unsent_pushes p ON p.step = s.id
    WHERE s.episode = :episode ORDER BY p.at, p.id"""


class UnsentPushes:
    """Written by the escalation daemon alone; a push is one transaction, so that none is claimed."""

    def __init__(self, connection: Connection, journal: Journal, targets: UnsentTargets) -> None:
        self._db = connection
        self._journal = journal
        self._targets = targets

    def beginning(self, rules: UnsentRules) -> list[tuple[Row, datetime]]:
        """Open episodes whose ladder has not begun, with the time at which it does."""
        return [(row, _begins(row, rules)) for row in self._db.all(_NOT_BEGUN)]

    def next_due(self) -> datetime | None:
        """Time of the next push."""
        at = self._db.run(_NEXT).fetchone()[0]
        return None if at is None else from_text(at)

    def begin(self, now: datetime, episode: Row, begun: datetime, steps: Sequence[UnsentStep]) -> None:
        """Plan an episode's steps from its beginning on; nothing where another daemon did."""
        with self._db.ensured_write():
            if not self._db.run(_BEGIN, id=episode["id"], begun=to_text(begun)).rowcount:
                return
            for number, step in enumerate(steps):
                due = max(first_due(step, begun), from_text(episode["opened_at"]))
                values = {"audience": step.audience, "every_s": step.every_s, "due": to_text(due)}
                self._db.run(_PLAN, episode=episode["id"], step=number, **values)
            data = {"episode": episode["id"], "sign": episode["sign"], "since": episode["since"]}
            self._journal.append(now, "unsent.begun", ESCALATE, ticket=episode["ticket"], data=data)

    def steps(self) -> list[Row]:
        """Steps that are pushed, each with its `ticket` and the `operator` whose desk has it."""
        return self._db.all(_STEPS)

    def pushed(self, now: datetime, step: Row, pages: int, due: datetime, busy: int = 0) -> None:
        """Record a push and plan the next; with no page that sounds the next step is due at once. `busy`: pages that
        keep quiet, because their operators talk."""
        with self._db.ensured_write():
            self._db.run(_PUSHED, step=step["id"], at=to_text(now), pages=pages)
            self._db.run(_AGAIN, id=step["id"], due=to_text(due))
            if not pages:
                following = {"episode": step["episode"], "step": step["step"] + 1, "at": to_text(now)}
                self._db.run(_FORWARD, **following)
                self._db.run(_FORWARD_TARGETS, **following)
            data = {"episode": step["episode"], "audience": step["audience"], "attempt": step["tries"] + 1}
            self._journal.append(
                now, "push.unsent", ESCALATE, ticket=step["ticket"], data=data | {"pages": pages, "busy": busy}
            )

    def shift(self, by: timedelta) -> None:
        """Shift what is due by as much as the clock was set."""
        with self._db.ensured_write():
            for row in self._db.all(_STEPS):
                self._db.run(_SHIFT, id=row["id"], due=to_text(from_text(row["due_at"]) + by))
            for row in self._db.all(_NOT_BEGUN):
                edited = row["edited_at"] and to_text(from_text(row["edited_at"]) + by)
                self._db.run(_SHIFT_EPISODE, id=row["id"], since=to_text(from_text(row["since"]) + by), edited=edited)

    def duties(
        self, start: datetime, end: datetime, now: datetime, rules: UnsentRules
    ) -> Iterator[tuple[Duty, list[Span]]]:
        """Each step that was to be pushed in a period, its pages and its channels; of a ladder that no daemon began,
        those of `rules`."""
        ended = self._db.all(_ENDED, start=to_text(start), end=to_text(end))
        for episode in [*self._db.all(_OPEN, end=to_text(end)), *ended]:
            tried: dict[int, list[Tried]] = defaultdict(list)
            for row in self._db.all(_PUSHES_OF, episode=episode["id"]):
                at = from_text(row["at"])
                tried[row["step"]].append(Tried(at, at, (row["audience"], "page"), row["pages"] > 0))
            for step in self._planned(episode, rules):
                pages = _duty(episode, step, tuple(tried.get(step["id"], ()))), list[Span]()
                for duty, rung in filter(None, (pages, self._targets.duty(episode, step, now))):
                    if duty.since <= now and (duty.until is None or duty.until > duty.since):
                        yield duty, rung

    def _planned(self, episode: Row, rules: UnsentRules) -> list[Row]:
        if episode["begun_at"] is not None:
            return self._db.all(_STEPS_OF, episode=episode["id"])
        begun, opened = _begins(episode, rules), from_text(episode["opened_at"])
        return [
            {"id": -1, "step": number, "audience": step.audience, "every_s": step.every_s}
            | {"first_due_at": to_text(max(first_due(step, begun), opened))}
            for number, step in enumerate(rules.steps)
        ]


def _begins(episode: Row, rules: UnsentRules) -> datetime:
    """Time at which an episode's ladder begins; without an edit nobody writes it."""
    edits = (from_text(episode["edited_at"]),) if episode["edited_at"] else ()
    return begins_at(from_text(episode["since"]), edits, rules, written=False)


def _duty(episode: Row, step: Row, tried: tuple[Tried, ...]) -> Duty:
    return Duty(
        assignment=episode["id"],
        ticket=episode["ticket"],
        opd=step["audience"],
        phase="unsent",
        step=step["step"],
        every_s=step["every_s"],
        since=from_text(step["first_due_at"]),
        until=from_text(episode["ended_at"]) if episode["ended_at"] else None,
        channels=frozenset({"page"}),
        tried=tried,
    )
