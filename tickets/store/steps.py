"""Records of a call, its arrival and the steps of its flow: data that can wait in a file until the store takes it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tickets.errors import Conflict
from tickets.model import Actor, PlannedPush, Row, from_text, to_text
from tickets.store.calls import NewCall, Note

if TYPE_CHECKING:
    from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Duty:
    """The pushes for a message left after hours, which begin at once."""

    opd: str
    ladder: tuple[PlannedPush, ...]
    follow_up_s: float


@dataclass(frozen=True, slots=True)
class CallStep:
    """One step of a call: columns of its row, notes for the journal, and what follows for its ticket.

    `taken_for` are the ticket's fields that the caller's keys tell; `ends` is the outcome where the call ends with it.
    """

    call: str
    at: datetime
    columns: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    taken_for: Mapping[str, Any] = field(default_factory=dict)
    callbacks: tuple[str, ...] = ()
    duty: Duty | None = None
    ends: str | None = None

    def write(self, store: Store, ticket: str) -> None:
        """Save it, all of it or nothing; `ticket` is the call's."""
        with store.transaction():
            store.calls.step(self.at, self.call, ticket, self.columns, self.notes)
            if self.taken_for:
                store.tickets.update(self.at, ticket, dict(self.taken_for), Actor("call", self.call))
            opened = [store.calls.callback(self.at, self.call, reason) for reason in self.callbacks]
            if self.duty is not None:
                duty, by = self.duty, Actor("call", self.call)
                with suppress(Conflict):  # it was dispatched before
                    store.assignments.dispatch(self.at, ticket, duty.opd, duty.ladder, duty.follow_up_s, by)
            if self.ends is not None:
                store.tickets.call_ended(self.at, ticket, self.ends, waits=any(opened))


@dataclass(frozen=True, slots=True)
class Record:
    """One write of a call as it is spilled: `step` with the caller's data, so that any single record can make the
    call's row.

    `arrives`: it is the call's first; `ticket` is its number, provisional where the store never had it.
    """

    ticket: str
    new: NewCall
    step: CallStep
    arrives: bool = False
    doubt: str | None = None
    sampled: bool = False


def as_row(record: Record) -> Row:
    """The record as a JSON object; what stands at its default is left out."""
    step = record.step
    fields: Row = {"at": to_text(step.at), "columns": dict(step.columns)}
    fields["notes"] = [[note.kind, dict(note.data)] for note in step.notes]
    optional = {
        "taken_for": dict(step.taken_for),
        "callbacks": list(step.callbacks),
        "duty": None if step.duty is None else _duty_row(step.duty),
        "ends": step.ends,
        "arrives": record.arrives,
        "doubt": record.doubt,
        "sampled": record.sampled,
    }
    fields |= {name: value for name, value in optional.items() if value}
    return {"ticket": record.ticket, "new": asdict(record.new)} | fields


def from_row(row: Row) -> Record:
    """The record of a JSON object; KeyError, TypeError or ValueError where it is none."""
    new = NewCall(**row["new"])
    duty = row.get("duty")
    step = CallStep(
        call=new.id,
        at=from_text(row["at"]),
        columns=dict(row["columns"]),
        notes=tuple(Note(kind, dict(data)) for kind, data in row["notes"]),
        taken_for=dict(row.get("taken_for", {})),
        callbacks=tuple(row.get("callbacks", ())),
        duty=None if duty is None else Duty(duty["opd"], tuple(map(_push, duty["ladder"])), float(duty["follow_up_s"])),
        ends=row.get("ends"),
    )
    return Record(
        ticket=str(row["ticket"]),
        new=new,
        step=step,
        arrives=bool(row.get("arrives")),
        doubt=row.get("doubt"),
        sampled=bool(row.get("sampled")),
    )


def _duty_row(duty: Duty) -> Row:
    ladder = [asdict(push) | {"due_at": to_text(push.due_at)} for push in duty.ladder]
    return {"opd": duty.opd, "follow_up_s": duty.follow_up_s, "ladder": ladder}


def _push(row: Row) -> PlannedPush:
    return PlannedPush(**row | {"due_at": from_text(row["due_at"])})
