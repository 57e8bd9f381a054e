"""Resolves ladders, which many OPDs share: roles become each OPD's own contacts and channels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from instance.problems import quoted
from instance.references import contact_names, group
from instance.schema.agencies import ContactModel, DutyModel, StepModel
from instance.yaml_marks import Document
from ivr.hours import Hours, SpecialDay
from tickets.escalation.ladder import channels_of
from tickets.model import ContactChannel
from tickets.routing import EXTRA_CHANNELS, Contact, Ladder, Step, Target

STEPS = TypeAdapter(list[StepModel])
LADDER_KEYS = ("ladder", "complaint_ladder")


@dataclass(frozen=True, slots=True)
class Reach:
    """Means of this site to reach people: mobiles only where a trunk dials out; duty hours are those of its zone."""

    mobiles: bool
    time_zone: str = "Asia/Jakarta"

    def has(self, contact: Contact, channel: str) -> bool:
        """True when this contact can be pushed by this channel."""
        return channel in channels_of(contact, mobiles=self.mobiles)


def contact(name: str, opd: str | None, model: ContactModel, names: Collection[str], reach: Reach) -> Contact:
    """The contact for routing, by its full name; its stand-ins are roles of its OPD first, then contacts above."""
    same = {field: getattr(model, field) for field in ContactModel.model_fields if field not in ("duty", "stand_in")}
    duty = _duty(model.duty, reach.time_zone) if model.duty else None
    stand_in = tuple(full_name(substitute, opd, names) for substitute in model.stand_in)
    return Contact(name, opd, **same, duty=duty, stand_in=stand_in)


def full_name(name: str, opd: str | None, names: Collection[str]) -> str:
    """Full name of a contact that is named within an OPD: one of its roles, else a contact above."""
    return f"{opd}.{name}" if f"{opd}.{name}" in names else name


def _duty(model: DutyModel, time_zone: str) -> Hours:
    weekly = tuple(model.weekly.get(day, model.daily or ()) for day in range(7))
    return Hours(time_zone, weekly, {day: SpecialDay(windows, "") for day, windows in model.dates.items()})


def resolve(name: str, steps: list[StepModel], opd: str, contacts: Mapping[str, Contact], reach: Reach) -> Ladder:
    """The ladder for one OPD; a role or channel that it lacks is left out, so a step may end up empty."""
    return Ladder(name, tuple(_step(step, opd, contacts, reach) for step in steps))


def _step(step: StepModel, opd: str, contacts: Mapping[str, Contact], reach: Reach) -> Step:
    targets = []
    for role, channels in step.notify.items():
        target = contacts.get(f"{opd}.{role}") or contacts.get(role)
        targets += [Target(target.name, channel) for channel in channels if target and reach.has(target, channel)]
    return Step(step.after, tuple(dict.fromkeys(targets)), step.every)


def unsent_ways(
    notify: Mapping[str, list[str]], contacts: Mapping[str, Contact], reach: Reach
) -> tuple[ContactChannel, ...]:
    """Contacts and channels of an unsent emergency's step; its pages are pushed by themselves."""
    return tuple(
        (name, channel)
        for name, channels in notify.items()
        for channel in dict.fromkeys(channels)
        if name in contacts and channel != "page" and reach.has(contacts[name], channel)
    )


def check_ladders(document: Document, reach: Reach) -> None:
    """Check that steps ascend from 0 and that each reaches somebody in every OPD that uses the ladder."""
    ladders = {}
    for name, raw in group(group(document.data).get("ladders")).items():
        try:
            ladders[name] = STEPS.validate_python(raw)
        except ValidationError:
            continue
        _check_order(document, name, ladders[name])
    for code, opd in group(group(document.data).get("opds")).items():
        contacts = _contacts(group(document.data), code, reach)
        for key in LADDER_KEYS if contacts else ():
            steps = ladders.get(str(group(opd).get(key)))
            if steps is not None and contacts is not None:
                _check_reach(document, code, key, resolve(str(group(opd)[key]), steps, code, contacts, reach))


def _check_order(document: Document, name: str, steps: list[StepModel]) -> None:
    if steps and steps[0].after != 0:
        document.complain(("ladders", name, 0, "after"), f"tangga {quoted(name)} tidak mulai seketika", "after: 0s")
    for at in range(1, len(steps)):
        if steps[at].after <= steps[at - 1].after:
            fault = "anak tangga ini tidak lebih lambat dari sebelumnya"
            document.complain(("ladders", name, at, "after"), fault, "waktu yang naik")


def _check_reach(document: Document, code: str, key: str, ladder: Ladder) -> None:
    for number, step in enumerate(ladder.steps, 1):
        if not any(target.channel not in EXTRA_CHANNELS for target in step.notify):
            fault = (
                f"OPD {quoted(code)} tidak terjangkau pada anak tangga ke-{number} dari tangga {quoted(ladder.name)}"
            )
            document.complain(("opds", code, key), fault, "kontak dengan saluran yang disebut di anak tangga itu")


def _contacts(data: dict[str, Any], opd: str, reach: Reach) -> dict[str, Contact] | None:
    """The contacts that this OPD's ladder can name; None when one of them is itself wrong."""
    try:
        return {contact.name: contact for contact in _read_contacts(data, opd, reach)}
    except ValidationError:
        return None


def _read_contacts(data: dict[str, Any], opd: str, reach: Reach) -> Iterator[Contact]:
    names = contact_names(data)
    for name, raw in group(data.get("contacts")).items():
        yield contact(name, None, ContactModel.model_validate(raw), names, reach)
    for role, raw in group(group(group(data.get("opds")).get(opd)).get("contacts")).items():
        yield contact(f"{opd}.{role}", opd, ContactModel.model_validate(raw), names, reach)
