"""`tanggap explain`: explains the course of a call by the same flow that handles real calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asterisk.callers.identity import read_text
from asterisk.callers.plan import MOBILE
from asterisk.phone_numbers import Number
from instance import Instance
from instance.problems import one_of, quoted
from ivr.hours import Gate, decide
from ivr.menu import KEYS
from ivr.state import CallState
from ivr.wording import write_day, write_time, zone_name
from tanggap.walk import Walk, seconds
from tickets.routing import Ladder, Routing, ladder_for, propose

LANES = {"urgent": "mendesak", "normal": "biasa", "unverified": "belum terverifikasi", "silent": "hening"}
KINDS = {"emergency": "darurat", "complaint": "pengaduan", "information": "informasi"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """An explanation: `outcome` is closed, queued or silent; `lines` are for people, `data` for programs."""

    lines: list[str]
    outcome: str
    data: dict[str, Any]


def explain(
    instance: Instance,
    at: datetime,
    from_: str | None,
    keys: str,
    category: str | None = None,
    kecamatan: str | None = None,
    doubt: str | None = None,
    speaks: bool = False,
) -> Explanation:
    """Walk one call through gate, menus and challenge; `keys` are pressed one after another, then nothing more.

    `doubt` (reputation, flood): the call is doubted. `speaks`: the caller says something before any key.
    With a category or kecamatan, also which OPDs would be proposed and how they would be pushed."""
    unknown = sorted(set(keys) - set(KEYS))
    if unknown:
        raise ValueError(f"tombol {quoted(unknown[0])} tidak ada, diharapkan 0 sampai 9, * atau #")
    number = read_text(from_ or "", instance.site.country_code, instance.site.area_code)
    gate = decide(instance.hours, at)
    walk = Walk(instance, at)
    walk.lines += [
        _arrival(instance, at, number),
        f"{gate.reason[:1].upper()}{gate.reason[1:]}.",
    ]
    if number.why != MOBILE:
        walk.lines.append(f"Nomornya: {number.why}.")
    if gate.open and not instance.routing.screening.enabled:
        walk.lines.append("Penyaringan dimatikan (enabled: false): tidak ada menu.")
    walk.call(keys, doubt, speaks)
    walk.lines += _then(instance, walk.state)
    data = _data(at, number, gate, walk.state, keys)
    category = category or walk.state.category
    if gate.open and (category or kecamatan):
        lines, data["proposal"] = _routing(instance.routing, category, kecamatan)
        walk.lines += lines
    outcome = _outcome(gate, walk.state)
    return Explanation(walk.lines, outcome, {"outcome": outcome, **data, "lines": walk.lines})


def parse_at(text: str, instance: Instance) -> datetime:
    """Parse a moment as people type it; without a zone it is in the site's."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or not 2000 <= moment.year <= 2100:
        raise ValueError(f"waktu {quoted(text)} tidak sah, diharapkan seperti 2026-11-22T21:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=instance.hours.tz)


def _arrival(instance: Instance, at: datetime, number: Number) -> str:
    local = at.astimezone(instance.hours.tz)
    when = f"{write_day(local.date())} pukul {write_time(local.time())} {zone_name(instance.hours.time_zone)}"
    known = f" ({number.e164})" if number.e164 else ""
    back = "" if number.callable else " (tidak bisa ditelepon balik)"
    return f"Panggilan dari {number.display}{known}{back}, {when}."


def _outcome(gate: Gate, state: CallState) -> str:
    if not gate.open:
        return "closed"
    return "silent" if state.lane == "silent" else "queued"


def _then(instance: Instance, state: CallState) -> list[str]:
    """The lines for what follows the last key."""
    if state.stage == "recording":
        return _message(instance)
    if state.stage == "ended":
        return ["Panggilan diakhiri; tiket panggilan di luar jam tetap ada."]
    if state.lane == "silent":
        return [
            "Jalur hening: tidak membunyikan telepon, tetapi tampak di layar semua operator, yang bisa menerimanya.",
            "Tombol atau suara memindahkannya ke jalur mendesak, juga saat ucapan penutup. "
            f"Setelah {seconds(instance.routing.screening.silent_hold_s)} panggilan diakhiri.",
        ]
    return [_lane(state), *_turn(instance, state), _ring(instance)]


def _lane(state: CallState) -> str:
    kind = f", laporan {KINDS[state.kind]}" if state.kind in KINDS else ""
    mark = f", ditandai «{state.mark}»" if state.mark else ""
    return f"Jalur {LANES.get(state.lane or '', state.lane or '')}{kind}{mark}."


def _turn(instance: Instance, state: CallState) -> list[str]:
    """The line that says behind whom a doubted call waits."""
    rules = instance.routing.screening
    if state.lane == "unverified":
        return [
            f"Dilayani setelah jalur lain; {rules.reserve} operator siap disisakan bagi jalur lain, "
            f"sampai panggilan ini menunggu {seconds(rules.unverified_max_s)}."
        ]
    behind = state.doubted and rules.enabled
    return ["Karena diragukan, di belakang penelepon lain di jalur itu."] if behind else []


def _ring(instance: Instance) -> str:
    ring = seconds(instance.site.ring_s)
    return f"Berdering {ring} di operator siap yang paling lama menganggur, lalu di berikutnya, lalu di semua."


def _message(instance: Instance) -> list[str]:
    after = instance.hours.after_hours
    lines = [f"Pesan direkam, paling lama {after.max_message_s:g} detik, dan menjadi tiket untuk jam buka berikutnya."]
    contact = instance.routing.contacts[instance.routing.duty]
    if after.page_duty:
        return [*lines, f"Kontak piket {contact.name} ({contact.title}) langsung didorong (page_duty)."]
    return [*lines, f"Kontak piket {contact.name} tidak didorong (page_duty: false)."]


def _routing(routing: Routing, category: str | None, kecamatan: str | None) -> tuple[list[str], dict[str, Any]]:
    if category is not None and category not in routing.categories:
        expected = one_of(category, list(routing.categories))
        raise ValueError(f"kategori {quoted(category)} tidak ada, diharapkan {expected}")
    proposal = propose(routing, category, kecamatan)
    kind = routing.categories[category].kind if category else "emergency"
    lines = [f"Usulan OPD: {', '.join(routing.opds[code].short for code in proposal.opds)} ({proposal.why})."]
    for code in proposal.opds:
        lines += _ladder(routing, code, ladder_for(routing, code, kind))
    return lines, {"opds": list(proposal.opds), "why": proposal.why, "kind": kind}


def _ladder(routing: Routing, code: str, ladder: Ladder) -> list[str]:
    lines = [f"{routing.opds[code].short}, tangga {ladder.name}:"]
    for step in ladder.steps:
        targets = ", ".join(f"{target.contact} ({target.channel})" for target in step.notify)
        lines.append(f"  setelah {step.after_s:g} detik: {targets}, setiap {step.every_s:g} detik sampai OPD menjawab")
    return lines


def _data(at: datetime, number: Number, gate: Gate, state: CallState, keys: str) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "number": number.e164,
        "anonymous": number.anonymous,
        "callable": number.callable,
        "number_kind": number.kind,
        "number_why": number.why,
        "keys": keys,
        "open": gate.open,
        "reason": gate.reason,
        "changes_at": gate.changes_at.isoformat() if gate.changes_at else None,
        "stage": state.stage,
        "lane": state.lane,
        "kind": state.kind,
        "category": state.category,
        "language": state.language,
        "doubt": state.doubt,
        "mark": state.mark,
    }
