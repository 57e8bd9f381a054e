"""What screens show: joined reads, each a fixed number of statements however many rows there are."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from tickets.model import Row, to_text
from tickets.store.connection import Connection

_TICKET = """t.number, t.source, t.kind, t.category, t.status, t.call, t.created_at, t.updated_at, t.closed_at,
    t.kecamatan, t.desa, t.address, t.description, t.reporter_name, t.reporter_number, t.operator, c.display, c.outcome,
    c.recording, c.mark, c.lane, c.ended_at AS call_ended_at, c.operator AS call_operator,
    (SELECT verdict FROM verdicts v WHERE v.ticket = t.number AND v.replaced_at IS NULL) AS verdict, k.tracking,
    k.state AS complaint, (SELECT master FROM merges m WHERE m.ticket = t.number) AS master,
    (SELECT count(*) FROM merges m WHERE m.master = t.number) AS merged"""
_ON_ITS_OWN = "NOT EXISTS (SELECT 1 FROM merges m WHERE m.ticket = t.number)"
_FROM = "FROM tickets t LEFT JOIN calls c ON c.id = t.call LEFT JOIN complaints k ON k.ticket = t.number"
_ONE = f"SELECT {_TICKET} {_FROM} WHERE t.number = :number"
_MINE = f"""SELECT {_TICKET} {_FROM} WHERE t.created_at >= :since AND (t.operator = :operator OR c.operator = :operator)
    ORDER BY t.created_at DESC LIMIT :limit"""
_MESSAGES = f"""SELECT {_TICKET} {_FROM} WHERE t.status = 'open' AND c.outcome = 'message' AND {_ON_ITS_OWN}
    ORDER BY t.created_at LIMIT :limit"""
_RETURNED = f"""SELECT {_TICKET}, a.opd, a.note, coalesce(a.ended_at, a.updated_at) AS returned_at {_FROM}
    JOIN assignments a ON a.ticket = t.number
    WHERE a.state = 'ditolak' OR (t.status = 'open' AND {_ON_ITS_OWN} AND a.state = 'bukan_wewenang'
        AND a.id = (SELECT max(id) FROM assignments WHERE ticket = t.number)) ORDER BY returned_at LIMIT :limit"""
# An open ticket of a call that nobody spoke in is a callback task, not work for an agency; what is in the inbox of
# complaints is work there.
_NEEDS_WORK = """(t.status = 'dispatched' OR (t.status = 'open' AND k.state IS NOT 'masuk' AND (t.call IS NULL
    OR c.outcome IN ('talked', 'message') OR t.kind IN ('emergency', 'complaint') OR t.description IS NOT NULL)))"""
_WORK = f"SELECT {_TICKET} {_FROM} WHERE {_NEEDS_WORK} AND {_ON_ITS_OWN} ORDER BY t.created_at DESC LIMIT :limit"
_WORK_COUNT = f"SELECT count(*) {_FROM} WHERE {_NEEDS_WORK} AND {_ON_ITS_OWN}"
_ASSIGNMENTS = """SELECT a.id, a.ticket, a.opd, a.state, a.dispatched_at, a.dispatched_by, a.acknowledged_at,
    a.acknowledged_by, a.via, a.updated_at, a.ended_at, a.note,
    (SELECT coalesce(sum(sent), 0) FROM pushes p WHERE p.assignment = a.id) AS pushes
    FROM assignments a WHERE a.ticket IN (SELECT value FROM json_each(:tickets)) ORDER BY a.id"""
_ATTACHMENTS = """SELECT * FROM attachments WHERE assignment IN (SELECT value FROM json_each(:ids)) ORDER BY id"""
_ATTACHMENT = """SELECT t.*, a.opd, a.ticket FROM attachments t JOIN assignments a ON a.id = t.assignment
    WHERE t.value = :value AND t.kind = :kind"""
_CALLS_OF = """SELECT t.number, t.call, c.location FROM tickets t JOIN calls c ON c.id = t.call
    WHERE t.number IN (SELECT value FROM json_each(:tickets))"""
_STORY = """SELECT seq, at, kind, ticket, actor, data FROM journal
    WHERE ticket IN (SELECT value FROM json_each(:tickets)) AND data ->> 'opd' = :opd ORDER BY seq"""
_CALLS_TODAY = """SELECT coalesce(outcome, 'live') AS word, count(*) AS n FROM calls
    WHERE arrived_at >= :since GROUP BY 1"""
_DONE_TODAY = f"""SELECT kind AS word, count(*) AS n FROM tickets t
    WHERE created_at >= :since AND status IN ('done', 'closed') AND {_ON_ITS_OWN} GROUP BY 1"""
_PAST = """SELECT c.number, t.kind, count(*) AS n FROM calls c JOIN tickets t ON t.number = c.ticket
    WHERE c.number IN (SELECT value FROM json_each(:numbers)) AND c.ended_at IS NOT NULL GROUP BY 1, 2"""
_NEWEST = "SELECT * FROM journal WHERE kind IN (SELECT value FROM json_each(:kinds)) ORDER BY seq DESC LIMIT 1"
# Pushes to those above all agencies (their names are handed in) that were tried and are not answered yet.
_ESCALATED = """SELECT DISTINCT p.assignment FROM pushes p JOIN assignments a ON a.id = p.assignment
    WHERE p.done_at IS NULL AND p.attempts > 0 AND p.channel = 'page' AND a.ended_at IS NULL
    AND p.contact IN (SELECT value FROM json_each(:contacts)) ORDER BY p.assignment"""
_UNANSWERED = "SELECT count(*), min(dispatched_at) FROM assignments WHERE ended_at IS NULL AND acknowledged_at IS NULL"


class Boards:
    """Reads for the operators' desk, the agencies' page and the wall; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def ticket(self, number: str) -> Row | None:
        """One ticket with its assignments and what its call says, or None."""
        return next(iter(self._with_assignments(self._db.all(_ONE, number=number))), None)

    def tickets_of(self, operator: str, since: datetime, limit: int = 12) -> list[Row]:
        """Tickets that an operator took or wrote since a moment, newest first."""
        return self._with_assignments(self._db.all(_MINE, operator=operator, since=to_text(since), limit=limit))

    def messages(self, limit: int = 50) -> list[Row]:
        """Open tickets of recorded messages, oldest first: the first work after opening."""
        return self._db.all(_MESSAGES, limit=limit)

    def returned(self, limit: int = 50) -> list[Row]:
        """Tickets that an agency turned down or the last one gave back, with its `opd` and `note`."""
        return self._db.all(_RETURNED, limit=limit)

    def work(self, limit: int = 200) -> list[Row]:
        """Tickets that somebody still has to do something for, newest first, with their assignments."""
        return self._with_assignments(self._db.all(_WORK, limit=limit))

    def work_count(self) -> int:
        """How many tickets `work` would give without a limit."""
        return int(self._db.run(_WORK_COUNT).fetchone()[0])

    def attachments(self, assignments: Iterable[int]) -> dict[int, list[Row]]:
        """Photos and links by assignment."""
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self._db.all(_ATTACHMENTS, ids=json.dumps(list(assignments))):
            found[row["assignment"]].append(row)
        return found

    def photo(self, name: str) -> Row | None:
        """The attachment of a photo's file name with the `opd` and `ticket` it belongs to, or None."""
        return self._db.one(_ATTACHMENT, value=name, kind="photo")

    def calls_of(self, tickets: Iterable[str]) -> dict[str, Row]:
        """The `call` of each ticket that has one, and where the network says that the caller was (`location`)."""
        rows = self._db.all(_CALLS_OF, tickets=json.dumps(list(tickets)))
        return {row["number"]: row | {"location": json.loads(row["location"] or "null")} for row in rows}

    def story(self, opd: str, tickets: Iterable[str]) -> dict[str, list[Row]]:
        """What the journal tells of one agency's part in these tickets, oldest first."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.all(_STORY, opd=opd, tickets=json.dumps(list(tickets))):
            found[row["ticket"]].append(row | {"data": json.loads(row["data"])})
        return found

    def counts(self, since: datetime) -> dict[str, dict[str, int]]:
        """Calls by outcome (`live` while they last) and finished tickets by kind, since a moment."""
        at = to_text(since)
        pairs = {"calls": _CALLS_TODAY, "finished": _DONE_TODAY}
        return {name: {row["word"]: row["n"] for row in self._db.all(sql, since=at)} for name, sql in pairs.items()}

    def unanswered(self) -> tuple[int, str | None]:
        """How many assignments no agency has answered, and when the oldest of them was dispatched."""
        count, oldest = self._db.run(_UNANSWERED).fetchone()
        return int(count), oldest

    def escalated(self, contacts: Iterable[str]) -> list[int]:
        """Assignments that were pushed up to one of these contacts' pages and are still not answered."""
        rows = self._db.all(_ESCALATED, contacts=json.dumps(list(contacts)))
        return [row["assignment"] for row in rows]

    def past(self, numbers: Iterable[str]) -> dict[str, dict[str, int]]:
        """How many ended calls of each number there were, by the kind of their tickets."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._db.all(_PAST, numbers=json.dumps(list(numbers))):
            found[row["number"]][row["kind"]] = row["n"]
        return found

    def newest(self, *kinds: str) -> Row | None:
        """The newest journal row of these kinds; it may read the whole journal, so ask once and follow."""
        row = self._db.one(_NEWEST, kinds=json.dumps(kinds))
        return None if row is None else row | {"data": json.loads(row["data"])}

    def _with_assignments(self, tickets: list[Row]) -> list[Row]:
        numbers = json.dumps([row["number"] for row in tickets])
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.all(_ASSIGNMENTS, tickets=numbers):
            found[row["ticket"]].append(row)
        return [row | {"assignments": found[row["number"]]} for row in tickets]
