"""The pushes of a ladder, their times and their words; pure: the daemon asks, the store remembers.

Nothing here ever ends a push: it ends when the store hears that the OPD answered, or that a named human took the ticket
off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from ivr.wording import write_day, write_time, zone_name
from tickets.errors import InvalidInput
from tickets.messages import NAME_TAKER, READ, fill, sentences
from tickets.model import AMENDED, TURNED_DOWN_STATE, WAITING_STATE, DuePush, PlannedPush, Row, from_text
from tickets.routing import CHANNEL_NAMES, Contact, Ladder, Routing, Step, Target, is_placeholder, ladder_for

# First retry after a failure; each further one waits twice as long, up to the step's own `every`.
RETRY_S = 5.0
# Longest wait after a permanent failure, which only another configuration ends.
PERMANENT_RETRY_S = 300.0
DUTY_EVERY_S = 300.0
SPOKEN_LENGTH = 200


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The rule by which an OPD that stays in a state is pushed again: after `after` × its follow_up_s, by `steps`
    steps."""

    after: float
    steps: int | None
    reminder: str


# An assignment that stays in one of these states is pushed again: by the whole ladder where nobody moved yet, by its
# first step alone where people are already at work.
FOLLOW_UPS: Mapping[str, FollowUp] = {
    "diterima": FollowUp(1, None, "Laporan sudah diterima, tetapi belum ada yang berangkat."),
    "berangkat": FollowUp(2, 1, "Petugas sudah berangkat, tetapi belum tercatat tiba."),
    "di_lokasi": FollowUp(4, 1, "Petugas sudah di lokasi, tetapi laporan belum selesai."),
}
KINDS = {"emergency": "darurat", "complaint": "pengaduan"}


@dataclass(frozen=True, slots=True)
class Report:
    """The texts of a push: `subject` and `body` to read, `spoken` to hear, `read_back` to hear after an answer, `data`
    for machines. `test`: no ticket stands behind it, and its first words say so. `amended`: it tells what changed, and
    asks for a reader."""

    subject: str
    body: str
    spoken: str
    data: Mapping[str, Any] = field(default_factory=dict)
    read_back: str = ""
    test: bool = False
    amended: bool = False


def plan(routing: Routing, opd: str, now: datetime, kind: str = "emergency") -> tuple[PlannedPush, ...]:
    """Plan the whole ladder of an OPD after a dispatch at `now`: one push for each target of each step."""
    if opd not in routing.opds:
        raise InvalidInput(f"OPD {opd} tidak ada di routing.yaml; yang ada: {', '.join(routing.opds)}")
    return _pushes(ladder_for(routing, opd, kind), now, WAITING_STATE)


def follow_up(routing: Routing, assignment: Row, state: str, now: datetime) -> tuple[PlannedPush, ...]:
    """Plan the pushes of the next state, which begin when the OPD stays inactive; none for an end state."""
    if state == TURNED_DOWN_STATE:
        return _pushes(_ladder_above(routing, assignment), now, state)
    nag = FOLLOW_UPS.get(state)
    if nag is None:
        return ()
    start = now + timedelta(seconds=nag.after * assignment["follow_up_s"])
    if assignment["opd"] not in routing.opds:
        return _pushes(_duty_ladder(routing), start, state)
    ladder = ladder_for(routing, assignment["opd"], assignment.get("kind") or "emergency")
    return _pushes(ladder, start, state, nag.steps)


def duty_plan(routing: Routing, now: datetime) -> tuple[PlannedPush, ...]:
    """Plan pushes to the duty contact over all its channels, for a message left after hours."""
    return _pushes(_duty_ladder(routing), now, WAITING_STATE)


def channels_of(contact: Contact, *, mobiles: bool = True) -> tuple[str, ...]:
    """The channels by which a contact can be pushed, the loudest first; `mobiles`: whether the site can dial out."""
    call = contact.sip or (mobiles and contact.mobile and not is_placeholder(contact.mobile))
    return tuple(name for name in CHANNEL_NAMES if (call if name == "call" else getattr(contact, name)))


def next_due(
    push: DuePush, started: datetime, ended: datetime, pace_s: float, *, ok: bool, permanent: bool = False
) -> datetime:
    """Time of the next try, always after `ended`: the step's interval, but never faster than the channel's pace.

    After a failure it comes sooner, with a delay that doubles up to the step's interval; after a permanent failure it
    waits that interval at once, but at most PERMANENT_RETRY_S."""
    if ok:
        wait_s = push.every_s
    elif permanent:
        wait_s = min(push.every_s, PERMANENT_RETRY_S)
    else:
        wait_s = min(push.every_s, RETRY_S * 2 ** min(push.failures, 16))
    return max(started + timedelta(seconds=max(wait_s, pace_s)), ended + timedelta(seconds=min(wait_s, RETRY_S)))


def report(
    ticket: Row,
    opd: str,
    routing: Routing,
    zone: tzinfo,
    *,
    phase: str = WAITING_STATE,
    attempt: int = 1,
    link: str = "",
) -> Report:
    """The report on a ticket (a row of the store) to an OPD, by the templates, with times in the site's zone."""
    words, category = routing.messages, routing.categories.get(ticket["category"] or "")
    reported = from_text(ticket["created_at"]).astimezone(zone)
    clock = write_time(reported.time().replace(second=0, microsecond=0))
    reminder = _reminder(routing, phase)
    values = {
        "opd": routing.opds[opd].short if opd in routing.opds else opd,
        "jenis": KINDS.get(ticket["kind"], ""),
        "kategori": category.name if category else "Laporan tanpa kategori",
        "lokasi": _place(ticket) or "belum diketahui",
        "tempat": _short_place(ticket) or "lokasi belum diketahui",
        "hari": write_day(reported.date()),
        "pukul": f"{clock} {zone_name(str(zone))}",
        "jam": clock,
        "uraian": ticket["description"] or "",
        "tiket": ticket["number"],
        "ke": str(attempt),
        "permintaan": _request(routing, phase, reminder),
        "pengingat": reminder,
        "tautan": link,
    }
    heard = values | {"uraian": _cut(values["uraian"])}  # the same for every attempt: spoken into a file once
    return Report(
        subject=" ".join(fill(words.subject, values)),
        body="\n".join(fill(words.body, values)),
        spoken=sentences(fill(words.spoken, heard)),
        read_back=sentences(fill(words.read_back, heard)),
        data={
            "ticket": ticket["number"],
            "kind": ticket["kind"],
            "category": ticket["category"],
            "category_name": category.name if category else None,
            "place": {name: ticket[name] for name in ("kecamatan", "desa", "address")},
            "description": ticket["description"],
            "reported_at": reported.isoformat(timespec="seconds"),
            "link": link or None,
        },
    )


def _pushes(ladder: Ladder, start: datetime, phase: str, steps: int | None = None) -> tuple[PlannedPush, ...]:
    return tuple(
        PlannedPush(
            number, target.contact, target.channel, start + timedelta(seconds=step.after_s), step.every_s, phase
        )
        for number, step in enumerate(ladder.steps[:steps], 1)
        for target in step.notify
    )


def _duty_ladder(routing: Routing) -> Ladder:
    contact = routing.contacts[routing.duty]
    targets = tuple(Target(contact.name, channel) for channel in channels_of(contact, mobiles=routing.mobiles))
    return Ladder("duty", (Step(0.0, targets, DUTY_EVERY_S),))


def _ladder_above(routing: Routing, assignment: Row) -> Ladder:
    """The part of an OPD's ladder that lies above it, from the first such step on; the duty contact where there is
    none."""
    kind = assignment.get("kind") or "emergency"
    steps = ladder_for(routing, assignment["opd"], kind).steps if assignment["opd"] in routing.opds else ()
    above = [(step, tuple(each for each in step.notify if _is_above(routing, each))) for step in steps]
    kept = [(step, targets) for step, targets in above if targets]
    if not kept:
        return _duty_ladder(routing)
    first_s = kept[0][0].after_s
    return Ladder("above", tuple(Step(step.after_s - first_s, targets, step.every_s) for step, targets in kept))


def _is_above(routing: Routing, target: Target) -> bool:
    contact = routing.contacts.get(target.contact)
    return contact is not None and contact.opd is None


def _request(routing: Routing, phase: str, reminder: str) -> str:
    if phase == AMENDED:
        return READ
    return f"{reminder} {routing.messages.update}" if phase in FOLLOW_UPS else reminder or routing.messages.ask


def _reminder(routing: Routing, phase: str) -> str:
    if phase == TURNED_DOWN_STATE:
        return routing.messages.reminders.get(phase, NAME_TAKER)
    return routing.messages.reminders.get(phase, FOLLOW_UPS[phase].reminder) if phase in FOLLOW_UPS else ""


def _place(ticket: Row) -> str:
    kecamatan = f"Kecamatan {ticket['kecamatan']}" if ticket["kecamatan"] else None
    return ", ".join(filter(None, [ticket["address"], ticket["desa"], kecamatan]))


def _short_place(ticket: Row) -> str:
    return ", ".join(filter(None, [ticket["desa"], ticket["kecamatan"]])) or ticket["address"] or ""


def _cut(story: str) -> str:
    """A story as long as a telephone reads it out, ended at a word."""
    story = " ".join(story.split())
    return story if len(story) <= SPOKEN_LENGTH else story[:SPOKEN_LENGTH].rsplit(" ", 1)[0]
