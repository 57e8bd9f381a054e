"""Reads for screens: joined, each with a fixed number of statements however many rows there are."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from tickets.model import Row, to_text
from tickets.store.answers.amendments import Amendments
from tickets.store.connection import Connection

_TICKET = """t.number, t.source, t.kind, t.category, t.status, t.call, t.created_at, t.updated_at, t.closed_at,
    t.kecamatan, t.desa, t.address, t.description, t.reporter_name, t.reporter_number, t.operator, t.revision,
    t.erasures, c.display, c.outcome, c.recording, c.mark, c.lane, c.ended_at AS call_ended_at,
    c.operator AS call_operator,
    (SELECT verdict FROM verdicts v WHERE v.ticket = t.number AND v.replaced_at IS NULL) AS verdict, k.tracking,
    k.state AS complaint, (SELECT master FROM merges m WHERE m.ticket = t.number) AS master,
    (SELECT count(*) FROM merges m WHERE m.master = t.number) AS merged,
    (SELECT since FROM unsent_episodes e WHERE e.ticket = t.number AND e.ended_at IS NULL) AS unsent_since"""
_ON_ITS_OWN = "NOT EXISTS (SELECT 1 FROM merges m WHERE m.ticket = t.number)"
_FROM = "FROM tickets t LEFT JOIN calls c ON c.id = t.call LEFT JOIN complaints k ON k.ticket = t.number"
# Reads one ticket for its page.
_ONE = f"SELECT {_TICKET} {_FROM} WHERE t.number = :number"
_OF_OPERATOR = "t.created_at >= :since AND (t.operator = :operator OR c.operator = :operator)"
_HELD_UP = "EXISTS (SELECT 1 FROM unsent_episodes e WHERE e.ticket = t.number AND e.ended_at IS NULL)"
# Lists an operator's tickets of this shift: emergencies that are not sent, the oldest first, then the newest.
_MINE = f"""SELECT {_TICKET} {_FROM} WHERE {_OF_OPERATOR}
    ORDER BY CASE WHEN {_HELD_UP} THEN t.created_at ELSE '9' END, t.created_at DESC, t.number DESC
    LIMIT :limit OFFSET :offset"""
# Counts them.
_MINE_COUNT = f"SELECT count(*) FROM tickets t LEFT JOIN calls c ON c.id = t.call WHERE {_OF_OPERATOR}"
_MESSAGES = (
    f"FROM tickets t JOIN calls c ON c.id = t.call WHERE t.status = 'open' AND c.outcome = 'message' AND {_ON_ITS_OWN}"
)
# Lists the open tickets of recorded messages, oldest first.
_MESSAGE_NUMBERS = f"SELECT t.number {_MESSAGES} ORDER BY t.number LIMIT :limit OFFSET :offset"
# Counts them.
_MESSAGE_COUNT = f"SELECT count(*) {_MESSAGES}"
# Three reads, each with its index: turned down by an agency; open, and given back by the last that had it; given back
# to 112 while another agency has the ticket, until an operator has dealt with it.
_RETURNED = f"""SELECT a.id, a.ticket, a.opd, a.note, coalesce(a.ended_at, a.updated_at) AS returned_at
    FROM assignments a WHERE a.state = 'ditolak'
    UNION ALL SELECT a.id, a.ticket, a.opd, a.note, coalesce(a.ended_at, a.updated_at)
    FROM tickets t JOIN assignments a ON a.ticket = t.number
    WHERE t.status = 'open' AND {_ON_ITS_OWN} AND a.state = 'bukan_wewenang'
    AND a.id = (SELECT max(id) FROM assignments WHERE ticket = t.number)
    UNION ALL SELECT a.id, a.ticket, a.opd, a.note, a.returned_at
    FROM assignments a JOIN tickets t ON t.number = a.ticket
    WHERE a.returned_at IS NOT NULL AND t.status = 'dispatched' AND {_ON_ITS_OWN}"""
# Reads a page of what agencies turned down or gave back.
_RETURNED_PART = f"{_RETURNED} ORDER BY 5, 1 LIMIT :limit OFFSET :offset"
# Counts it.
_RETURNED_COUNT = f"SELECT count(*) FROM ({_RETURNED})"
# Open tickets that are to be sent to an agency. A call in which nobody spoke is a callback task instead, whichever key
# was pressed; a complaint in the inbox is work there.
_UNSENT = f"""FROM tickets t LEFT JOIN calls c ON c.id = t.call LEFT JOIN complaints k ON k.ticket = t.number
    WHERE t.status = 'open' AND k.state IS NOT 'masuk' AND (t.call IS NULL OR c.outcome IN ('talked', 'message')
    OR t.description IS NOT NULL OR t.kind IN ('emergency', 'complaint')
    AND NOT EXISTS (SELECT 1 FROM callbacks b WHERE b.ticket = t.number AND b.done_at IS NULL)) AND {_ON_ITS_OWN}"""
_SENT = f"FROM tickets t WHERE t.status = 'dispatched' AND {_ON_ITS_OWN}"
_NOT_DECLINED = "NOT EXISTS (SELECT 1 FROM assignments d WHERE d.ticket = t.number AND d.state = 'ditolak')"
_CALM = f"NOT {_HELD_UP}"
# Counts the tickets on which somebody still has to act.
_WORK_COUNT = f"""SELECT (SELECT count(*) FROM unsent_episodes WHERE ended_at IS NULL)
    + (SELECT count(*) {_UNSENT} AND {_CALM}) + (SELECT count(*) {_SENT} AND {_CALM})"""
# Work in its ranks, the most urgent first: emergencies that nobody has sent, turned down by an agency, unanswered,
# others that are unsent, under way; within each by number, which begins with the day.
_WORK_RANKS = (
    "SELECT ticket AS number FROM unsent_episodes WHERE ended_at IS NULL AND ticket > :after",
    f"""SELECT DISTINCT a.ticket AS number FROM assignments a JOIN tickets t ON t.number = a.ticket
    WHERE a.state = 'ditolak' AND t.status = 'dispatched' AND {_ON_ITS_OWN} AND {_CALM} AND a.ticket > :after""",
    f"""SELECT DISTINCT a.ticket AS number FROM assignments a JOIN tickets t ON t.number = a.ticket
    WHERE a.ended_at IS NULL AND a.acknowledged_at IS NULL AND t.status = 'dispatched' AND {_ON_ITS_OWN}
    AND {_NOT_DECLINED} AND {_CALM} AND a.ticket > :after""",
    f"SELECT t.number {_UNSENT} AND {_CALM} AND t.number > :after",
    f"""SELECT t.number {_SENT} AND {_NOT_DECLINED} AND {_CALM} AND t.number > :after
    AND NOT EXISTS (SELECT 1 FROM assignments a
    WHERE a.ticket = t.number AND a.ended_at IS NULL AND a.acknowledged_at IS NULL)""",
)
# Reads tickets by their numbers, once a page of numbers was chosen.
_TICKETS = f"SELECT {_TICKET} {_FROM} WHERE t.number IN (SELECT value FROM json_each(:numbers))"
# Reads a page of an agency's tasks: unanswered emergencies, unanswered complaints, work under way; oldest first.
_TASKS = """SELECT id, rank, dispatched_at FROM (SELECT a.id, a.dispatched_at,
    CASE WHEN a.state <> 'dikirim' THEN 2 WHEN t.kind = 'complaint' THEN 1 ELSE 0 END AS rank
    FROM assignments a JOIN tickets t ON t.number = a.ticket WHERE a.opd = :opd AND a.ended_at IS NULL)
    WHERE (rank, dispatched_at, id) > (:rank, :at, :id) ORDER BY rank, dispatched_at, id LIMIT :limit"""
# Counts an agency's open assignments, and how many of them it has not answered.
_TASK_COUNTS = """SELECT count(*), count(CASE WHEN state = 'dikirim' THEN 1 END) FROM assignments
    WHERE opd = :opd AND ended_at IS NULL"""
# Lists an agency's ended assignments of the last hours, the last first.
_ENDED = """SELECT id FROM assignments WHERE opd = :opd AND ended_at >= :since
    ORDER BY ended_at DESC, id DESC LIMIT :limit OFFSET :offset"""
# Counts them.
_ENDED_COUNT = "SELECT count(*) FROM assignments WHERE opd = :opd AND ended_at >= :since"
# Reads assignments with their ticket's report, once a page of ids was chosen.
_TASK_ROWS = """SELECT a.*, t.kind, t.category, t.kecamatan, t.desa, t.address, t.description, t.reporter_name,
    t.reporter_number, t.created_at AS ticket_created_at,
    (SELECT coalesce(sum(sent), 0) FROM pushes p WHERE p.assignment = a.id) AS pushes
    FROM assignments a JOIN tickets t ON t.number = a.ticket WHERE a.id IN (SELECT value FROM json_each(:ids))"""
# Reads the sort key of the last known task, so that the next page begins after it.
_DISPATCHED_AT = "SELECT dispatched_at FROM assignments WHERE id = :id"
# Finds the pages that a change of these tickets concerns: those of agencies that have one of them or its master, and
# the tickets' own.
_TIES = """WITH near AS (SELECT value AS number FROM json_each(:tickets)
    UNION SELECT master FROM merges WHERE ticket IN (SELECT value FROM json_each(:tickets))
    UNION SELECT ticket FROM merges WHERE master IN (SELECT value FROM json_each(:tickets)))
    SELECT n.number, a.opd FROM near n LEFT JOIN assignments a ON a.ticket = n.number"""
# Reads the assignments of tickets with how often each was pushed, and how many changes of it nobody has read.
_ASSIGNMENTS = """SELECT a.id, a.ticket, a.opd, a.state, a.dispatched_at, a.dispatched_by, a.acknowledged_at,
    a.acknowledged_by, a.via, a.updated_at, a.ended_at, a.note,
    (SELECT coalesce(sum(sent), 0) FROM pushes p WHERE p.assignment = a.id) AS pushes,
    (SELECT count(*) FROM amendments m WHERE m.assignment = a.id AND m.read_at IS NULL) AS unread_count
    FROM assignments a WHERE a.ticket IN (SELECT value FROM json_each(:tickets)) ORDER BY a.id"""
# Reads the photos and links of assignments.
_ATTACHMENTS = """SELECT * FROM attachments WHERE assignment IN (SELECT value FROM json_each(:ids)) ORDER BY id"""
# Finds the owner of a photo, so that only its agency may open it.
_ATTACHMENT = """SELECT t.*, a.opd, a.ticket FROM attachments t JOIN assignments a ON a.id = t.assignment
    WHERE t.value = :value AND t.kind = :kind"""
# Finds the call of each ticket, and the caller's position.
_CALLS_OF = """SELECT t.number, t.call, c.location FROM tickets t JOIN calls c ON c.id = t.call
    WHERE t.number IN (SELECT value FROM json_each(:tickets))"""
# Reads the newest journal rows of one agency's part in each ticket; most of them are pushes.
_STORY = """SELECT j.seq, j.at, j.kind, j.ticket, j.actor, j.data
    FROM json_each(:tickets) k JOIN journal j ON j.seq IN (
    SELECT seq FROM journal WHERE ticket = k.value AND data ->> 'opd' = :opd AND seq < :before
    ORDER BY seq DESC LIMIT :limit) ORDER BY j.seq"""
# Reads the same without pushes, by the index `journal_told`, which has none.
_TOLD = """SELECT j.seq, j.at, j.kind, j.ticket, j.actor, j.data FROM json_each(:tickets) k JOIN journal j ON j.seq IN (
    SELECT seq FROM journal WHERE ticket = k.value AND data ->> 'opd' = :opd
    AND (kind < 'push.' OR kind >= 'push/') ORDER BY seq DESC LIMIT :limit) ORDER BY j.seq"""
# Counts today's calls by outcome.
_CALLS_TODAY = """SELECT coalesce(outcome, 'live') AS word, count(*) AS n FROM calls
    WHERE arrived_at >= :since GROUP BY 1"""
# Counts today's finished tickets by kind.
_DONE_TODAY = f"""SELECT kind AS word, count(*) AS n FROM tickets t
    WHERE created_at >= :since AND status IN ('done', 'closed') AND {_ON_ITS_OWN} GROUP BY 1"""
# Counts the ended calls of each number by their tickets' kind, for the pop at arrival.
_PAST = """SELECT c.number, t.kind, count(*) AS n FROM calls c JOIN tickets t ON t.number = c.ticket
    WHERE c.number IN (SELECT value FROM json_each(:numbers)) AND c.ended_at IS NOT NULL GROUP BY 1, 2"""
# Finds the newest journal row of some kinds: for each kind its newest by the index `journal_kind`, which has no pushes.
_NEWEST = """SELECT j.* FROM json_each(:kinds) k JOIN journal j ON j.seq = (SELECT seq FROM journal
    WHERE kind = k.value AND (kind < 'push.' OR kind >= 'push/') ORDER BY seq DESC LIMIT 1)
    ORDER BY j.seq DESC LIMIT 1"""
# Pushes that were tried to contacts above all agencies (`contacts` names them) and are not answered yet.
_ESCALATED = """FROM pushes p JOIN assignments a ON a.id = p.assignment
    WHERE p.done_at IS NULL AND p.attempts > 0 AND p.channel = 'page' AND a.ended_at IS NULL
    AND p.contact IN (SELECT value FROM json_each(:contacts))"""
# Lists the assignments of such pushes, newest first.
_ESCALATED_IDS = f"SELECT DISTINCT p.assignment {_ESCALATED} ORDER BY p.assignment DESC LIMIT :limit"
# Counts them.
_ESCALATED_COUNT = f"SELECT count(DISTINCT p.assignment) {_ESCALATED}"
# Counts unanswered assignments and finds the oldest, for the alarm; the index holds nothing else.
_UNANSWERED = """SELECT count(*), min(dispatched_at) FROM assignments INDEXED BY assignments_unanswered
    WHERE ended_at IS NULL AND acknowledged_at IS NULL"""

NEVER = 2**62  # a `seq` that the journal does not reach


class Boards:
    """Reads for the operators' desk, the agencies' page and the wall; nothing here writes."""

    def __init__(self, connection: Connection, amendments: Amendments) -> None:
        self._db = connection
        self._amendments = amendments

    def ticket(self, number: str) -> Row | None:
        """One ticket with its assignments and what its call says, or None."""
        return next(iter(self._with_assignments(self._db.all(_ONE, number=number))), None)

    def tickets_of(self, operator: str, since: datetime, limit: int = 12, offset: int = 0) -> list[Row]:
        """Tickets that an operator took or wrote since a moment: unsent emergencies first, then the newest."""
        values = {"operator": operator, "since": to_text(since), "limit": limit, "offset": offset}
        return self._with_assignments(self._db.all(_MINE, **values))

    def tickets_of_count(self, operator: str, since: datetime) -> int:
        """Number of tickets that `tickets_of` gives without a limit."""
        return int(self._db.run(_MINE_COUNT, operator=operator, since=to_text(since)).fetchone()[0])

    def messages(self, limit: int = 50, offset: int = 0) -> list[Row]:
        """Open tickets of recorded messages, oldest first: the first work after opening."""
        return self._tickets(self._numbers(_MESSAGE_NUMBERS, limit=limit, offset=offset))

    def message_count(self) -> int:
        """Number of tickets that `messages` gives without a limit."""
        return self._count(_MESSAGE_COUNT)

    def returned(self, limit: int = 50, offset: int = 0) -> list[Row]:
        """Tickets that an agency turned down or the last one gave back, with its `opd` and `note`."""
        rows = self._db.all(_RETURNED_PART, limit=limit, offset=offset)
        names = ("opd", "note", "returned_at")
        tickets = {row["number"]: row for row in self._tickets([row["ticket"] for row in rows])}
        return [tickets[row["ticket"]] | {name: row[name] for name in names} for row in rows]

    def returned_count(self) -> int:
        """Number of tickets that `returned` gives without a limit."""
        return self._count(_RETURNED_COUNT)

    def work(self, limit: int = 200, after: tuple[int, str] = (0, "")) -> list[Row]:
        """Tickets on which somebody still has to act, the most urgent first, with their assignments.

        `after`: the `rank` and number of the last that is known already. Ranks: unsent emergencies, turned down,
        unanswered, unsent, under way; within each the oldest first."""
        ranks: dict[str, int] = {}
        for rank in range(after[0], len(_WORK_RANKS)):
            sql = f"{_WORK_RANKS[rank]} ORDER BY 1 LIMIT :limit"
            last = after[1] if rank == after[0] else ""
            ranks |= dict.fromkeys(self._numbers(sql, after=last, limit=limit - len(ranks)), rank)
            if len(ranks) >= limit:
                break
        rows = self._with_assignments(self._tickets(list(ranks)))
        return [row | {"rank": ranks[row["number"]]} for row in rows]

    def work_count(self) -> int:
        """Number of tickets that `work` gives without a limit."""
        return self._count(_WORK_COUNT)

    def tasks(self, opd: str, limit: int, after: tuple[int, int] | None = None) -> list[Row]:
        """An agency's open assignments with their ticket's report, each with its `rank`: unanswered emergencies,
        unanswered complaints, what it works on; within each the oldest first.

        `after`: the `rank` and id of the last that is known already."""
        rank, last = after or (-1, 0)
        at = self._db.one(_DISPATCHED_AT, id=last) or {"dispatched_at": ""}
        keys = self._db.all(_TASKS, opd=opd, rank=rank, at=at["dispatched_at"], id=last, limit=limit)
        rows = self.task_rows([row["id"] for row in keys])
        return [row | {"rank": key["rank"]} for row, key in zip(rows, keys, strict=True)]

    def task_counts(self, opd: str) -> tuple[int, int]:
        """Numbers of an agency's open and of its unanswered assignments."""
        count, waiting = self._db.run(_TASK_COUNTS, opd=opd).fetchone()
        return int(count), int(waiting)

    def ended_tasks(self, opd: str, since: datetime, limit: int, offset: int = 0) -> list[Row]:
        """An agency's assignments that ended since a moment, the last first."""
        keys = self._db.all(_ENDED, opd=opd, since=to_text(since), limit=limit, offset=offset)
        return self.task_rows([row["id"] for row in keys])

    def ended_count(self, opd: str, since: datetime) -> int:
        """Number of rows that `ended_tasks` gives without a limit."""
        return int(self._db.run(_ENDED_COUNT, opd=opd, since=to_text(since)).fetchone()[0])

    def ties(self, tickets: Iterable[str]) -> tuple[set[str], set[str]]:
        """The agencies that have these tickets or those merged with them, and the numbers of all of these tickets."""
        rows = self._db.all(_TIES, tickets=json.dumps(sorted(tickets)))
        return {row["opd"] for row in rows if row["opd"] is not None}, {row["number"] for row in rows}

    def attachments(self, assignments: Iterable[int]) -> dict[int, list[Row]]:
        """Photos and links by assignment."""
        by_assignment: dict[int, list[Row]] = defaultdict(list)
        for row in self._db.all(_ATTACHMENTS, ids=json.dumps(list(assignments))):
            by_assignment[row["assignment"]].append(row)
        return by_assignment

    def photo(self, name: str) -> Row | None:
        """The attachment of a photo's file name with the `opd` and `ticket` it belongs to, or None."""
        return self._db.one(_ATTACHMENT, value=name, kind="photo")

    def calls_of(self, tickets: Iterable[str]) -> dict[str, Row]:
        """The `call` of each ticket that has one, and where the network says that the caller was (`location`)."""
        rows = self._db.all(_CALLS_OF, tickets=json.dumps(list(tickets)))
        return {row["number"]: row | {"location": json.loads(row["location"] or "null")} for row in rows}

    def story(
        self, opd: str, tickets: Iterable[str], limit: int = 1000, before: int | None = None
    ) -> dict[str, list[Row]]:
        """Journal rows of one agency's part in these tickets, oldest first: of each ticket the newest `limit` rows,
        `before` a `seq` where given."""
        return self._stories(_STORY, opd=opd, tickets=json.dumps(sorted(tickets)), limit=limit, before=before or NEVER)

    def told(self, opd: str, tickets: Iterable[str], limit: int) -> dict[str, list[Row]]:
        """As `story`, without its pushes."""
        return self._stories(_TOLD, opd=opd, tickets=json.dumps(sorted(tickets)), limit=limit)

    def counts(self, since: datetime) -> dict[str, dict[str, int]]:
        """Calls by outcome (`live` while they last) and finished tickets by kind, since a moment."""
        at = to_text(since)
        pairs = {"calls": _CALLS_TODAY, "finished": _DONE_TODAY}
        return {name: {row["word"]: row["n"] for row in self._db.all(sql, since=at)} for name, sql in pairs.items()}

    def unanswered(self) -> tuple[int, str | None]:
        """Number of unanswered assignments, and the dispatch time of the oldest."""
        count, oldest = self._db.run(_UNANSWERED).fetchone()
        return int(count), oldest

    def escalated(self, contacts: Iterable[str], limit: int = 200) -> list[int]:
        """Assignments that were pushed up to one of these contacts' pages and are still not answered, newest first."""
        rows = self._db.all(_ESCALATED_IDS, contacts=json.dumps(list(contacts)), limit=limit)
        return [row["assignment"] for row in rows]

    def escalated_count(self, contacts: Iterable[str]) -> int:
        """Number of assignments that `escalated` gives without a limit."""
        return int(self._db.run(_ESCALATED_COUNT, contacts=json.dumps(list(contacts))).fetchone()[0])

    def past(self, numbers: Iterable[str]) -> dict[str, dict[str, int]]:
        """Numbers of ended calls of each number, by the kind of their tickets."""
        by_number: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._db.all(_PAST, numbers=json.dumps(list(numbers))):
            by_number[row["number"]][row["kind"]] = row["n"]
        return by_number

    def newest(self, *kinds: str) -> Row | None:
        """The newest journal row of these kinds, which are not `push.*`; None when there is none."""
        row = self._db.one(_NEWEST, kinds=json.dumps(kinds))
        return None if row is None else row | {"data": json.loads(row["data"])}

    def answers(self, tickets: Iterable[str]) -> dict[str, list[Row]]:
        """The assignments of each ticket, in the order in which it was sent to agencies."""
        by_ticket: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.all(_ASSIGNMENTS, tickets=json.dumps(list(tickets))):
            standing = self._amendments.standing(row["id"]) if row["unread_count"] else {"unread": []}
            by_ticket[row["ticket"]].append(row | standing)
        return by_ticket

    def _with_assignments(self, tickets: list[Row]) -> list[Row]:
        by_ticket = self.answers(row["number"] for row in tickets)
        return [row | {"assignments": by_ticket[row["number"]]} for row in tickets]

    def _numbers(self, sql: str, **values: object) -> list[str]:
        return [row["number"] for row in self._db.all(sql, **values)]

    def _tickets(self, numbers: list[str]) -> list[Row]:
        """These tickets, in this order."""
        rows = {row["number"]: row for row in self._db.all(_TICKETS, numbers=json.dumps(numbers))}
        return [rows[number] for number in numbers]

    def task_rows(self, ids: list[int]) -> list[Row]:
        """These assignments with their ticket's report, in this order."""
        rows = {row["id"]: row for row in self._db.all(_TASK_ROWS, ids=json.dumps(ids))}
        return [rows[id] for id in ids]

    def _count(self, sql: str) -> int:
        return int(self._db.run(sql).fetchone()[0])

    def _stories(self, sql: str, **values: object) -> dict[str, list[Row]]:
        stories: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.all(sql, **values):
            stories[row["ticket"]].append(row | {"data": json.loads(row["data"])})
        return stories
