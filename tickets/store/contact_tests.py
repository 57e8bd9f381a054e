"""Test pushes: contact, channel, result and answer of each. They touch no ticket and no push."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tickets.errors import Conflict, InvalidInput, NotFound
from tickets.model import Actor, PlannedTest, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Numbers the next run.
_NEXT_RUN = "SELECT coalesce(max(run), 0) + 1 FROM test_pushes"
# Finds the newest run.
_LAST_RUN = "SELECT max(run) FROM test_pushes"
# Finds a run that is not over.
_UNDER_WAY = "SELECT run FROM test_pushes WHERE state = 'waiting' ORDER BY run DESC LIMIT 1"
# Asks for one test push, due at once.
_PUT = """INSERT INTO test_pushes (run, asked_at, asked_by, contact, opd, channel, state, detail, due_at, expires_at)
    VALUES (:run, :at, :by, :contact, :opd, :channel, :state, :detail, :at, :expires)"""
# Reads a run.
_OF_RUN = "SELECT * FROM test_pushes WHERE run = :run ORDER BY id"
# Reads one test push.
_ONE = "SELECT * FROM test_pushes WHERE id = :id"
# Lists due test pushes that nobody has in hand.
_DUE = """SELECT * FROM test_pushes WHERE state = 'waiting' AND due_at <= :now
    AND (lease_until IS NULL OR lease_until <= :now) ORDER BY due_at, id"""
# Takes one under a lease; no row where somebody was faster.
_CLAIM = """UPDATE test_pushes SET claimed_by = :me, lease_until = :until, attempts = attempts + 1, tried_at = :now
    WHERE id = :id AND state = 'waiting' AND (lease_until IS NULL OR lease_until <= :now)"""
# Gives back what a daemon claimed and did not finish.
_RELEASE = "UPDATE test_pushes SET claimed_by = NULL, lease_until = NULL WHERE claimed_by = :me AND state = 'waiting'"
# Gives one back untried: the attempt does not count.
_POSTPONE = """UPDATE test_pushes SET due_at = :due, attempts = attempts - 1, claimed_by = NULL, lease_until = NULL
    WHERE id = :id AND claimed_by = :me AND state = 'waiting'"""
# Records the result; only the claimant may.
_END = """UPDATE test_pushes SET state = :state, detail = :detail, answer_until = :answer_until, claimed_by = NULL,
    lease_until = NULL WHERE id = :id AND claimed_by = :me AND state = 'waiting'"""
# Lists what was not sent in time.
_EXPIRED = """SELECT * FROM test_pushes WHERE state = 'waiting' AND expires_at <= :now
    AND (lease_until IS NULL OR lease_until <= :now)"""
# Ends it as failed.
_EXPIRE = """UPDATE test_pushes SET state = 'failed', detail = :detail, claimed_by = NULL, lease_until = NULL
    WHERE id = :id AND state = 'waiting'"""
# Records the first answer; it may come while the push is under way: a key, before the phone is hung up.
_ANSWER = """UPDATE test_pushes SET answered_at = :at, answered_by = :by
    WHERE id = :id AND answered_at IS NULL AND state IN ('waiting', 'delivered')"""
# Lists what an agency's pages show until somebody there says that it was heard.
_OPEN_ON_PAGES = """SELECT id, contact, asked_at FROM test_pushes WHERE channel = 'page' AND state = 'delivered'
    AND answered_at IS NULL AND answer_until > :now AND opd IS :opd ORDER BY answer_until, id"""
# Forgets runs that nobody reads any more.
_FORGET = "DELETE FROM test_pushes WHERE asked_at < :before"
# Shows whether a real push needs a telephone of these contacts: the test gives way.
_WANTED = """SELECT 1 FROM pushes WHERE done_at IS NULL AND channel IN ('call', 'speaker')
    AND contact IN (SELECT value FROM json_each(:contacts)) AND (due_at <= :soon OR lease_until > :now) LIMIT 1"""

KEPT = timedelta(days=400)
NOT_IN_TIME = "tidak sempat diuji: proses eskalasi tidak berjalan, atau telepon terus dipakai laporan sungguhan"


class TestPushes:
    """Rows `run asked_at asked_by contact opd channel state detail tried_at answer_until answered_at answered_by`.

    `state`: waiting, delivered, failed, or what was never to be sent: placeholder, away."""

    __test__ = False  # for pytest

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def ask(self, now: datetime, planned: Sequence[PlannedTest], actor: Actor, good_for: timedelta) -> int:
        """Ask for a run of test pushes, due at once and void after `good_for`; returns its number.

        Conflict while an earlier run is under way."""
        if not planned:
            raise InvalidInput("tidak ada kontak yang bisa diuji")
        with self._db.ensured_write():
            self.expire(now)
            if (earlier := self._db.one(_UNDER_WAY)) is not None:
                raise Conflict(f"uji {earlier['run']} masih berjalan; lihat: tanggap page-test --report")
            self._db.run(_FORGET, before=to_text(now - KEPT))
            run = int(self._db.run(_NEXT_RUN).fetchone()[0])
            common = {"run": run, "at": to_text(now), "by": actor.name, "expires": to_text(now + good_for)}
            for test in planned:
                facts = {"contact": test.contact, "opd": test.opd, "channel": test.channel}
                self._db.run(_PUT, state=test.state, detail=test.detail or None, **facts, **common)
            waiting = sum(test.state == "waiting" for test in planned)
            self._journal.append(now, "test.asked", actor, data={"run": run, "pushes": waiting})
        return run

    def last_run(self) -> int | None:
        """The newest run; None when there never was one."""
        run = self._db.run(_LAST_RUN).fetchone()[0]
        return None if run is None else int(run)

    def of_run(self, run: int) -> list[Row]:
        """All of a run, in the order of the contacts; NotFound when there is none."""
        rows = self._db.all(_OF_RUN, run=run)
        if not rows:
            raise NotFound(f"uji {run} tidak ada")
        return rows

    def get(self, test: int) -> Row:
        """One test push; NotFound when there is none."""
        row = self._db.one(_ONE, id=test)
        if row is None:
            raise NotFound(f"uji coba {test} tidak ada")
        return row

    def due(self, now: datetime) -> list[Row]:
        """Due test pushes that nobody has in hand."""
        return self._db.all(_DUE, now=to_text(now))

    def claim(self, now: datetime, me: str, lease_s: float, test: int) -> bool:
        """Take one under a lease; False when somebody else was first."""
        values = {"me": me, "now": to_text(now), "until": to_text(now + timedelta(seconds=lease_s)), "id": test}
        with self._db.ensured_write():
            return self._db.run(_CLAIM, **values).rowcount == 1

    def release(self, me: str) -> None:
        """Give back what was claimed and not finished: it is due again at once."""
        with self._db.ensured_write():
            self._db.run(_RELEASE, me=me)

    def postpone(self, test: int, me: str, due: datetime) -> None:
        """Give one back that was not tried or was broken off, due again at `due`."""
        with self._db.ensured_write():
            self._db.run(_POSTPONE, id=test, me=me, due=to_text(due))

    def ended(self, now: datetime, row: Row, me: str, *, ok: bool, detail: str, answer_until: datetime | None) -> None:
        """Record a result; an answer is awaited until `answer_until`, None where none can come."""
        with self._db.ensured_write():
            state, until = ("delivered" if ok else "failed"), answer_until and to_text(answer_until)
            if self._db.run(_END, id=row["id"], me=me, state=state, detail=detail, answer_until=until).rowcount:
                kind, outcome = ("test.sent", {"detail": detail}) if ok else ("test.failed", {"error": detail})
                self._journal.append(now, kind, Actor("process", me), data=_facts(row) | outcome)

    def expire(self, now: datetime) -> None:
        """End what could not be sent in time as failed."""
        with self._db.ensured_write():
            for row in self._db.all(_EXPIRED, now=to_text(now)):
                self._db.run(_EXPIRE, id=row["id"], detail=NOT_IN_TIME)
                actor, outcome = Actor("process", "store"), {"error": NOT_IN_TIME}
                self._journal.append(now, "test.failed", actor, data=_facts(row) | outcome)

    def answered(self, now: datetime, test: int, actor: Actor) -> bool:
        """Record that somebody heard or read it; False when that was known, or it never went out. NotFound when there
        is none."""
        with self._db.ensured_write():
            row = self.get(test)
            if not self._db.run(_ANSWER, id=test, at=to_text(now), by=actor.name).rowcount:
                return False
            self._journal.append(now, "test.answered", actor, data=_facts(row))
            return True

    def on_pages(self, now: datetime, opd: str | None) -> list[Row]:
        """Test pushes that an agency's pages (None: the command centre's) show until somebody confirms them: `id`,
        `contact`, `asked_at`."""
        return self._db.all(_OPEN_ON_PAGES, now=to_text(now), opd=opd)

    def wanted(self, now: datetime, contacts: Iterable[str], soon_s: float) -> bool:
        """True where a real push rings a telephone of these contacts now, or will within `soon_s`."""
        soon = to_text(now + timedelta(seconds=soon_s))
        names = json.dumps(list(contacts))
        return self._db.one(_WANTED, contacts=names, now=to_text(now), soon=soon) is not None

    def last_asked(self, by: str) -> datetime | None:
        """Time of the last run that this actor asked for; None when never."""
        text = self._db.run("SELECT max(asked_at) FROM test_pushes WHERE asked_by = :by", by=by).fetchone()[0]
        return from_text(text) if text else None


def _facts(row: Row) -> Row:
    return {name: row[name] for name in ("run", "contact", "opd", "channel")}
