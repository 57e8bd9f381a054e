"""The ledger of pushes for the proof: the pushes that each step of each assignment required, and those that were
made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from tickets.escalation.gaps import CALLS, Duty, Span, Tried
from tickets.model import AMENDED, WAITING_STATE, ContactChannel, Row, from_text, to_text
from tickets.store.connection import Connection

# Reads each step of each ladder in a period with its channels: from its first due time to the answer.
_STEPS = """SELECT p.assignment, a.ticket, a.opd, p.phase, p.step, min(p.every_s) AS every_s,
    min(p.first_due_at) AS since, max(p.done_at) AS until, count(p.done_at) AS done, count(*) AS pushes,
    group_concat(p.channel) AS channels, group_concat(p.contact || ' ' || p.channel) AS ways
    FROM pushes p JOIN assignments a ON a.id = p.assignment
    WHERE p.first_due_at < :end AND (p.done_at IS NULL OR p.done_at > :start) AND p.first_due_at <= :now
    AND p.phase IN (:waiting, :amended)
    GROUP BY p.assignment, p.phase, p.step ORDER BY p.assignment, p.phase, p.step"""
# Reads what was tried for an assignment, by step.
_TRIED = """SELECT p.phase, p.step, t.started_at, t.ended_at, t.contact, t.channel, t.ok
    FROM attempts t JOIN pushes p ON p.id = t.push WHERE t.assignment = :assignment ORDER BY t.id"""
# Reads when an answer of an assignment stood that was taken back.
_STOOD = """SELECT stood_from, stood_until FROM undone_steps
    WHERE assignment = :assignment AND answered = 1 ORDER BY stood_from"""
# Reads when a contact above had said that it knows and deals with an assignment.
_KNEW = "SELECT contact, begun_at, ends_at FROM snoozes WHERE assignment = :assignment ORDER BY begun_at"
# Reads when a telephone rang, for whichever report, sent or unsent.
_RANG = """SELECT started_at, ended_at FROM attempts WHERE contact = :contact AND channel = :channel
    AND started_at >= :since AND started_at <= :until
    UNION ALL SELECT started_at, ended_at FROM unsent_attempts WHERE contact = :contact AND channel = :channel
    AND started_at >= :since AND started_at <= :until ORDER BY started_at"""
# Counts the changes that were made in a period, and those of them that were read.
_AMENDED = """SELECT count(*) AS made, count(read_at) AS read FROM amendments
    WHERE made_at >= :start AND made_at < :end"""
# Lists changes that nobody has read and that nothing pushes.
_UNPUSHED = """SELECT m.assignment, a.ticket, a.opd, m.field, m.changed_at FROM amendments m
    JOIN assignments a ON a.id = m.assignment WHERE m.read_at IS NULL AND m.due_at < :before
    AND NOT EXISTS (SELECT 1 FROM pushes p WHERE p.assignment = m.assignment AND p.phase = :amended
    AND p.done_at IS NULL) ORDER BY m.id"""


class Ledger:
    """Reads for the proof; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def duties(self, start: datetime, end: datetime, now: datetime) -> Iterator[tuple[Duty, list[Span]]]:
        """Each step that was to be pushed for an answer in a period, and when its telephones rang for any report."""
        tried: dict[tuple[str, int], list[Tried]] = {}
        stood: tuple[Span, ...] = ()
        knew: dict[str, list[Span]] = {}
        present = None
        period = {"start": to_text(start), "end": to_text(end), "now": to_text(now)}
        for row in self._db.all(_STEPS, waiting=WAITING_STATE, amended=AMENDED, **period):
            if row["assignment"] != present:
                present = row["assignment"]
                tried, stood, knew = self._tried(present), self._stood(present), self._knew(present)
            step = tuple(tried.get((row["phase"], row["step"]), ()))
            channels = frozenset(row["channels"].split(","))
            until = from_text(row["until"]) if row["done"] == row["pushes"] else None
            names = ("assignment", "ticket", "opd", "phase", "step", "every_s")
            since = from_text(row["since"])
            planned = {way.split(" ", 1)[0] for way in row["ways"].split(",")}
            quiet = all_at_once([knew.get(contact, []) for contact in planned])
            ledger: dict[str, Any] = {
                "channels": channels,
                "tried": step,
                "stood": (*stood, *quiet) if row["phase"] == WAITING_STATE else tuple(quiet),
            }
            duty = Duty(**{name: row[name] for name in names}, since=since, until=until, **ledger)
            ways = {tuple(way.split(" ", 1)) for way in row["ways"].split(",")} | {attempt.way for attempt in step}
            yield duty, rang(self._db, ways, since, until or now) if channels <= CALLS else []

    def amended(self, start: datetime, end: datetime) -> Row:
        """Numbers of changes after a dispatch in a period: `made`, and of them `read`."""
        return self._db.all(_AMENDED, start=to_text(start), end=to_text(end))[0]

    def unpushed(self, before: datetime) -> list[Row]:
        """Changes that should have been pushed before a moment, that nobody has read and nothing pushes."""
        return self._db.all(_UNPUSHED, before=to_text(before), amended=AMENDED)

    def _tried(self, assignment: int) -> dict[tuple[str, int], list[Tried]]:
        tried: dict[tuple[str, int], list[Tried]] = defaultdict(list)
        for row in self._db.all(_TRIED, assignment=assignment):
            way = (row["contact"], row["channel"])
            attempt = Tried(from_text(row["started_at"]), from_text(row["ended_at"]), way, bool(row["ok"]))
            tried[row["phase"], row["step"]].append(attempt)
        return tried

    def _stood(self, assignment: int) -> tuple[Span, ...]:
        rows = self._db.all(_STOOD, assignment=assignment)
        return tuple((from_text(row["stood_from"]), from_text(row["stood_until"])) for row in rows)

    def _knew(self, assignment: int) -> dict[str, list[Span]]:
        knew: dict[str, list[Span]] = defaultdict(list)
        for row in self._db.all(_KNEW, assignment=assignment):
            knew[row["contact"]].append((from_text(row["begun_at"]), from_text(row["ends_at"])))
        return knew


def rang(db: Connection, ways: Iterable[ContactChannel], since: datetime, until: datetime) -> list[Span]:
    """The times for which these telephones rang, for whichever report."""
    values = {"since": to_text(since), "until": to_text(until)}
    rung = [db.all(_RANG, contact=contact, channel=channel, **values) for contact, channel in ways]
    return [(from_text(row["started_at"]), from_text(row["ended_at"])) for rows in rung for row in rows]


def all_at_once(spans: list[list[Span]]) -> list[Span]:
    """The stretches that lie in a span of every one of these lists."""
    common, *others = spans
    for other in others:
        pairs = [(max(a[0], b[0]), min(a[1], b[1])) for a in common for b in other]
        common = [span for span in pairs if span[0] < span[1]]
    return common
