"""Test pushes to contacts, so that a dead number is noticed before the fire: their plan, their words, their results."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from ivr.wording import write_day, write_time, zone_name
from tickets.errors import InvalidInput
from tickets.escalation.ladder import Report
from tickets.messages import TEST_BODY, TEST_SPOKEN, TEST_SUBJECT, fill, sentences
from tickets.model import Actor, PlannedTest, Row, from_text
from tickets.routing import CHANNEL_NAMES, Contact, Routing, is_placeholder
from tickets.store import Store

# Lifetime of a run: tests that could not be sent by then are not sent at all, so that none rings at night.
GOOD_FOR = timedelta(hours=1)
# A desk phone and a mobile are tested each for itself.
CHANNELS = tuple(channel for name in CHANNEL_NAMES for channel in (("call", "mobile") if name == "call" else (name,)))

PLACEHOLDER_NUMBER = "nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml"
NO_TRUNK = "ponsel tidak bisa dihubungi: mobile_trunk di site.yaml kosong"
NO_CHANNEL = "kontak ini tidak punya saluran; lengkapi di routing.yaml"
AWAY = "ditandai tidak di tempat, tidak diuji"


def plan_tests(routing: Routing, away: Collection[str] = (), named: Sequence[str] = ()) -> tuple[PlannedTest, ...]:
    """Plan one test for each contact and channel, with the reason where it cannot be sent. `named`: these contacts
    only, even when away.

    InvalidInput for a name that is none."""
    unknown = [name for name in named if name not in routing.contacts]
    if unknown:
        raise InvalidInput(f"kontak {unknown[0]} tidak ada di routing.yaml; lihat: tanggap contacts list")
    wanted = named or routing.contacts
    return tuple(
        test
        for name, contact in routing.contacts.items()
        if name in wanted
        for test in _of_contact(contact, mobiles=routing.mobiles, away=name in away and name not in named)
    )


def _of_contact(contact: Contact, *, mobiles: bool, away: bool) -> list[PlannedTest]:
    tests = []
    for channel in CHANNELS:
        if not (contact.sip if channel == "call" else getattr(contact, channel)):
            continue
        test = PlannedTest(contact.name, contact.opd, channel)
        if channel == "mobile" and is_placeholder(contact.mobile or ""):
            test = replace(test, state="placeholder", detail=PLACEHOLDER_NUMBER)
        elif away:
            test = replace(test, state="away", detail=AWAY)
        elif channel == "mobile" and not mobiles:
            test = replace(test, state="failed", detail=NO_TRUNK)
        tests.append(test)
    return tests or [PlannedTest(contact.name, contact.opd, "", "failed", NO_CHANNEL)]


def ask(store: Store, routing: Routing, now: datetime, actor: Actor, named: Sequence[str] = ()) -> int:
    """Request a run, which the escalation process sends; returns its number. Conflict while another is under way."""
    planned = plan_tests(routing, store.absences.names(now), named)
    return store.test_pushes.ask(now, planned, actor, GOOD_FOR)


def words(contact: Contact, now: datetime, zone: tzinfo, link: str = "") -> Report:
    """The words of a test push."""
    local = now.astimezone(zone)
    clock = write_time(local.time().replace(second=0, microsecond=0))
    values = {
        "kontak": contact.title,
        "hari": write_day(local.date()),
        "pukul": f"{clock} {zone_name(str(zone))}",
        "tautan": link,
    }
    return Report(
        subject=" ".join(fill(TEST_SUBJECT, values)),
        body="\n".join(fill(TEST_BODY, values)),
        spoken=sentences(fill(TEST_SPOKEN, values)),
        data={"link": link or None},
        test=True,
    )


def summary(rows: Sequence[Row], titles: Mapping[str, str], now: datetime) -> Row:
    """A run as people and scripts read it; `unreached`: contacts that no channel reached, without those marked away.

    `done`: nothing is on its way, and no answer is awaited any more."""
    by_contact: dict[str, Row] = {}
    for row in rows:
        contact = by_contact.setdefault(
            row["contact"],
            {"name": row["contact"], "title": titles.get(row["contact"], row["contact"]), "opd": row["opd"]}
            | {"reached": False, "answered": False, "away": False, "channels": []},
        )
        contact["reached"] |= row["state"] == "delivered" or row["answered_at"] is not None
        contact["answered"] |= row["answered_at"] is not None
        contact["away"] |= row["state"] == "away"
        contact["channels"].append(_channel(row))
    contacts = list(by_contact.values())
    first = rows[0]
    return {
        "run": first["run"],
        "asked_at": first["asked_at"],
        "asked_by": first["asked_by"],
        "done": not any(_open(row, now) for row in rows),
        "contacts": contacts,
        "reached": [contact["name"] for contact in contacts if contact["reached"]],
        "answered": [contact["name"] for contact in contacts if contact["answered"]],
        "unreached": [contact["name"] for contact in contacts if not (contact["reached"] or contact["away"])],
    }


def _channel(row: Row) -> dict[str, Any]:
    names = ("channel", "state", "detail", "tried_at", "answered_at", "answered_by")
    return {name: row[name] for name in names}


def _open(row: Row, now: datetime) -> bool:
    """True while a result or an answer may still arrive."""
    if row["state"] == "waiting":
        in_hand = row["lease_until"] is not None and now < from_text(row["lease_until"])
        return in_hand or now < from_text(row["expires_at"])
    waited_for = row["state"] == "delivered" and row["answered_at"] is None and row["answer_until"] is not None
    return waited_for and now < from_text(row["answer_until"])
