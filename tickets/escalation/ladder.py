"""The pushes of a ladder, their times and their words; pure: the daemon asks, the store remembers.

Nothing here ever ends a push: it ends when the store hears that the OPD answered, or that a named human took the ticket
off it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from ivr.wording import write_day, write_time, zone_name
from tickets.errors import InvalidInput
from tickets.locating.positions import unspoken, written
from tickets.messages import (
    ASK_UNREAD,
    ASK_UNSENT,
    IN_WRITING,
    NAME_TAKER,
    READ,
    UNSENT_REMINDER,
    fill,
    sentences,
)
from tickets.model import (
    AMENDED,
    TURNED_DOWN_STATE,
    UNSENT,
    WAITING_STATE,
    ContactChannel,
    DuePush,
    PlannedPush,
    Row,
    from_text,
)
from tickets.routing import CHANNEL_NAMES, Contact, Ladder, Routing, Step, Target, is_placeholder, ladder_for

# First retry after a failure; each further one waits twice as long, up to the step's own `every`.
RETRY_S = 5.0
# Longest wait after a permanent failure, which only another configuration ends.
PERMANENT_RETRY_S = 300.0
DUTY_EVERY_S = 300.0
SPOKEN_LENGTH = 200


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The rule by which an OPD that stays in a state is pushed again, by its whole ladder: after `after` × its
    follow_up_s."""

    after: float
    reminder: str


# An assignment that stays in one of these states is pushed again, in the end to those above. People at work have more
# time, and a note or a photo of theirs begins it anew.
FOLLOW_UPS: Mapping[str, FollowUp] = {
    "diterima": FollowUp(1, "Laporan sudah diterima, tetapi belum ada yang berangkat."),
    "berangkat": FollowUp(2, "Petugas sudah berangkat, tetapi belum tercatat tiba."),
    "di_lokasi": FollowUp(4, "Petugas sudah di lokasi, tetapi laporan belum selesai."),
}
KINDS = {"emergency": "darurat", "complaint": "pengaduan"}


@dataclass(frozen=True, slots=True)
class Report:
    """The texts of a push: `subject` and `body` to read, `spoken` to hear, `read_back` to hear after an answer, `data`
    for machines. `test`: no ticket stands behind it, and its first words say so. `outside`: for somebody who is not of
    the agency, and cannot answer for it. `amended`: it tells what changed, and asks for a reader. `unsent`: no agency
    has it."""

    subject: str
    body: str
    spoken: str
    data: Mapping[str, Any] = field(default_factory=dict)
    read_back: str = ""
    test: bool = False
    amended: bool = False
    outside: bool = False
    unsent: bool = False


def plan(routing: Routing, opd: str, now: datetime, kind: str = "emergency") -> tuple[PlannedPush, ...]:
    """Plan the whole ladder of an OPD after a dispatch at `now`: one push for each target of each step."""
    if opd not in routing.opds:
        raise InvalidInput(f"OPD {opd} tidak ada di routing.yaml; yang ada: {', '.join(routing.opds)}")
    return _pushes(ladder_for(routing, opd, kind), now, WAITING_STATE)


def carry_on(
    routing: Routing,
    opd: str,
    now: datetime,
    since: datetime,
    kind: str = "emergency",
    *,
    above: Iterable[PlannedPush] = (),
    above_now: bool = False,
) -> tuple[PlannedPush, ...]:
    """Plan the ladder of an OPD that takes over, at `now`, a ticket that nobody has answered `since` then.

    A step whose time has passed is due at once. `above` are the pushes of the former OPD's ladder: who stands above is
    pushed no later than by that one. With `above_now` everybody above is pushed at once, and there is always somebody.
    """
    own = plan(routing, opd, since, kind)
    pushes = [*own, *_earlier(routing, opd, own, above)]
    if above_now and not any(is_outside(routing, push.contact, opd) for push in pushes):
        ladder = anybody_above(routing, kind)
        pushes += [replace(push, step=own[-1].step + push.step) for push in _pushes(ladder, since, WAITING_STATE)]
    return tuple(
        replace(push, due_at=now if above_now and is_outside(routing, push.contact, opd) else max(push.due_at, now))
        for push in pushes
    )


def _earlier(
    routing: Routing, opd: str, own: tuple[PlannedPush, ...], above: Iterable[PlannedPush]
) -> Iterable[PlannedPush]:
    """Those pushes of a former ladder to contacts above that the OPD's own does not have, or has later only."""
    first: dict[ContactChannel, datetime] = {}
    for push in own:
        way = push.contact, push.channel
        first[way] = min(push.due_at, first.get(way, push.due_at))
    for push in above:
        way = push.contact, push.channel
        if is_above(routing, push.contact) and (way not in first or push.due_at < first[way]):
            yield replace(push, step=own[-1].step + push.step, phase=WAITING_STATE)


def follow_up(routing: Routing, assignment: Row, state: str, now: datetime) -> tuple[PlannedPush, ...]:
    """Plan the pushes of the next state, which begin when the OPD stays inactive; none for an end state."""
    if state == TURNED_DOWN_STATE:
        return _pushes(ladder_above(routing, assignment), now, state)
    nag = FOLLOW_UPS.get(state)
    if nag is None:
        return ()
    start = now + timedelta(seconds=nag.after * assignment["follow_up_s"])
    if assignment["opd"] not in routing.opds:
        return _pushes(_duty_ladder(routing), start, state)
    ladder = ladder_for(routing, assignment["opd"], assignment.get("kind") or "emergency")
    return _pushes(ladder, start, state)


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
    outside: bool = False,
    asked_by: str = "",
) -> Report:
    """The report on a ticket (a row of the store) to an OPD, by the templates, with times in the site's zone.

    `asked_by`: the title of somebody above who wants to know."""
    words, category = routing.messages, routing.categories.get(ticket["category"] or "")
    reported = from_text(ticket["created_at"]).astimezone(zone)
    clock = write_time(reported.time().replace(second=0, microsecond=0))
    reminder, position = _reminder(routing, phase), ticket.get("position")
    values = {
        "opd": routing.opds[opd].short if opd in routing.opds else opd,
        "jenis": KINDS.get(ticket["kind"], ""),
        "kategori": category.name if category else "Laporan tanpa kategori",
        "lokasi": _place(ticket) or "belum diketahui",
        "tempat": _short_place(ticket) or "lokasi belum diketahui",
        "posisi": written(position) if position else "",
        "hari": write_day(reported.date()),
        "pukul": f"{clock} {zone_name(str(zone))}",
        "jam": clock,
        "uraian": ticket["description"] or "",
        "tiket": ticket["number"],
        "ke": str(attempt),
        "permintaan": " ".join(filter(None, [asks(asked_by), _request(routing, phase, reminder, outside=outside)])),
        "pengingat": reminder,
        "tautan": link,
    }
    heard = values | {  # the same for every attempt: spoken into a file once
        "uraian": _cut(unspoken(values["uraian"])),
        "lokasi": _spoken_place(ticket),
        "posisi": "",
    }
    return Report(
        subject=" ".join(fill(words.subject, values)),
        body="\n".join(fill(words.body, values)),
        spoken=" ".join(filter(None, [sentences(fill(words.spoken, heard)), asks(asked_by)])),
        read_back=sentences(fill(words.read_back, heard)),
        data={
            "ticket": ticket["number"],
            "kind": ticket["kind"],
            "category": ticket["category"],
            "category_name": category.name if category else None,
            "place": {name: ticket[name] for name in ("kecamatan", "desa", "address")},
            "position": _for_machines(position) if position else None,
            "description": ticket["description"],
            "reported_at": reported.isoformat(timespec="seconds"),
            "link": link or None,
            "asked_by": asked_by or None,
        },
        outside=outside,
    )


def asks(title: str) -> str:
    """The sentence by which an agency learns who wants to know; nothing where nobody does."""
    return f"{title} menanyakan laporan ini." if title else ""


def _request(routing: Routing, phase: str, reminder: str, *, outside: bool) -> str:
    """The last sentence: what is asked of an agency, or of somebody above it."""
    words = routing.messages
    if phase == UNSENT:
        return f"{UNSENT_REMINDER} {ASK_UNSENT}"
    if phase == AMENDED:
        return ASK_UNREAD if outside else READ
    if phase in FOLLOW_UPS:
        return reminder if outside else f"{reminder} {words.update}"
    return reminder or (words.ask_above if outside else words.ask)


def _pushes(ladder: Ladder, start: datetime, phase: str) -> tuple[PlannedPush, ...]:
    return tuple(
        PlannedPush(
            number, target.contact, target.channel, start + timedelta(seconds=step.after_s), step.every_s, phase
        )
        for number, step in enumerate(ladder.steps, 1)
        for target in step.notify
    )


def _duty_ladder(routing: Routing) -> Ladder:
    contact = routing.contacts[routing.duty]
    targets = tuple(Target(contact.name, channel) for channel in channels_of(contact, mobiles=routing.mobiles))
    return Ladder("duty", (Step(0.0, targets, DUTY_EVERY_S),))


def anybody_above(routing: Routing, kind: str) -> Ladder:
    """The first contacts above that any OPD's ladder names; the duty contact where none does."""
    for opd in routing.opds:
        for step in ladder_for(routing, opd, kind).steps:
            targets = tuple(target for target in step.notify if is_above(routing, target.contact))
            if targets:
                return Ladder("above", (Step(0.0, targets, step.every_s),))
    return _duty_ladder(routing)


def ladder_above(routing: Routing, assignment: Row) -> Ladder:
    """The part of an OPD's ladder that lies above it, from the first such step on; the duty contact where there is
    none."""
    kind = assignment.get("kind") or "emergency"
    steps = ladder_for(routing, assignment["opd"], kind).steps if assignment["opd"] in routing.opds else ()
    above = [(step, tuple(each for each in step.notify if is_above(routing, each.contact))) for step in steps]
    kept = [(step, targets) for step, targets in above if targets]
    if not kept:
        return _duty_ladder(routing)
    first_s = kept[0][0].after_s
    return Ladder("above", tuple(Step(step.after_s - first_s, targets, step.every_s) for step, targets in kept))


def first_above_s(routing: Routing, assignment: Row) -> float:
    """Seconds from a dispatch to the first step of the agency's ladder that names somebody above; 0 without one."""
    if assignment["opd"] not in routing.opds:
        return 0.0
    steps = ladder_for(routing, assignment["opd"], assignment.get("kind") or "emergency").steps
    return next((step.after_s for step in steps if any(is_above(routing, each.contact) for each in step.notify)), 0.0)


def is_above(routing: Routing, name: str) -> bool:
    """True for a contact of no agency: a command centre, a supervisor, a head of government."""
    contact = routing.contacts.get(name)
    return contact is not None and contact.opd is None


def is_outside(routing: Routing, name: str, opd: str) -> bool:
    """True for a contact that is not of this agency: it is told, and never answers for the agency."""
    contact = routing.contacts.get(name)
    return contact is not None and contact.opd != opd


def _reminder(routing: Routing, phase: str) -> str:
    if phase == TURNED_DOWN_STATE:
        return routing.messages.reminders.get(phase, NAME_TAKER)
    return routing.messages.reminders.get(phase, FOLLOW_UPS[phase].reminder) if phase in FOLLOW_UPS else ""


def _place(ticket: Row) -> str:
    kecamatan = f"Kecamatan {ticket['kecamatan']}" if ticket["kecamatan"] else None
    return ", ".join(filter(None, [ticket["address"], ticket["desa"], kecamatan]))


def _for_machines(position: Row) -> Row:
    return {name: position[name] for name in ("lat", "lon", "radius_m", "source")}


def _spoken_place(ticket: Row) -> str:
    written = _place(ticket)
    heard = _place(ticket | {name: unspoken(ticket[name] or "") for name in ("address", "desa")})
    return heard or (IN_WRITING if written else "belum diketahui")


def _short_place(ticket: Row) -> str:
    return ", ".join(filter(None, [ticket["desa"], ticket["kecamatan"]])) or ticket["address"] or ""


def _cut(story: str) -> str:
    """A story as long as a telephone reads it out, ended at a word."""
    story = " ".join(story.split())
    return story if len(story) <= SPOKEN_LENGTH else story[:SPOKEN_LENGTH].rsplit(" ", 1)[0]
