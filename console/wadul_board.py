"""What the inbox of complaints shows."""

from datetime import datetime

from console.desk import Setting
from tickets.complaints import Terms, clock
from tickets.model import Row
from tickets.store import Store

SHOWN = 500
_INNER = ("lease_until", "claimed_by", "outbox", "told")


def whole(terms: Terms, now: datetime, row: Row) -> Row:
    """A complaint of the store with the term that ends next."""
    shown = {name: value for name, value in row.items() if name not in _INNER}
    return shown | {"clock": clock(terms, now, row, row["waits_since"]), "waits": row["outbox"] is not None}


def inbox(store: Store, setting: Setting, now: datetime) -> Row:
    """Everything that has not ended, what is late first, then by the end of its term; and what ended last."""
    terms = setting.terms
    rows = [whole(terms, now, row) for row in store.complaints.open(SHOWN)]
    rows.sort(key=lambda row: (row["state"] != "darurat", row["clock"]["due_at"] if row["clock"] else row["filed_at"]))
    waiting, dead = store.outbox.waiting() if terms.url else (0, 0)
    return {
        "rows": rows,
        "ended": [whole(terms, now, row) for row in store.complaints.ended()],
        "counts": store.complaints.counts(),
        "bridge": {"waiting": waiting, "dead": dead} if terms.url else None,
        "terms": {"pass_on": terms.pass_on, "answer": terms.answer, "done": terms.done},
        "edition": setting.edition,
    }


def summary(store: Store, setting: Setting, now: datetime) -> Row:
    """For the wall: how many wait to be passed on, how many are late, how many could not be handed over."""
    terms, late = setting.terms, 0
    for row in store.complaints.running():
        term = clock(terms, now, row, row["waits_since"])
        late += bool(term and term["late"])
    _waiting, dead = store.outbox.waiting() if terms.url else (0, 0)
    return {"new": store.complaints.counts().get("masuk", 0), "late": late, "dead": dead}
