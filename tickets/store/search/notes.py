"""Notes that people write beside a ticket's report: whose they are, and their words.

They stand in the journal, so that each of an agency's is kept and not the last one alone."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tickets.store.connection import Connection
from tickets.store.search.words import distinct, fold, words_of

REPORT = ""  # the source of the words of a report: everybody's who sees the ticket
STAFF = "-"  # that of the staff's own notes; no agency has this code

# Reads the rows of a ticket with a note, by the index `journal_told`, which has no pushes.
_NOTES = """SELECT kind, actor, data FROM journal WHERE ticket = :ticket AND (kind < 'push.' OR kind >= 'push/')
    AND data LIKE '%"note"%' ORDER BY seq"""


def source_of(kind: str, actor: str, data: Mapping[str, Any]) -> str | None:
    """The source of a journal row's note: the agency that it concerns, or the staff; None for the machine's own."""
    note = data.get("note")
    if not isinstance(note, str) or not note or actor.startswith("call:"):
        return None
    if actor.startswith("process:") and actor != "process:cli":
        return None
    opd = data.get("opd")
    return opd if kind.startswith("assignment.") and isinstance(opd, str) else STAFF


class Notes:
    """Notes of a ticket, from the journal."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, ticket: str) -> list[tuple[str, str]]:
        """The notes of a ticket with their sources, oldest first."""
        notes = []
        for row in self._db.all(_NOTES, ticket=ticket):
            data = json.loads(row["data"])
            if (source := source_of(row["kind"], row["actor"], data)) is not None:
                notes.append((source, data["note"]))
        return notes

    def words(self, ticket: str) -> dict[str, frozenset[str]]:
        """The words of a ticket's notes by their source."""
        texts: dict[str, list[str]] = defaultdict(list)
        for source, text in self.of(ticket):
            texts[source].append(text)
        return {source: distinct(words_of(*its)) for source, its in texts.items()}

    def newest_with(self, ticket: str, words: Sequence[str], reader: str | None) -> tuple[str, str] | None:
        """The newest note that has one of these words, with its source; `reader`, an agency, has its own alone."""
        for source, text in reversed(self.of(ticket)):
            if reader in (None, source) and any(word in fold(text) for word in words):
                return source, text
        return None
