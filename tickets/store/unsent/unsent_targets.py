"""The channels of a step of an unsent emergency: contacts that are rung or written to, claimed, retried, on the ledger.

A target is pushed like an assignment's push: claimed under a lease, sent, and only then recorded.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tickets.escalation.gaps import CALLS, Duty, Span, Tried
from tickets.model import Actor, ContactChannel, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.ledger import all_at_once, rang

# Lists the open targets of a step.
_OPEN_OF = "SELECT id, contact, channel FROM unsent_targets WHERE step = :step AND done_at IS NULL ORDER BY id"
# Adds a target of a step.
_ADD = """INSERT INTO unsent_targets (step, contact, channel, every_s, first_due_at, due_at)
    VALUES (:step, :contact, :channel, :every_s, :due, :due)"""
# Ends one target.
_END_ONE = "UPDATE unsent_targets SET done_at = :at, lease_until = NULL WHERE id = :id AND done_at IS NULL"
# Lists what is due and in nobody's hands, with the episode.
_DUE = """SELECT t.*, s.episode, s.step AS number, s.audience, e.ticket, e.sign, e.since, e.ended_at
    FROM unsent_targets t JOIN unsent_steps s ON s.id = t.step JOIN unsent_episodes e ON e.id = s.episode
    WHERE t.done_at IS NULL AND t.due_at <= :now AND (t.lease_until IS NULL OR t.lease_until <= :now)
    ORDER BY t.due_at, t.attempts, t.id"""
# Finds when the next one is due that nobody has in hand.
_NEXT = """SELECT min(due_at) FROM unsent_targets
    WHERE done_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)"""
# Takes one under a lease.
_CLAIM = """UPDATE unsent_targets SET claimed_by = :me, lease_until = :until
    WHERE id = :id AND done_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)"""
# Gives back all that a daemon claimed and did not finish: due at once.
_RELEASE = """UPDATE unsent_targets SET claimed_by = NULL, lease_until = NULL
    WHERE done_at IS NULL AND lease_until IS NOT NULL AND claimed_by = :me"""
# Makes one due later, untried.
_POSTPONE = "UPDATE unsent_targets SET due_at = :due WHERE id = :id AND done_at IS NULL"
# Records an attempt.
_ATTEMPT = """INSERT INTO unsent_attempts (target, started_at, ended_at, contact, channel, ok, detail)
    VALUES (:id, :started, :ended, :contact, :channel, :ok, :detail)"""
# Tells whether an attempt is recorded.
_STANDS = """SELECT id FROM unsent_attempts
    WHERE target = :id AND started_at = :started AND contact = :contact AND channel = :channel"""
# Plans the next try, and frees the target.
_AGAIN = """UPDATE unsent_targets SET due_at = :due, attempts = attempts + 1, last_error = :error,
    failures = CASE WHEN :ok THEN 0 ELSE failures + 1 END, claimed_by = NULL, lease_until = NULL WHERE id = :id"""
# Tells whether a target has ended.
_ENDED = "SELECT done_at FROM unsent_targets WHERE id = :id"
# Names the targets of a step, for stand-ins.
_STEP = "SELECT contact, channel, failures FROM unsent_targets WHERE step = :step AND done_at IS NULL ORDER BY id"
# Notes that a contact knows and deals with it.
_KNOW = """INSERT INTO unsent_known (episode, contact, via, begun_at, ends_at)
    VALUES (:episode, :contact, :via, :at, :ends)"""
# Reads until when a contact is left alone.
_QUIET = "SELECT max(ends_at) FROM unsent_known WHERE episode = :episode AND contact = :contact"
# Reads an episode.
_EPISODE = "SELECT ticket, ended_at FROM unsent_episodes WHERE id = :id"
# Lists all open targets, to shift them.
_OPEN = "SELECT id, due_at, lease_until FROM unsent_targets WHERE done_at IS NULL"
# Shifts one after the clock was set back; its first due time moves along while it was not tried.
_SHIFT = """UPDATE unsent_targets SET due_at = :due, lease_until = :until,
    first_due_at = CASE WHEN attempts = 0 THEN :due ELSE first_due_at END WHERE id = :id"""
# Reads the targets of a step, for the proof.
_OF_STEP = "SELECT * FROM unsent_targets WHERE step = :step ORDER BY id"
# Reads what was tried for a step.
_TRIED = """SELECT a.started_at, a.ended_at, a.contact, a.channel, a.ok FROM unsent_targets t
    JOIN unsent_attempts a ON a.target = t.id WHERE t.step = :step ORDER BY a.started_at, a.id"""
# Reads when contacts had said that they know and deal with an episode.
_KNEW = "SELECT contact, begun_at, ends_at FROM unsent_known WHERE episode = :episode ORDER BY id"


class UnsentTargets:
    """Written by the escalation daemon alone, which claims a target before it sends."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def plan(self, now: datetime, steps: Sequence[Row], ways: Mapping[str, Sequence[ContactChannel]]) -> None:
        """Give each open step the targets that its audience has in the configuration, and end the others."""
        with self._db.ensured_write():
            for step in steps:
                wanted = list(dict.fromkeys(ways.get(step["audience"], ())))
                there = {(row["contact"], row["channel"]): row["id"] for row in self._db.all(_OPEN_OF, step=step["id"])}
                for way, id in there.items():
                    if way not in wanted:
                        self._db.run(_END_ONE, id=id, at=to_text(now))
                due = to_text(now) if step["tries"] else step["first_due_at"]
                for contact, channel in wanted:
                    if (contact, channel) not in there:
                        values = {"contact": contact, "channel": channel, "every_s": step["every_s"], "due": due}
                        self._db.run(_ADD, step=step["id"], **values)

    def due(self, now: datetime) -> list[Row]:
        """Targets to be pushed now, each with its `episode`, `ticket`, `audience` and the `number` of its step."""
        return self._db.all(_DUE, now=to_text(now))

    def next_due(self, now: datetime) -> datetime | None:
        """Time of the next push that nobody has in hand."""
        at = self._db.run(_NEXT, now=to_text(now)).fetchone()[0]
        return None if at is None else from_text(at)

    def claim(self, now: datetime, me: str, target: int, lease_s: float) -> bool:
        """Take a target under a lease; False where somebody was faster."""
        values = {"now": to_text(now), "until": to_text(now + timedelta(seconds=lease_s))}
        with self._db.ensured_write():
            return self._db.run(_CLAIM, id=target, me=me, **values).rowcount == 1

    def release(self, me: str) -> None:
        """Give back all unfinished claims of `me`, due at once."""
        with self._db.ensured_write():
            self._db.run(_RELEASE, me=me)

    def postpone(self, target: int, due: datetime) -> None:
        """Let a target be due later, untried."""
        with self._db.ensured_write():
            self._db.run(_POSTPONE, id=target, due=to_text(due))

    def has_ended(self, target: int) -> bool:
        """True where a target is no longer to be pushed."""
        row = self._db.one(_ENDED, id=target)
        return row is None or row["done_at"] is not None

    def step(self, step: int) -> list[Row]:
        """The open targets of a step: contact, channel, and the failures since the last success."""
        return self._db.all(_STEP, step=step)

    def attempted(
        self,
        target: Row,
        way: ContactChannel,
        started: datetime,
        now: datetime,
        *,
        ok: bool,
        detail: str,
        due: datetime,
    ) -> None:
        """Record one attempt and schedule the next; a target that ended meanwhile keeps its end."""
        with self._db.ensured_write():
            times = {"started": to_text(started), "ended": to_text(now)}
            contact, channel = way
            self._db.run(_ATTEMPT, id=target["id"], contact=contact, channel=channel, ok=ok, detail=detail, **times)
            self._db.run(_AGAIN, id=target["id"], ok=ok, error=None if ok else detail, due=to_text(due))
            data = {"episode": target["episode"], "audience": target["audience"], "attempt": target["attempts"] + 1}
            data |= {"contact": contact, "channel": channel, "ok": ok, "detail": detail}
            self._journal.append(now, "push.unsent", Actor("process", "escalate"), ticket=target["ticket"], data=data)

    def has_attempt(self, target: int, way: ContactChannel, started: datetime) -> bool:
        """True where an attempt of this target that began then, and went this way, is recorded."""
        values = {"id": target, "contact": way[0], "channel": way[1], "started": to_text(started)}
        return self._db.one(_STANDS, **values) is not None

    def know(self, now: datetime, episode: int, contact: str, quiet_s: float, *, via: str) -> datetime | None:
        """Leave a contact alone with an episode for `quiet_s`; returns the end, None where the episode has ended."""
        with self._db.ensured_write():
            row = self._db.one(_EPISODE, id=episode)
            if row is None or row["ended_at"] is not None:
                return None
            ends = now + timedelta(seconds=quiet_s)
            self._db.run(_KNOW, episode=episode, contact=contact, via=via, at=to_text(now), ends=to_text(ends))
            data = {"episode": episode, "contact": contact, "via": via, "until": to_text(ends)}
            self._journal.append(now, "unsent.known", Actor("contact", contact), ticket=row["ticket"], data=data)
        return ends

    def quiet_until(self, episode: int, contact: str) -> datetime | None:
        """The end of the time for which a contact is left alone with an episode."""
        at = self._db.run(_QUIET, episode=episode, contact=contact).fetchone()[0]
        return None if at is None else from_text(at)

    def shift(self, by: timedelta) -> None:
        """Shift what is due by as much as the clock was set."""
        with self._db.ensured_write():
            for row in self._db.all(_OPEN):
                until = row["lease_until"] and to_text(from_text(row["lease_until"]) + by)
                self._db.run(_SHIFT, id=row["id"], due=to_text(from_text(row["due_at"]) + by), until=until)

    # -- the proof ----------------------------------------------------------------------------------------------------

    def duty(self, episode: Row, step: Row, now: datetime) -> tuple[Duty, list[Span]] | None:
        """The duty of a step's channels, and when its telephones rang for other reports; None where it has none."""
        rows = self._db.all(_OF_STEP, step=step["id"])
        if not rows:
            return None
        knew: dict[str, list[Span]] = defaultdict(list)
        for row in self._db.all(_KNEW, episode=episode["id"]):
            knew[row["contact"]].append((from_text(row["begun_at"]), from_text(row["ends_at"])))
        ends = [row["done_at"] for row in rows]
        since, until = min(row["first_due_at"] for row in rows), None if None in ends else max(ends)
        tried = tuple(self._tried(step["id"]))
        contacts = {row["contact"] for row in rows} | {attempt.way[0] for attempt in tried}
        quiet = all_at_once([knew[contact] for contact in {row["contact"] for row in rows}])
        duty = Duty(
            assignment=episode["id"],
            ticket=episode["ticket"],
            opd=step["audience"],
            phase="unsent",
            step=step["step"],
            every_s=step["every_s"],
            since=from_text(since),
            until=from_text(until) if until else None,
            channels=frozenset(row["channel"] for row in rows),
            tried=tried,
            stood=tuple(quiet),
        )
        if not duty.channels <= CALLS:
            return duty, []
        ways = {(contact, channel) for contact in contacts for channel in duty.channels}
        return duty, rang(self._db, ways, duty.since, duty.until or now)

    def _tried(self, step: int) -> Iterator[Tried]:
        for row in self._db.all(_TRIED, step=step):
            way = (row["contact"], row["channel"])
            yield Tried(from_text(row["started_at"]), from_text(row["ended_at"]), way, bool(row["ok"]))
