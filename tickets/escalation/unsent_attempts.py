"""An attempt to push an unsent emergency that the store did not take: as it is kept, and as it is written later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.model import ContactChannel, Row, from_text, to_text
from tickets.store import Store

_MOMENTS = ("started", "ended", "due")
# Fields of a target that its attempt is written by, and that the next one goes on from.
_KEPT = ("id", "episode", "ticket", "audience", "attempts", "failures")


@dataclass(frozen=True, slots=True)
class UnsentTried:
    """One attempt for a `target`, as that was before; `due` is when it is pushed again, `way` the contact and channel
    it really went to."""

    target: Row
    way: ContactChannel
    started: datetime
    ended: datetime
    ok: bool
    detail: str
    due: datetime

    @property
    def after(self) -> Row:
        """The fields of the target that this attempt has changed."""
        target = self.target
        return {"attempts": target["attempts"] + 1, "failures": 0 if self.ok else target["failures"] + 1}

    def write(self, store: Store) -> None:
        """Write it as of when it happened."""
        target, way, moments = self.target, self.way, (self.started, self.ended)
        store.unsent_targets.attempted(target, way, *moments, ok=self.ok, detail=self.detail, due=self.due)

    def write_late(self, store: Store) -> None:
        """Write it unless the store has it: the end of its first write was not heard of."""
        if not store.unsent_targets.has_attempt(self.target["id"], self.way, self.started):
            self.write(store)

    def as_row(self) -> Row:
        """The record of the spill file."""
        target = {name: self.target[name] for name in _KEPT}
        moments = {name: to_text(getattr(self, name)) for name in _MOMENTS}
        kept = {"at": to_text(self.ended), "unsent": target, "way": list(self.way)}
        return kept | {"ok": self.ok, "detail": self.detail} | moments


def from_row(row: Row) -> UnsentTried:
    """The attempt of a record."""
    started, ended, due = (from_text(row[name]) for name in _MOMENTS)
    contact, channel = row["way"]
    return UnsentTried(row["unsent"], (contact, channel), started, ended, row["ok"], row["detail"], due)
