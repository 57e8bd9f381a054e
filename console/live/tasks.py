"""An agency's assignments as its page shows them: the first part, and those that follow."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from console.console import Console, Setting
from console.live.bounding import PART, brief, cut, fitting
from tickets.cases.reporters import reachable
from tickets.model import Row
from tickets.store import Store
from tickets.store.answers.amendments import shown

ENDED_SHOWN = timedelta(hours=12)
ENDED_PART = 30
STORY_ROWS = 12  # the newest of a story, mostly pushes
TOLD_ROWS = 30  # and the newest of its states and notes
LINKED = 20
OTHERS = 12
ATTACHED = 40  # more than an assignment takes today; older ones may have more
RECALLED = 20  # ended tasks with a change that was not read
READ_SHOWN = 10  # of what was read the newest
ROOM, ENDED_ROOM = 260_000, 90_000

Stories = Mapping[str, list[Row]]


async def has_page(console: Console, opd: str) -> bool:
    """True for an agency of routing.yaml, and for one that left it while it has open tasks."""
    if opd in console.setting.routing.opds:
        return True
    count, _waiting = await console.store.read(lambda store: store.boards.task_counts(opd))
    return count > 0


def open_tasks(
    store: Store, setting: Setting, opd: str, after: tuple[int, int] | None = None
) -> tuple[list[Row], str | None]:
    """Open tasks, unanswered emergencies first, and where the next part begins; `after` as `store.boards.tasks`."""
    rows = store.boards.tasks(opd, PART + 1, after)
    kept = fitting(_whole(store, setting, opd, rows), ROOM)
    last = rows[len(kept) - 1] if len(kept) < len(rows) else None
    return kept, None if last is None else f"{last['rank']}.{last['id']}"


def ended_tasks(
    store: Store, setting: Setting, opd: str, now: datetime, offset: int = 0
) -> tuple[list[Row], int | None]:
    """Tasks that ended in the last hours, the last first, and where the next part begins."""
    rows = store.boards.ended_tasks(opd, now - ENDED_SHOWN, ENDED_PART + 1, offset)
    kept = fitting(_whole(store, setting, opd, rows), ENDED_ROOM, ENDED_PART)
    return kept, offset + len(kept) if len(kept) < len(rows) else None


def recalled_tasks(store: Store, setting: Setting, opd: str) -> list[Row]:
    """Ended tasks with a change that was not read, as one that was taken off the agency; they stay until it is."""
    rows = store.boards.task_rows(store.amendments.ended_unread(opd, RECALLED))
    return fitting(_whole(store, setting, opd, rows), ENDED_ROOM)


def amendments(store: Store, assignment: int) -> list[Row]:
    """The changes of an assignment since it was sent, as pages show them: all that are unread, the newest that are
    read."""
    rows = [brief(shown(row), "before", "after") for row in store.amendments.of(assignment)]
    read = [row for row in rows if row["read_at"] is not None]
    return [row for row in rows if row["read_at"] is None or row in read[-READ_SHOWN:]]


def story(store: Store, row: Row, before: int, limit: int = 100) -> tuple[list[Row], int | None]:
    """The rows of an assignment's story before a `seq`, and where the part before them begins."""
    tickets = {row["ticket"], *store.merging.of(row["ticket"])}
    newest = store.boards.story(row["opd"], tickets, limit, before)
    begin = _earlier(newest, tickets, limit)
    row = row | {"linked": [{"number": number} for number in tickets - {row["ticket"]}]}
    return [_shown(event) for event in _of(row, newest) if event["seq"] >= (begin or 0)], begin


def linked(store: Store, ticket: str, offset: int) -> tuple[list[Row], int | None]:
    """Reports of the same incident from this one on, and where the next part begins."""
    return cut(store.merging.reports([ticket]).get(ticket, []), ROOM, offset)


def attachments(store: Store, assignment: int, offset: int) -> tuple[list[Row], int | None]:
    """An assignment's photos and links from this one on, and where the next part begins."""
    return cut([_proof(row) for row in store.assignments.attachments(assignment)], ROOM, offset)


def _whole(store: Store, setting: Setting, opd: str, rows: list[Row]) -> list[Row]:
    """Assignments of the store with everything that a page shows of each."""
    proofs = store.boards.attachments(row["id"] for row in rows)
    reports = store.merging.reports({row["ticket"] for row in rows})
    tickets = {row["ticket"] for row in rows} | {report["number"] for merged in reports.values() for report in merged}
    newest, states = store.boards.story(opd, tickets, STORY_ROWS), store.boards.told(opd, tickets, TOLD_ROWS)
    calls = store.boards.calls_of(row["ticket"] for row in rows)
    positions = {number: store.positions.standing(number) for number in {row["ticket"] for row in rows}}
    answers = store.boards.answers(row["ticket"] for row in rows)
    return [
        _task(setting, row, calls, reports.get(row["ticket"], []))
        | {"where": positions[row["ticket"]]}
        | {"others": [_answer(other) for other in answers.get(row["ticket"], []) if other["opd"] != opd][:OTHERS]}
        | _proofs(proofs.get(row["id"], []))
        | {"amendments": amendments(store, row["id"])}
        | _told(row, reports.get(row["ticket"], []), newest, states)
        for row in rows
    ]


def _task(setting: Setting, row: Row, calls: Mapping[str, Row], reports: list[Row]) -> Row:
    call = calls.get(row["ticket"], {"call": None})
    return row | {
        "through_112": reachable(setting.routing, row | {"call": call["call"]}, dials_out=setting.dials_out),
        "reporter_known": row["reporter_number"] is not None,
        "reporter_number": None if setting.hides_numbers else row["reporter_number"],
        "linked": [brief(report, "description") for report in reports[:LINKED]],
        "linked_count": len(reports),
    }


def _answer(row: Row) -> Row:
    """The answer of another agency of the same incident."""
    return brief({name: row[name] for name in ("opd", "state", "updated_at", "note")}, "note")


def _told(row: Row, reports: list[Row], newest: Stories, states: Stories) -> Row:
    """The newest of an assignment's story, and before which `seq` there is more of it."""
    whole = row | {"linked": reports}
    rows = {event["seq"]: event for stories in (states, newest) for event in _of(whole, stories)}
    tickets = {row["ticket"], *(report["number"] for report in reports)}
    return {
        "story": [_shown(rows[seq]) for seq in sorted(rows)],
        "story_next": _earlier(newest, tickets, STORY_ROWS),
    }


def _earlier(stories: Stories, tickets: set[str], limit: int) -> int | None:
    """The `seq` from which on these stories are complete; None where they reach back to their beginning."""
    whole = (stories.get(ticket, []) for ticket in tickets)
    return max((rows[0]["seq"] for rows in whole if len(rows) == limit), default=None)


def _of(row: Row, stories: Stories) -> list[Row]:
    """The events of an assignment, also those under a ticket that was merged into its own."""
    earlier = [event for report in row["linked"] for event in stories.get(report["number"], [])]
    rows = [event for event in earlier if event["data"].get("assignment") == row["id"]]
    rows += [event for event in stories.get(row["ticket"], []) if event["data"].get("assignment") in (row["id"], None)]
    return sorted(rows, key=lambda event: int(event["seq"]))


def _proofs(rows: list[Row]) -> Row:
    """The first of an assignment's photos and links, and how many there are."""
    return {
        "attachments": [_proof(row) for row in rows[:ATTACHED]],
        "attachments_count": len(rows),
    }


def _proof(row: Row) -> Row:
    taken = {name: row[name] for name in ("taken_at", "lat", "lon") if row[name] is not None}
    return {"kind": row["kind"], "value": row["value"], "at": row["added_at"], "by": row["added_by"]} | taken


def _shown(row: Row) -> Row:
    return {name: row[name] for name in ("seq", "at", "kind", "actor", "data")}
