"""The inbox of complaints, as its page shows it."""

from datetime import datetime

from console.console import Setting
from console.live.bounding import PART, fitting
from tickets.complaints.states import ENDED, STATES, Terms, clock, overdue
from tickets.model import Row
from tickets.store import Store

BOXES = ("", *(state for state in STATES if state not in ENDED), "late", "dead")
ROOM, ENDED_ROOM = 230_000, 110_000
_INNER = ("lease_until", "claimed_by", "outbox", "told")


def whole(terms: Terms, now: datetime, row: Row) -> Row:
    """A complaint of the store with the term that ends next."""
    shown = {name: value for name, value in row.items() if name not in _INNER}
    return shown | {"clock": clock(terms, now, row, row["waits_since"]), "waits": row["outbox"] is not None}


def inbox(store: Store, setting: Setting, now: datetime) -> Row:
    """The open complaints, emergencies first, then by their next term, within the bound; and the last ended ones."""
    terms = setting.terms
    rows, following = box(store, setting, now)
    rows.sort(key=lambda row: (row["state"] != "darurat", row["clock"]["due_at"] if row["clock"] else row["filed_at"]))
    waiting, dead = store.outbox.waiting() if terms.url else (0, 0)
    counts = store.complaints.counts()
    return {
        "rows": rows,
        "next": following,
        "count": sum(counts.values()),
        "late_count": store.complaints.late_count(overdue(terms, now)),
        "ended": fitting([whole(terms, now, row) for row in store.complaints.ended()], ENDED_ROOM),
        "counts": counts,
        "bridge": {"waiting": waiting, "dead": dead} if terms.url else None,
        "terms": {"pass_on": terms.pass_on, "answer": terms.answer, "done": terms.done},
        "edition": setting.edition,
    }


def box(
    store: Store, setting: Setting, now: datetime, state: str = "", offset: int = 0
) -> tuple[list[Row], int | None]:
    """Complaints that have not ended, all or one of `BOXES`, and where the next part begins."""
    terms = setting.terms
    if state == "late":
        rows = store.complaints.late(overdue(terms, now), PART + 1, offset)
    elif state == "dead":
        rows = store.complaints.undelivered(PART + 1, offset)
    else:
        rows = store.complaints.inbox(PART + 1, offset, state or None)
    kept = fitting([whole(terms, now, row) for row in rows], ROOM)
    return kept, offset + len(kept) if len(kept) < len(rows) else None


def summary(store: Store, setting: Setting, now: datetime) -> Row:
    """For the wall: how many wait to be passed on, how many are late, how many could not be handed over."""
    late = store.complaints.late_count(overdue(setting.terms, now))
    _waiting, dead = store.outbox.waiting() if setting.terms.url else (0, 0)
    return {"new": store.complaints.counts().get("masuk", 0), "late": late, "dead": dead}
