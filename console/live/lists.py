"""The lists of pages, each in parts, the most urgent rows first."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from console.live.bounding import PART, brief, cut, fitting
from tickets.cases import incidents
from tickets.model import Row
from tickets.store import Store
from tickets.store.calls import view

MAX_TRIES = 5
RECENT = timedelta(hours=14)
JUDGED_WITHIN = timedelta(days=7)
WAITS = ("waiting", "ringing")
_LANES = {"urgent": 0, "normal": 1, "unverified": 2, "silent": 3}
WORK_ROOM, LIST_ROOM = 200_000, 50_000
List = Callable[[Store, int, int], list[Row]]
Part = tuple[list[Any], int | None]
_TICKET_TEXTS = ("description", "address")


def work(store: Store, after: tuple[int, str] = (0, "")) -> tuple[list[Row], str | None]:
    """Tickets in work, and the place where the next part begins."""
    rows = store.boards.work(PART * 2 + 1, after)
    kept = fitting([_ticket(row) for row in rows], WORK_ROOM, PART * 2)
    last = rows[len(kept) - 1] if len(kept) < len(rows) else None
    return kept, None if last is None else f"{last['rank']}.{last['number']}"


def _ticket(row: Row) -> Row:
    assignments = [
        brief(each, "note") | {"unread": [brief(change, "before", "after") for change in each["unread"]]}
        for each in row["assignments"]
    ]
    return brief(row, *_TICKET_TEXTS) | {"assignments": assignments}


def callbacks(around: Mapping[str, str]) -> List:
    """The list of callbacks to make, each with the kinds of earlier calls of its number, its latest tries, and its
    incident: the one that it is linked to, or that is `around` it."""

    def rows_of(store: Store, offset: int, limit: int) -> list[Row]:
        rows = store.callbacks.open(limit, offset)
        past = store.boards.past({row["number"] for row in rows})
        return [
            {name: value for name, value in row.items() if name != "master"}
            | {
                "incident": row["master"] or around.get(row["ticket"]),
                "past": past.get(row["number"], {}),
                "tries": row["tries"][-MAX_TRIES:],
                "tries_count": len(row["tries"]),
            }
            for row in rows
        ]

    return rows_of


def callbacks_at(now: datetime) -> List:
    """The same list, with the incidents of this moment."""
    return lambda store, offset, limit: callbacks(incidents.around(incidents.crowds(store, now)))(store, offset, limit)


def messages(store: Store, offset: int, limit: int) -> list[Row]:
    """Recorded messages that nobody has worked on."""
    return [brief(row, *_TICKET_TEXTS) for row in store.boards.messages(limit, offset)]


def returned(store: Store, offset: int, limit: int) -> list[Row]:
    """Tickets that came back from an agency."""
    return [brief(row, *_TICKET_TEXTS, "note") for row in store.boards.returned(limit, offset)]


def troubled(store: Store, offset: int, limit: int) -> list[Row]:
    """Pushes whose last attempt failed."""
    return [brief(row, "last_error") for row in store.assignments.troubled(limit, offset)]


def known(store: Store, now: datetime) -> list[Row]:
    """Contacts above the agencies who have said that they deal with an assignment, while that counts."""
    return store.snoozes.shown(now)


def calls(store: Store, offset: int, limit: int) -> list[Row]:
    """Calls in progress, oldest first."""
    return in_hand(store, store.calls.live()[offset : offset + limit])


def waiting(rows: list[Row]) -> list[Row]:
    """The waiting ones of these calls, by lane and then by arrival."""
    rows = [row for row in rows if row["stage"] in WAITS]
    return sorted(rows, key=lambda row: (_LANES.get(row["lane"], 1), row["waiting_at"] or row["arrived_at"]))


def voiced(store: Store, offset: int, limit: int) -> list[Row]:
    """Waiting calls, without those of the silent lane."""
    rows = waiting([row for row in store.calls.live() if row["lane"] != "silent"])
    return [live(row) for row in rows[offset : offset + limit]]


def silent(store: Store, offset: int, limit: int) -> list[Row]:
    """Callers who wait in silence, each with the kinds of earlier calls of its number and the present listeners."""
    rows = waiting([row for row in store.calls.live() if row["lane"] == "silent"])[offset : offset + limit]
    past = store.boards.past({row["number"] for row in rows if row["number"]})
    listeners = store.listeners.all() if rows else []
    return [
        live(row)
        | {
            "past": past.get(row["number"], {}),
            "listeners": [listener["display"] for listener in listeners if listener["call"] == row["id"]],
        }
        for row in rows
    ]


def live(row: Row) -> Row:
    """A call as pages show it; `language`: what the caller chose in the menu."""
    moments = ("waiting_at", "ringing_at", "talking_at", "talk_ended_at")
    return view(row) | {name: row[name] for name in moments} | {"language": json.loads(row["state"]).get("language")}


def in_hand(store: Store, rows: Iterable[Row]) -> list[Row]:
    """Calls as pages show them, each with `held_at`: since when the operator keeps the caller on hold."""
    return [live(row) | {"held_at": held_at(store, row)} for row in rows]


def held_at(store: Store, row: Row) -> str | None:
    """The moment since when a caller is on hold; None while the two talk, or nobody talks with the caller."""
    held = row["stage"] == "talking" and json.loads(row["state"]).get("music")
    return store.calls.held_at(row["id"]) if held else None


def unjudged(row: Row) -> Row:
    """A call that waits for a verdict, as pages show it."""
    return brief(row, "description") | {"sampled": bool(row["sampled"])}


def operators(store: Store, presences: list[Row], but: str = "") -> list[Row]:
    """All operators but one, each with its presence; those on duty first where a page has no room for all."""
    known = {row["operator"]: row for row in presences}
    people = [person for person in store.people.operators() if person["name"] != but]
    rows = [presence(known.get(person["name"]), person["name"]) | {"display": person["display"]} for person in people]
    return rows if len(rows) <= PART else sorted(rows, key=lambda row: bool(row["live"] == "offline"))


def presence(row: Row | None, name: str) -> Row:
    """An operator's presence; offline where none was written yet."""
    return row or {"operator": name, "wanted": "offline", "live": "offline", "call": None, "since": None}


def team(store: Store, offset: int, limit: int) -> list[Row]:
    """All operators."""
    return operators(store, store.people.presences())[offset : offset + limit]


def mine(name: str, now: datetime) -> List:
    """The list of an operator's own tickets of this shift."""
    return lambda store, offset, limit: store.boards.tickets_of(name, now - RECENT, limit, offset)


def colleagues(name: str) -> List:
    """The list of an operator's colleagues."""
    return lambda store, offset, limit: operators(store, store.people.presences(), name)[offset : offset + limit]


def attachments(store: Store, number: str) -> list[Any]:
    """Photos and links of a ticket's assignments."""
    rows: list[Any] = store.tickets.report(number)["attachments"]
    return rows


def merged(store: Store, number: str) -> list[Any]:
    """The numbers of the tickets that are merged into this one."""
    return store.merging.of(number)


def recorded(store: Store, number: str) -> list[Any]:
    """The recorded talks of a ticket's callbacks."""
    return store.callbacks.recorded(number)


DESK: Mapping[str, List] = {
    "messages": messages,
    "returned": returned,
    "waiting": voiced,
    "silent": silent,
}
WALL: Mapping[str, List] = {"calls": calls, "troubled": troubled, "operators": team}
TICKET: Mapping[str, Callable[[Store, str], list[Any]]] = {
    "attachments": attachments,
    "callbacks": recorded,
    "merged": merged,
}


def of_ticket(store: Store, rows_of: Callable[[Store, str], list[Any]], number: str, offset: int) -> Part:
    """A list of a ticket from a place in it on; NotFound when there is no such ticket."""
    store.tickets.get(number)
    return cut(rows_of(store, number), LIST_ROOM, offset)


def part(store: Store, rows_of: List, offset: int = 0) -> tuple[list[Row], int | None]:
    """A part of a list from a place in it on, and the place of the next part; None: there is no more."""
    rows = rows_of(store, offset, PART + 1)
    kept = fitting(rows, LIST_ROOM)
    return kept, offset + len(kept) if len(kept) < len(rows) else None
