"""Opens an ended ticket again."""

from datetime import datetime

from tickets.model import Actor
from tickets.store import Store


def reopen(store: Store, now: datetime, number: str, reason: str, actor: Actor) -> None:
    """Open an ended ticket again; the reason and the person stand in its history. Conflict while it is open."""
    store.tickets.reopen(now, number, actor, reason)
