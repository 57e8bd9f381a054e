"""`tanggap explain`: what would happen to a call, and why, by the same flow that handles real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from asterisk.phone_numbers import Number, normalise
from ivr import commands as cmd
from ivr import events as ev
from ivr.flow import begin, handle
from ivr.hours import Gate, decide, spoken
from ivr.menu import KEYS
from ivr.state import CallState, Script
from ivr.wording import write_day, write_time, zone_name
from tanggap import config
from tanggap.config import Instance
from tanggap.config.problems import one_of, quoted
from tanggap.voice import prompts
from tickets.routing import Ladder, Routing, ladder_for, propose

MAX_STEPS = 100
LANES = {"urgent": "mendesak", "normal": "biasa", "unverified": "belum terverifikasi", "silent": "hening"}
KINDS = {"emergency": "darurat", "complaint": "pengaduan", "information": "informasi"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`outcome`: closed, queued or silent; `data` is the same for programs."""

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
) -> Explanation:
    """Walk one call through gate and menu; `keys` are pressed one after another, then nothing more.

    With a category or kecamatan, also which OPDs would be proposed and how they would be pushed."""
    unknown = sorted(set(keys) - set(KEYS))
    if unknown:
        raise ValueError(f"tombol {quoted(unknown[0])} tidak ada, diharapkan 0 sampai 9, * atau #")
    number = normalise(from_, country=instance.site.country_code, area=instance.site.area_code)
    gate = decide(instance.hours, at)
    walk = _Walk(instance, at)
    walk.lines += [_arrival(instance, at, number), f"{gate.reason[:1].upper()}{gate.reason[1:]}."]
    walk.call(keys)
    walk.lines += _then(instance, walk.state)
    data = _data(at, number, gate, walk.state, keys)
    if gate.open and (category or kecamatan):
        lines, data["proposal"] = _routing(instance.routing, category, kecamatan)
        walk.lines += lines
    outcome = _outcome(gate, walk.state)
    return Explanation(walk.lines, outcome, {"outcome": outcome, **data, "lines": walk.lines})


def parse_at(text: str, instance: Instance) -> datetime:
    """A moment as people type it; without a zone it is meant in the site's."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        raise ValueError(f"waktu {quoted(text)} tidak sah, diharapkan seperti 2026-11-22T21:00")
    return found if found.tzinfo else found.replace(tzinfo=instance.hours.tz)


@dataclass
class _Walk:
    """Feeds the flow and tells what it answers."""

    instance: Instance
    at: datetime
    state: CallState = field(default_factory=lambda: begin("contoh"))
    lines: list[str] = field(default_factory=list)
    heard: Mapping[str, str] = field(default_factory=dict)
    wakes: float = 0.0

    def __post_init__(self) -> None:
        hold = self.instance.site.silent_hold_s
        self.script = Script(self.instance.routing.menus, self.instance.hours, silent_hold_s=hold)
        self.heard = _texts(self.instance)

    def call(self, keys: str) -> None:
        """The whole call: it arrives, keys are pressed, then the caller does nothing any more."""
        self.feed(ev.Arrived())
        for at, key in enumerate(keys):
            if self.state.stage not in ("menu", "closed"):
                self.lines.append(f"Tombol {keys[at:]} setelah itu tidak mengubah apa pun.")
                return
            self.press(key)
        for _ in range(MAX_STEPS):
            if self.state.stage not in ("menu", "closed"):
                return
            self.wait()

    def press(self, key: str) -> None:
        """One key, with what the menu says about it."""
        menu = self.instance.routing.menus.by_name.get(self.state.menu or "")
        choice = menu.keys.get(key) if menu and self.state.stage == "menu" else None
        if self.state.stage == "menu":
            self.lines.append(f"Tombol {key}: {choice.label}." if choice else f"Tombol {key}: tidak ada di menu ini.")
        elif self.instance.hours.after_hours.leave_message:
            self.lines.append(f"Tombol {key}: meninggalkan pesan.")
        else:
            self.lines.append(f"Tombol {key}: tidak berarti apa-apa, pesan tidak dibuka (leave_message).")
        self.feed(ev.Digit(key))

    def wait(self) -> None:
        """Nothing is pressed: the prompt ends, then the time to press is over."""
        if self.state.playback is not None:
            self.feed(ev.PlaybackEnded(self.state.playback))
        if self.state.timer is not None:
            self.lines.append(f"Tidak ada tombol selama {self.wakes:g} detik.")
            self.at += timedelta(seconds=self.wakes)
            self.feed(ev.Wakeup(self.state.timer))

    def feed(self, event: ev.Event) -> None:
        """One event into the flow, and into words what comes out."""
        self.state, answers = handle(self.state, event, self.at, self.script)
        for answer in answers:
            if isinstance(answer, cmd.Play):
                self.lines += [f"Penelepon mendengar: «{self.heard.get(name, name)}»" for name in answer.prompts]
            elif isinstance(answer, cmd.Wake):
                self.wakes = answer.after_s


def _texts(instance: Instance) -> dict[str, str]:
    """What each prompt says; empty where prompts cannot be read."""
    try:
        found = prompts.read(config.PROMPTS, {"layanan": instance.site.name, "jam": spoken(instance.hours)})
    except (OSError, prompts.PromptError):
        return {}
    return {name: prompt.text for name, prompt in found.items()}


def _arrival(instance: Instance, at: datetime, number: Number) -> str:
    local = at.astimezone(instance.hours.tz)
    when = f"{write_day(local.date())} pukul {write_time(local.time())} {zone_name(instance.hours.time_zone)}"
    known = f"{number.display} ({number.e164})" if number.e164 else f"{number.display} (tidak bisa ditelepon balik)"
    return f"Panggilan dari {known}, {when}."


def _outcome(gate: Gate, state: CallState) -> str:
    if not gate.open:
        return "closed"
    return "silent" if state.lane == "silent" else "queued"


def _then(instance: Instance, state: CallState) -> list[str]:
    """What follows the last key."""
    if state.stage == "recording":
        return _message(instance)
    if state.stage == "ended":
        return ["Panggilan diakhiri; tiket panggilan di luar jam tetap ada."]
    lane = LANES.get(state.lane or "", state.lane or "")
    if state.lane == "silent":
        hold = f"{instance.site.silent_hold_s:g} detik"
        return [
            f"Jalur {lane}: tidak membunyikan telepon, tetapi tampak di layar semua operator, yang bisa menerimanya.",
            f"Tombol atau suara memindahkannya ke jalur mendesak. Setelah {hold} panggilan diakhiri.",
        ]
    kind = f", laporan {KINDS[state.kind]}" if state.kind in KINDS else ""
    mark = f", ditandai «{state.mark}»" if state.mark else ""
    ring = f"{instance.site.ring_s:g} detik"
    return [
        f"Jalur {lane}{kind}{mark}.",
        f"Berdering {ring} di operator siap yang paling lama menganggur, lalu di berikutnya, lalu di semua.",
    ]


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
    found = propose(routing, category, kecamatan)
    kind = routing.categories[category].kind if category else "emergency"
    lines = [f"Usulan OPD: {', '.join(routing.opds[code].short for code in found.opds)} ({found.why})."]
    for code in found.opds:
        lines += _ladder(routing, code, ladder_for(routing, code, kind))
    return lines, {"opds": list(found.opds), "why": found.why, "kind": kind}


def _ladder(routing: Routing, code: str, ladder: Ladder) -> list[str]:
    lines = [f"{routing.opds[code].short}, tangga {ladder.name}:"]
    for step in ladder.steps:
        who = ", ".join(f"{target.contact} ({target.channel})" for target in step.notify)
        lines.append(f"  setelah {step.after_s:g} detik: {who}, setiap {step.every_s:g} detik sampai OPD menjawab")
    return lines


def _data(at: datetime, number: Number, gate: Gate, state: CallState, keys: str) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "number": number.e164,
        "anonymous": number.anonymous,
        "keys": keys,
        "open": gate.open,
        "reason": gate.reason,
        "changes_at": gate.changes_at.isoformat() if gate.changes_at else None,
        "stage": state.stage,
        "lane": state.lane,
        "kind": state.kind,
        "mark": state.mark,
    }
