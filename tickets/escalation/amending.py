"""Pushes of what changed after a dispatch: whom, over which ways, and with which words.

They are pushes like others, of a phase of their own that lasts until somebody of the agency has read the change,
whatever state the assignment is in; also after its end. What stays unread for too long goes up the agency's ladder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from tickets.change_words import recalls, spoken, written
from tickets.escalation.ladder import Report, channels_of, duty_plan, first_above_s, ladder_above
from tickets.messages import sentences
from tickets.model import (
    AMENDED,
    TURNED_DOWN_STATE,
    WAITING_STATE,
    ContactChannel,
    PlannedPush,
    Row,
    from_text,
)
from tickets.routing import Routing, Target, ladder_for
from tickets.store import Store
from tickets.store.answers.amendments import LONGEST

# Shortest time between two pushes of the same change: it is news, and no siren.
EVERY_S = 60.0
CALL_EVERY_S = 120.0
PLACE = frozenset({"kecamatan", "desa", "address", "position"})
# states in which a crew acts on what it was told
UNDER_WAY = frozenset({"diterima", "berangkat", "di_lokasi"})
ALOUD = frozenset({"call", "speaker"})


def take_up(store: Store, routing: Routing, now: datetime) -> None:
    """Plan the pushes of every change that has none yet; in the transaction that claims what is due."""
    for number in store.amendments.unplanned():
        row, changes = store.assignments.get(number), store.amendments.unread(number)
        pushes = plan(routing, row, changes, store.amendments.ways(number), now)
        store.amendments.plan(now, number, pushes)


def plan(
    routing: Routing, row: Row, changes: Sequence[Row], ways: Iterable[ContactChannel], now: datetime
) -> tuple[PlannedPush, ...]:
    """Plan pushes over the `ways` by which the agency was reached, and those of its ladder's first step.

    It is rung, too, where the place changed or the task was recalled and somebody is under way, or where it has nothing
    but telephones. The duty contact is told where the agency has no way at all."""
    due = max((from_text(each["due_at"]) for each in changes if not each["planned"]), default=now)
    due = min(due, now + LONGEST)  # the clock may have been set back since
    targets = _own(routing, row, ways)
    quiet = [target for target in targets if target.channel not in ALOUD]
    ringing = _telephones(routing, row, targets) if urgent(row, changes) or not quiet else []
    if not quiet and not ringing:
        return tuple(replace(push, phase=AMENDED, due_at=due) for push in duty_plan(routing, now))
    steps = ((quiet, max(EVERY_S, _pace(routing, row))), (ringing, CALL_EVERY_S))
    own = tuple(
        PlannedPush(number, target.contact, target.channel, due, every_s, AMENDED)
        for number, (step, every_s) in enumerate(steps, 1)
        for target in step
    )
    return own + above(routing, row, changes, due, len(steps))


def above(
    routing: Routing, row: Row, changes: Sequence[Row], due: datetime, steps_before: int
) -> tuple[PlannedPush, ...]:
    """Plan the pushes to those above, by their times in the agency's ladder, but none within the term in which a change
    may stay unread; it counts from the oldest. While nobody has answered the ladder itself climbs, with the changes."""
    if row["state"] in (WAITING_STATE, TURNED_DOWN_STATE) or not changes:
        return ()
    oldest = min(due, *(from_text(each["made_at"]) for each in changes))  # the clock may have been set back since
    first_s = first_above_s(routing, row)
    return tuple(
        PlannedPush(
            steps_before + number,
            target.contact,
            target.channel,
            max(due, oldest + timedelta(seconds=max(first_s + step.after_s, routing.unread_s))),
            max(step.every_s, EVERY_S),
            AMENDED,
        )
        for number, step in enumerate(ladder_above(routing, row).steps, 1)
        for target in step.notify
    )


def urgent(row: Row, changes: Iterable[Row]) -> bool:
    """True where a crew that is under way drives to the wrong place, or for nothing."""
    moves = row["state"] in UNDER_WAY
    return any(
        (each["field"] in PLACE and moves)
        or (each["field"] == "recall" and not each["about"] and each["before"] in UNDER_WAY)
        for each in changes
    )


def with_changes(
    report: Report, changes: Sequence[Row], opd: str, routing: Routing, zone: tzinfo, phase: str
) -> Report:
    """The report with the unread changes before all else; in their own phase it asks for a reader."""
    if not changes:
        return report
    known = routing.categories
    lines = [written(row, known, zone) for row in changes]
    short = routing.opds[opd].short if opd in routing.opds else opd
    heard = sentences([f"Perubahan untuk {short}", *(spoken(row, known) for row in changes)])
    facts = [{name: row[name] for name in ("field", "about", "before", "after", "changed_at")} for row in changes]
    subject = report.subject
    if phase == AMENDED and report.outside:
        lines.insert(0, f"{short} belum membaca perubahan ini:")
        heard = f"{short} belum membaca perubahan laporan ini. {heard}"
    if phase == AMENDED:
        word = "DIBATALKAN: " if recalls(changes) else "DIUBAH: "
        word = f"BELUM DIBACA {short}: " if report.outside else word
        head, mark, rest = subject.partition("[112] ")
        subject = f"{mark}{word}{rest}" if mark and not head else f"{word}{subject}"
    return replace(
        report,
        subject=subject,
        body="\n".join([*lines, report.body]),
        spoken=f"{heard} {report.spoken}",
        data={**report.data, "amendments": facts},
        amended=phase == AMENDED and not report.outside,
    )


def _own(routing: Routing, row: Row, ways: Iterable[ContactChannel]) -> list[Target]:
    """The ways that reached the agency's own contacts, and those of its ladder's first step."""
    targets = [Target(contact, channel) for contact, channel in ways]
    if row["opd"] in routing.opds:
        targets += ladder_for(routing, row["opd"], row["kind"]).steps[0].notify
    return [target for target in dict.fromkeys(targets) if _is_own(routing, row, target)]


def _is_own(routing: Routing, row: Row, target: Target) -> bool:
    contact = routing.contacts.get(target.contact)
    return (
        contact is not None
        and contact.opd == row["opd"]
        and target.channel in channels_of(contact, mobiles=routing.mobiles)
    )


def _telephones(routing: Routing, row: Row, targets: Iterable[Target]) -> list[Target]:
    """The telephones of those who were reached; of anybody of the agency where none of them has one."""
    reached = {target.contact for target in targets}
    own = [contact for contact in routing.contacts.values() if contact.opd == row["opd"]]
    ringing = [each for each in own if "call" in channels_of(each, mobiles=routing.mobiles)]
    return [Target(each.name, "call") for each in ringing if each.name in reached] or [
        Target(each.name, "call") for each in ringing
    ]


def _pace(routing: Routing, row: Row) -> float:
    return ladder_for(routing, row["opd"], row["kind"]).steps[0].every_s if row["opd"] in routing.opds else EVERY_S
