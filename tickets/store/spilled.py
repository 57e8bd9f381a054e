"""Reading spilled records back: in order, each exactly once, whatever was killed in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tickets.errors import StoreUnavailable, TicketError
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.steps import CallStep, Record, from_row

if TYPE_CHECKING:
    from tickets.store import Store

# Reads how far a spill file is in the store.
_APPLIED = "SELECT applied FROM spills WHERE file = :file"
# Notes how far it is, in the transaction of the records themselves.
_MARK = """INSERT INTO spills (file, applied, at) VALUES (:file, :n, :at)
    ON CONFLICT (file) DO UPDATE SET applied = :n, at = :at"""
# Forgets a file that is empty again.
_FORGET = "DELETE FROM spills WHERE file = :file"
# Shows whether a call's step is in the journal: a row of that kind at that microsecond.
_WRITTEN = "SELECT 1 FROM journal WHERE call = :call AND kind = :kind AND at = :at LIMIT 1"
# Shows whether a ticket number is taken.
_TAKEN = "SELECT 1 FROM tickets WHERE number = :number"
# columns that a step may set although another process has taken the call on: that one never writes them
_FOREIGN_COLUMNS = ("state",)
_MOMENTS = ("answered_at", "waiting_at", "ringing_at", "talking_at")
# faults of the record and not of the store: another try would not help
_ITS_OWN_FAULT = (TicketError, ValueError, TypeError, KeyError, AssertionError)

Reject = Callable[[int, Row, str], None]


class Spilled:
    """Progress of each spill file in the store, written in the transaction of the records themselves."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def applied(self, file: str) -> int:
        """The number of the last record of a file that is in the store; 0 when none is."""
        row = self._db.one(_APPLIED, file=file)
        return int(row["applied"]) if row else 0

    def mark(self, now: datetime, file: str, n: int) -> None:
        """Note that a file is in the store up to this record."""
        with self._db.ensured_write():
            self._db.run(_MARK, file=file, n=n, at=to_text(now))

    def forget(self, file: str) -> None:
        """Forget a file that is empty again; its id will not come back."""
        with self._db.ensured_write():
            self._db.run(_FORGET, file=file)

    def apply(
        self, store: Store, now: datetime, file: str, records: Sequence[tuple[int, Row]], reject: Reject
    ) -> dict[str, str]:
        """Write records of a file in one transaction, passing over those that are in already.

        A record that cannot be written for its own sake is handed to `reject`, which must keep it, and passed over.
        Returns the ticket of each call whose arrival is now in the store. StoreUnavailable: nothing was written.
        """
        arrived: dict[str, str] = {}
        with store.transaction():
            done = self.applied(file)
            for n, row in records:
                if n <= done:
                    continue
                try:
                    with store.savepoint():
                        record = from_row(row)
                        ticket = _write(store, now, record)
                        if record.arrives:
                            arrived[record.new.id] = ticket
                except StoreUnavailable:
                    raise
                except _ITS_OWN_FAULT as error:
                    reject(n, row, f"{type(error).__name__}: {error}")
            if records and records[-1][0] > done:
                self.mark(now, file, records[-1][0])
        return arrived


def _write(store: Store, now: datetime, record: Record) -> str:
    """Write one record, unless an earlier write whose end was not heard of did; returns the call's ticket."""
    step, call = record.step, store.calls.find(record.new.id)
    if call is None:
        ticket = _arrive(store, now, record)
        step.write(store, ticket)
        return ticket
    if not _is_written(store, step):
        _for_row(call, record).write(store, call["ticket"])
    return str(call["ticket"])


def _arrive(store: Store, now: datetime, record: Record) -> str:
    """Make the call and its ticket under the number that people have seen, or the next free one where that is taken."""
    number = _free(store, record.ticket)
    step, new = record.step, record.new
    store.calls.arrive(step.at, "", new, record.doubt, sampled=record.sampled, number=number)
    data = {"written_at": to_text(step.at)} | ({"was": record.ticket} if number != record.ticket else {})
    store.journal.append(now, "ticket.read_back", Actor("call", new.id), call=new.id, ticket=number, data=data)
    return number


def _free(store: Store, number: str) -> str:
    while store.connection.one(_TAKEN, number=number) is not None:
        head, digits = re.fullmatch(r"(.*?)(\d+)", number).groups()  # type: ignore[union-attr]
        number = f"{head}{int(digits) + 1:0{len(digits)}d}"
    return number


def _is_written(store: Store, step: CallStep) -> bool:
    """True where the store has this very step: a journal row of that microsecond.

    A step without a row sets columns alone, and may do so twice."""
    kinds = [note.kind for note in step.notes]
    kinds += ["callback.opened"] if step.callbacks else []
    kinds += ["ticket.updated"] if step.taken_for else []
    return any(store.connection.one(_WRITTEN, call=step.call, kind=kind, at=to_text(step.at)) for kind in kinds)


def _for_row(call: Row, record: Record) -> CallStep:
    """Reduce a step to what it may change in an existing call: what another process wrote since stays."""
    step = record.step
    if record.new.handled_by == call["handled_by"]:
        return step
    # this step takes the call on from the other; what was read out of Asterisk's own log is later than any
    if "handled_by" in step.columns and call["handled_by"] != "asterisk":
        columns = {name: value for name, value in step.columns.items() if name not in _MOMENTS or call[name] is None}
        return replace(step, columns=columns)
    columns = {name: value for name, value in step.columns.items() if name in _FOREIGN_COLUMNS}
    return replace(step, columns=columns, ends=None)
