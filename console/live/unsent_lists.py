"""Emergencies that nobody has sent, as the operators' pages and the wall show them."""

from datetime import datetime

from console.live.bounding import PART, brief, fitting
from console.live.lists import LIST_ROOM, WAITS, List
from tickets.escalation.unsent import UnsentRules, begins_at, first_due
from tickets.model import Row, from_text
from tickets.store import Store


def unsent(store: Store, rules: UnsentRules, now: datetime) -> Row:
    """The most urgent of them, how many there are, and since when the oldest waits."""
    count, oldest = store.unsent_board.summary()
    rows = fitting(rows_at(rules, now)(store, 0, PART), LIST_ROOM) if count else []
    return {"rows": rows, "count": count, "oldest": oldest}


def rows_at(rules: UnsentRules, now: datetime) -> List:
    """The list of them, each with the audience that its pushes have come to by now."""
    return lambda store, offset, limit: [_shown(row, rules, now) for row in store.unsent_board.rows(limit, offset)]


def stage(row: Row, rules: UnsentRules, now: datetime) -> str | None:
    """The last audience whose turn has come: by the ladder's times, so that pages know it without a daemon too."""
    edits = (from_text(row["edited_at"]),) if row["edited_at"] else ()
    begun = row["begun_at"] and from_text(row["begun_at"])
    begun = begun or begins_at(from_text(row["since"]), edits, rules, written=False)
    turns = [
        step.audience
        for number, step in enumerate(rules.steps)
        if first_due(step, begun) <= now or number <= row["step"]
    ]
    return turns[-1] if turns else None


def _shown(row: Row, rules: UnsentRules, now: datetime) -> Row:
    inner = ("id", "weight", "edited_at", "begun_at", "step")
    kept = {name: value for name, value in row.items() if name not in inner}
    return brief(kept, "description", "address") | {"stage": stage(row, rules, now)}


def queue(calls: list[Row]) -> Row:
    """Callers who wait for an operator, for the wall: all, and the urgent ones with the oldest of them."""
    waits = [row for row in calls if row["stage"] in WAITS and row["lane"] != "silent"]
    urgent = [row["waiting_at"] or row["arrived_at"] for row in waits if row["lane"] == "urgent"]
    return {"count": len(waits), "urgent": len(urgent), "oldest": min(urgent, default=None)}
