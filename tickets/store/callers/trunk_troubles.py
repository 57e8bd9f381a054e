"""Trunks that do not serve as they should, as the wall shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Lists the trunks in trouble, worst first: one of each.
_ALL = "SELECT trunk, kind, sentence, since FROM trunk_troubles ORDER BY trunk LIMIT 100"
# Keeps the trouble of a trunk; `since` stays while its kind is the same.
_KEEP = """INSERT INTO trunk_troubles (trunk, kind, sentence, since) VALUES (:trunk, :kind, :sentence, :at)
    ON CONFLICT (trunk) DO UPDATE SET sentence = :sentence,
    since = CASE WHEN trunk_troubles.kind = :kind THEN trunk_troubles.since ELSE :at END, kind = :kind"""
# Forgets the trouble of a trunk.
_FORGET = "DELETE FROM trunk_troubles WHERE trunk = :trunk"


class Trouble(Protocol):
    """A trunk's trouble: its kind, and a sentence for people."""

    @property
    def trunk(self) -> str:
        """The trunk's name."""
        ...

    @property
    def kind(self) -> str:
        """`silent`, `partly`, `unregistered` or `full`."""
        ...

    @property
    def sentence(self) -> str:
        """The sentence for the wall."""
        ...


class TrunkTroubles:
    """The troubles of now; each change is a row of the journal."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db, self._journal = connection, journal

    def all(self) -> list[Row]:
        """The trunks in trouble: `trunk` `kind` `sentence` `since`."""
        return self._db.all(_ALL)

    def tell(self, now: datetime, troubles: Sequence[Trouble], actor: Actor) -> None:
        """Make these the troubles of now: `trunk.trouble` for each new one, `trunk.well` for each that is over."""
        with self._db.ensured_write():
            before = {row["trunk"]: row for row in self.all()}
            for each in troubles:
                self._db.run(_KEEP, trunk=each.trunk, kind=each.kind, sentence=each.sentence, at=to_text(now))
                if before.get(each.trunk, {}).get("kind") != each.kind:
                    data = {"trunk": each.trunk, "trouble": each.kind, "sentence": each.sentence}
                    self._journal.append(now, "trunk.trouble", actor, data=data)
            for trunk in before.keys() - {each.trunk for each in troubles}:
                self._db.run(_FORGET, trunk=trunk)
                self._journal.append(now, "trunk.well", actor, data={"trunk": trunk, "trouble": before[trunk]["kind"]})
