"""Walks a call through the flow of real calls and describes it in sentences; nothing rings, nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from instance import PROMPTS, Instance
from ivr import commands as cmd
from ivr import events as ev
from ivr.flow import begin, handle
from ivr.hours import spoken
from ivr.menu import Choice, Menu
from ivr.state import CallState
from voice import prompts

MAX_STEPS = 100
ASKING = ("menu", "challenge", "closed")
DOUBTS = {"reputation": "reputasi nomornya buruk", "flood": "banjir panggilan dari nomor atau trunk itu"}


def seconds(value: float) -> str:
    """A duration as Indonesians write it: «2,5 detik»."""
    return f"{value:g} detik".replace(".", ",")


@dataclass
class Walk:
    """Feeds events to the flow and describes its commands."""

    instance: Instance
    at: datetime
    state: CallState = field(default_factory=lambda: begin("contoh"))
    lines: list[str] = field(default_factory=list)
    heard: Mapping[str, str] = field(default_factory=dict)
    wakes: float = 0.0

    def __post_init__(self) -> None:
        self.script = self.instance.script
        self.heard = _texts(self.instance)

    def call(self, keys: str, doubt: str | None = None, speaks: bool = False) -> None:
        """Walk the whole call: it arrives, perhaps speaks, presses keys, then does nothing any more."""
        if doubt is not None:
            self.lines.append(f"Diragukan: {DOUBTS[doubt]}.")
        self.feed(ev.Arrived(doubt))
        if speaks:
            self.lines.append("Penelepon berbicara.")
            self.feed(ev.Spoke())
        for at, key in enumerate(keys):
            if self.state.stage not in ASKING:
                self.lines.append(f"Tombol {keys[at:]} setelah itu tidak mengubah apa pun.")
                return
            self.press(key)
        for _ in range(MAX_STEPS):
            if self.state.stage not in ASKING:
                return
            self.wait()

    def press(self, key: str) -> None:
        """Press a key; describe it by the question that is being asked."""
        if self.state.stage == "menu":
            sentence = self._in_menu(key)
        elif self.state.stage == "challenge":
            sentence = self._in_challenge(key)
        elif self.instance.hours.after_hours.leave_message:
            sentence = "meninggalkan pesan"
        else:
            sentence = "tidak berarti apa-apa, pesan tidak dibuka (leave_message)"
        self.lines.append(f"Tombol {key}: {sentence}.")
        self.feed(ev.Digit(key))

    def _in_menu(self, key: str) -> str:
        menu = self.script.menus.by_name.get(self.state.menu or "")
        if menu is None:
            return "tidak ditanyakan, hanya dicatat"
        if choice := menu.keys.get(key):
            return self._chosen(menu, choice)
        return {menu.repeat: "ucapan diulang", menu.back: "kembali ke menu sebelumnya"}.get(
            key, "tidak ada di menu ini"
        )

    def _chosen(self, menu: Menu, choice: Choice) -> str:
        category = self.instance.routing.categories.get(choice.category or "")
        sentence = f"{choice.label}, kategori {category.name}" if category else choice.label
        return f"{sentence}, lalu menu «{choice.menu}»" if choice.menu else sentence

    def _in_challenge(self, key: str) -> str:
        code, progress = self.state.code or "", self.state.progress
        if progress and key == code[1:]:
            return "angka kedua benar, tantangan dilewati"
        return "angka pertama benar" if key == code[:1] else "bukan angka yang diminta"

    def wait(self) -> None:
        """Press nothing: the prompt ends, then the time to press is over."""
        if self.state.playback is not None:
            self.feed(ev.PlaybackEnded(self.state.playback))
        if self.state.stage in ASKING and self.state.timer is not None:
            self.lines.append(f"Tidak ada tombol selama {seconds(self.wakes)}.")
            self.at += timedelta(seconds=self.wakes)
            self.feed(ev.Wakeup(self.state.timer))

    def feed(self, event: ev.Event) -> None:
        """Feed one event to the flow and describe the commands that come out."""
        before = self.state.stage
        self.state, answers = handle(self.state, event, self.at, self.script)
        if self.state.stage == "challenge" != before:
            self.lines.append("Tantangan: dua angka, berbeda pada setiap panggilan.")
        for answer in answers:
            if isinstance(answer, cmd.Play):
                self.lines += [f"Penelepon mendengar: «{self.heard.get(name, name)}»" for name in answer.prompts]
            elif isinstance(answer, cmd.Wake):
                self.wakes = answer.after_s


def _texts(instance: Instance) -> dict[str, str]:
    """Text of each prompt; empty where prompts cannot be read."""
    try:
        texts = prompts.read(PROMPTS, {"layanan": instance.site.name, "jam": spoken(instance.hours)})
    except (OSError, prompts.PromptError):
        return {}
    return {name: prompt.text for name, prompt in texts.items()}
