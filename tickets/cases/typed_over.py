"""Saves of a form against what it was typed over: nobody's words are overwritten unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tickets.errors import FieldConflict, TicketEnded, TicketErased
from tickets.model import ENDED_STATUSES, Actor, Row
from tickets.store import Store
from tickets.store.people.field_edits import Mark
from tickets.store.tickets import checked

LABELS = {
    "kind": "jenis",
    "category": "kategori",
    "kecamatan": "kecamatan",
    "desa": "desa",
    "address": "alamat",
    "description": "uraian",
    "reporter_name": "nama pelapor",
    "reporter_number": "nomor pelapor",
}
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TypedOver:
    """The state that a page's fields were typed over: each field's value, and how often its ticket was erased.

    Empty for a page of an earlier release, which knows none of it."""

    fields: Mapping[str, str | None] = field(default_factory=dict)
    mark: Mark | None = None
    erasures: int | None = None


UNKNOWN = TypedOver()


def write(store: Store, now: datetime, number: str, changes: Row, actor: Actor, over: TypedOver = UNKNOWN) -> None:
    """Write all of the fields, or none: FieldConflict where another person has changed one of them meanwhile."""
    kept, conflicts = sort(store, number, changes, actor, over)
    if conflicts:
        raise FieldConflict(conflicts, sentence(conflicts))
    store.tickets.update(now, number, kept, actor, over.mark)


def sort(store: Store, number: str, changes: Row, actor: Actor, over: TypedOver) -> tuple[Row, list[Row]]:
    """The fields that may be written, and the conflicts of the others.

    TicketEnded where the ticket is over, TicketErased where personal data were erased since it was typed; fields whose
    draft has sent a later text already are neither written nor in conflict."""
    ticket, clean, base = store.tickets.get(number), checked(changes), checked(over.fields)
    if ticket["erasures"] and ticket["erasures"] != over.erasures and clean:
        raise TicketErased(number)
    fresh = {name for name, value in clean.items() if ticket[name] != value}
    if ticket["status"] in ENDED_STATUSES:
        if fresh:
            raise TicketEnded(number)
        return {}, []
    edits, kept, conflicts = store.field_edits.of(number), dict(clean), []
    for name in sorted(fresh, key=list(clean).index):
        edit = edits.get(name) or _unknown_author(ticket, name, over)
        if edit is None or (over.mark and edit["draft"] == over.mark.draft):
            if edit is not None and over.mark and over.mark.turn < edit["turn"]:
                del kept[name]  # overtaken on its way by a later request of the same page
            continue
        if not _unseen(name, ticket[name], edit, base, actor):
            continue
        del kept[name]
        row = {"field": name, "base": base.get(name), "yours": clean[name], "theirs": ticket[name]}
        conflicts.append(row | {key: edit[key] for key in ("by", "display", "at")})
    return kept, conflicts


def _unseen(name: str, present: str | None, edit: Row, base: Mapping[str, str | None], actor: Actor) -> bool:
    """True where the author of the save has not seen the present value."""
    mine = edit["by"] == actor.name
    if name in base:
        return present != base[name] and not (mine and edit["draft"] is None)
    return present is not None and not mine


def _unknown_author(ticket: Row, name: str, over: TypedOver) -> Row | None:
    """The last operator of a ticket that was written before authors of fields were kept; None where nobody is known."""
    if name in over.fields or name == "kind" or ticket["operator"] is None:
        return None
    by = ticket["operator"]
    return {"by": by, "display": by, "at": ticket["updated_at"], "draft": None, "turn": 0}


def sentence(conflicts: Iterable[Row]) -> str:
    """The conflicts for a page that cannot show them side by side."""
    return "; ".join(f"{LABELS[row['field']]} {_by(row)}" for row in conflicts)


def _by(row: Row) -> str:
    if row["theirs"] is None:
        return f"sudah dikosongkan {row['display']}"
    return f"sudah diisi {row['display']}: {row['theirs'][:LONGEST_SHOWN]}"


def note(store: Store, now: datetime, number: str, conflicts: Iterable[Row], actor: Actor) -> None:
    """Put a refused save into the journal, without the words of it."""
    rows, call = list(conflicts), store.tickets.get(number)["call"]
    data = {"fields": [row["field"] for row in rows], "by": sorted({row["by"] for row in rows})}
    store.journal.append(now, "ticket.conflict", actor, call=call, ticket=number, data=data)


def over(store: Store, drafts: Mapping[str, int]) -> list[str]:
    """Of kept drafts (their ticket: how often it had been erased), those whose ticket ended, was erased or is gone."""
    return [number for number, erasures in drafts.items() if _is_over(store.tickets.standing(number), erasures)]


def _is_over(ticket: Row | None, erasures: int) -> bool:
    return ticket is None or ticket["status"] in ENDED_STATUSES or bool(ticket["erasures"] != erasures)
