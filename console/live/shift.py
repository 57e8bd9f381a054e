"""The state of a shift as it is handed over: written by itself from what is open."""

from collections.abc import Sequence
from datetime import datetime

from console.live import lists
from console.live.bounding import brief
from tickets.model import Row
from tickets.store import Store

SHOWN = 60
TICKETS = ("unsent", "unanswered", "unfinished", "under_way")
# of a ticket in a hand-over that is kept: nothing that says something of people
_KEPT = ("number", "category", "kind", "kecamatan", "desa", "created_at", "assignments")


def shift(store: Store, now: datetime, faults: Sequence[str]) -> Row:
    """Tickets by their state, the most urgent first, and everything else that somebody has to know.

    `unsent` are emergencies as the desk counts them, `unfinished` other tickets without an agency; recorded messages
    and calls back are counted apart. `faults` are sentences; `more`: how many tickets there was no room for."""
    rows = store.boards.work(SHOWN)
    groups: Row = {name: [] for name in TICKETS}
    for row in rows:
        if (state := _state(row)) is not None:
            groups[state].append(_ticket(row))
    return {
        "at": now.isoformat(),
        **groups,
        "unsent_count": store.unsent_board.summary()[0],
        "more": max(0, store.boards.work_count() - len(rows)),
        "callbacks": [_callback(row) for row in store.callbacks.open(SHOWN)],
        "callbacks_count": store.callbacks.open_count(),
        "messages_count": store.boards.message_count(),
        "returned_count": store.boards.returned_count(),
        "away": [{name: row[name] for name in ("contact", "until", "reason")} for row in store.absences.rows(now)],
        "on_duty": [row["display"] for row in lists.operators(store, store.people.presences()) if _on_duty(row)],
        "faults": list(faults),
    }


def kept(state: Row) -> Row:
    """The state as a signed hand-over keeps it: numbers of tickets and places, no story, no name and no telephone
    number."""
    tickets = {name: [{field: row[field] for field in _KEPT} for row in state[name]] for name in TICKETS}
    callbacks = [{name: row[name] for name in ("ticket", "reason", "created_at")} for row in state["callbacks"]]
    return state | tickets | {"callbacks": callbacks}


def _state(row: Row) -> str | None:
    """The group of a ticket; None for a recorded message, which is counted with the messages."""
    if row["unsent_since"] is not None:
        return "unsent"
    opened = [assignment for assignment in row["assignments"] if assignment["ended_at"] is None]
    if not opened:
        return None if row["outcome"] == "message" else "unfinished"
    return "under_way" if all(assignment["acknowledged_at"] for assignment in opened) else "unanswered"


def _ticket(row: Row) -> Row:
    short = brief(row, "description", "address")
    names = ("number", "category", "kind", "kecamatan", "desa", "address", "description", "created_at")
    assignments = [
        {name: each[name] for name in ("opd", "state")} for each in row["assignments"] if not each["ended_at"]
    ]
    return {name: short[name] for name in names} | {"assignments": assignments}


def _callback(row: Row) -> Row:
    return {name: row[name] for name in ("ticket", "reason", "created_at", "number")}


def _on_duty(row: Row) -> bool:
    return bool(row["live"] != "offline")
