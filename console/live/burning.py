"""The bupati's page: what burns now, who has been pushed and how often, and nothing of a reporter."""

from datetime import datetime

from console.console import Setting
from console.live.bounding import cut
from console.live.lists import LIST_ROOM, known
from tickets.cases.knowing import contact_of
from tickets.cases.nudging import asked
from tickets.model import Row, to_text
from tickets.routing import Routing
from tickets.store import Store

UNANSWERED, WORKING = 12, 8
FACTS = ("assignment", "ticket", "opd", "state", "since", "handed_on", "category", "kecamatan", "desa")
MOVED = ("assignment", "ticket", "opd", "state", "updated_at", "category", "kecamatan", "desa")


def burning(store: Store, setting: Setting, now: datetime, user: str) -> Row:
    """The open emergencies for a contact above the agencies: unanswered ones, the oldest first, and those in work."""
    routing = setting.routing
    contact = contact_of(store, routing, user)
    names = [] if contact is None else [contact.name]
    rows = store.burning.unanswered(UNANSWERED)
    nudges = asked(store, routing, now, [row["assignment"] for row in rows])
    quiet = {row["assignment"]: row["ends_at"] for row in known(store, now) if row["contact"] in names}
    tests = [row for row in store.test_pushes.on_pages(now, None) if row["contact"] in names]
    unsent, oldest = store.unsent_board.summary()
    return {
        "contact": names[0] if names else None,
        "unanswered": [
            {name: row[name] for name in FACTS}
            | {"pushed": _pushed(store, routing, row["assignment"])}
            | {"nudged": _nudged(nudges.get(row["assignment"])), "known_until": quiet.get(row["assignment"])}
            for row in rows
        ],
        "unanswered_count": store.burning.unanswered_count(),
        "unsent": {"count": unsent, "oldest": oldest},
        "working": [{name: row[name] for name in MOVED} for row in store.burning.working(WORKING)],
        "working_count": store.burning.working_count(),
        "rising": [id for id in store.boards.escalated(names) if id not in quiet],
        "tests": cut(tests, LIST_ROOM)[0],
    }


def _pushed(store: Store, routing: Routing, assignment: int) -> list[Row]:
    contacts = routing.contacts
    return [
        {"title": contacts[row["contact"]].title if row["contact"] in contacts else row["contact"]}
        | {"times": row["times"], "arrived": row["arrived"]}
        for row in store.burning.pushed(assignment)
    ]


def _nudged(row: Row | None) -> Row | None:
    return None if row is None else {"title": row["title"], "at": row["at"], "again": to_text(row["again"])}
