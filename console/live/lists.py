"""The lists beside an operator's ticket, of the wall and of screening: each in parts, the most urgent first."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from console.live.bounding import PART, brief, fitting
from tickets.model import Row
from tickets.store import Store
from tickets.store.calls import view

MAX_TRIES = 5
JUDGED_WITHIN = timedelta(days=7)
WAITS = ("waiting", "ringing")
_LANES = {"urgent": 0, "normal": 1, "unverified": 2, "silent": 3}
WORK_ROOM, LIST_ROOM = 200_000, 50_000
_TICKET_TEXTS = ("description", "address")


def work(store: Store, after: tuple[int, str] = (0, "")) -> tuple[list[Row], str | None]:
    """Tickets that somebody still has to do something for, and where the next part begins."""
    rows = store.boards.work(PART * 2 + 1, after)
    kept = fitting([_ticket(row) for row in rows], WORK_ROOM, PART * 2)
    last = rows[len(kept) - 1] if len(kept) < len(rows) else None
    return kept, None if last is None else f"{last['rank']}.{last['number']}"


def _ticket(row: Row) -> Row:
    assignments = [brief(one, "note") for one in row["assignments"]]
    return brief(row, *_TICKET_TEXTS) | {"assignments": assignments}


def callbacks(store: Store, offset: int, limit: int) -> list[Row]:
    """Whom to call back, each with what earlier calls of the number were and how it was tried lately."""
    rows = store.callbacks.open(limit, offset)
    past = store.boards.past({row["number"] for row in rows})
    return [
        row
        | {"past": past.get(row["number"], {}), "tries": row["tries"][-MAX_TRIES:], "tries_count": len(row["tries"])}
        for row in rows
    ]


def messages(store: Store, offset: int, limit: int) -> list[Row]:
    """Recorded messages that nobody has dealt with."""
    return [brief(row, *_TICKET_TEXTS) for row in store.boards.messages(limit, offset)]


def returned(store: Store, offset: int, limit: int) -> list[Row]:
    """Tickets that came back from an agency."""
    return [brief(row, *_TICKET_TEXTS, "note") for row in store.boards.returned(limit, offset)]


def troubled(store: Store, offset: int, limit: int) -> list[Row]:
    """Pushes whose last attempt failed."""
    return [brief(row, "last_error") for row in store.assignments.troubled(limit, offset)]


def calls(store: Store, offset: int, limit: int) -> list[Row]:
    """Calls that last, oldest first."""
    return [live(row) for row in store.calls.live()[offset : offset + limit]]


def waiting(rows: list[Row]) -> list[Row]:
    """Those of these calls that wait for an operator, by lane and then by arrival."""
    rows = [row for row in rows if row["stage"] in WAITS]
    return sorted(rows, key=lambda row: (_LANES.get(row["lane"], 1), row["waiting_at"] or row["arrived_at"]))


def voiced(store: Store, offset: int, limit: int) -> list[Row]:
    """Calls that wait, but for those that are silent."""
    rows = waiting([row for row in store.calls.live() if row["lane"] != "silent"])
    return [live(row) for row in rows[offset : offset + limit]]


def silent(store: Store, offset: int, limit: int) -> list[Row]:
    """Callers who wait in silence, each with what earlier calls of the number were and who listens."""
    rows = waiting([row for row in store.calls.live() if row["lane"] == "silent"])[offset : offset + limit]
    past = store.boards.past({row["number"] for row in rows if row["number"]})
    listeners = store.listeners.all() if rows else []
    return [
        live(row)
        | {
            "past": past.get(row["number"], {}),
            "listeners": [one["display"] for one in listeners if one["call"] == row["id"]],
        }
        for row in rows
    ]


def live(row: Row) -> Row:
    """A call as pages show it."""
    moments = ("waiting_at", "ringing_at", "talking_at", "talk_ended_at")
    return view(row) | {name: row[name] for name in moments}


def unjudged(row: Row) -> Row:
    """A call that waits for a verdict, as pages show it."""
    return brief(row, "description") | {"sampled": bool(row["sampled"])}


List = Callable[[Store, int, int], list[Row]]
DESK: Mapping[str, List] = {
    "callbacks": callbacks,
    "messages": messages,
    "returned": returned,
    "waiting": voiced,
    "silent": silent,
}
WALL: Mapping[str, List] = {"calls": calls, "troubled": troubled}


def part(store: Store, rows_of: List, offset: int = 0) -> tuple[list[Row], int | None]:
    """A list from a place in it on, and where its next part begins; None: there is no more."""
    rows = rows_of(store, offset, PART + 1)
    kept = fitting(rows, LIST_ROOM)
    return kept, offset + len(kept) if len(kept) < len(rows) else None
