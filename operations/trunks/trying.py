"""Tries a trunk step by step, in plain words: settings, OPTIONS, registration, codecs, a call out, a call in."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from asterisk import causes
from asterisk.ari import Ari, Spawn
from asterisk.errors import AriError, LaunchError
from asterisk.launch import Asterisk
from asterisk.legs import Leg, Legs
from asterisk.site import Trunk
from asterisk.translate import ENDS, PUSH, Ended, Played, Pressed, translate
from asterisk.trunks import outgoing, rendering, status
from instance.site import Site
from operations.trunks.asking import ask
from tickets.model import Row
from tickets.store import Store

APP = "tanggap-trial"
RING_S, KEY_S, TALK_S, LONGEST_S = 40.0, 15.0, 4.0, 90
LOOK_S = 0.5
SPOKEN = "Ini uji sambungan satu satu dua. Bila Anda mendengar ini, tekan angka satu, lalu bicaralah sebentar."
EVENTS = ("StasisStart", "ChannelStateChange", "ChannelDestroyed", "ChannelHangupRequest", "ChannelDtmfReceived",
          "PlaybackFinished")  # fmt: skip
_PATH = re.compile(r"slin:\d+ +To +(\w+):\d+ *: *(.*)")


@dataclass(frozen=True, slots=True)
class Step:
    """A step: `ok` None where it could not be tried."""

    name: str
    ok: bool | None
    sentence: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The step as plain data."""
        return asdict(self)


def settings(trunk: Trunk, password: bool) -> Step:
    """The trunk as site.yaml has it."""
    if trunk.outgoing.user and not password:
        return Step("settings", False, f"kata sandi belum disimpan: tanggap secrets trunk {trunk.name}")
    known = (
        f"dari {', '.join(trunk.match) or 'pendaftaran'}; ke {', '.join(trunk.contacts) or '(tidak memanggil keluar)'}"
    )
    return Step("settings", True, known, {"match": trunk.match, "contact": trunk.contacts})


async def options(trunk: Trunk) -> list[Step]:
    """OPTIONS to each contact, from this computer."""
    steps = []
    for _, uri in rendering.contacts(trunk):
        reply = await ask(uri)
        if reply is None:
            sentence = f"{uri} tidak menjawab OPTIONS; ada SBC yang memang tidak menjawab"
            steps.append(Step("options", False, sentence, {"contact": uri}))
            continue
        data = {"contact": uri, "status": reply.status, "round_trip_ms": round(reply.round_trip_ms, 1)}
        sentence = f"{uri} menjawab {reply.status} dalam {reply.round_trip_ms:.0f} milidetik"
        steps.append(Step("options", True, sentence, data))
    return steps


async def registration(trunk: Trunk, asterisk: Asterisk) -> list[Step]:
    """The carrier's answer to our registration; nothing without one."""
    if trunk.registration is None:
        return []
    try:
        states = status.registrations(await asterisk.command("pjsip show registrations"))
    except LaunchError as error:
        return [Step("registration", None, str(error))]
    seen = status.Seen({}, states, {})
    trouble = status.trouble(trunk, seen)
    state = states.get(trunk.endpoint, "")
    if trouble or not state:
        sentence = trouble.sentence if trouble else "pendaftaran belum dikenal Asterisk: jalankan ulang 112"
        return [Step("registration", False, sentence, {"state": state})]
    return [Step("registration", True, f"terdaftar di {trunk.registration.server}", {"state": state})]


async def codecs(trunk: Trunk, asterisk: Asterisk) -> Step:
    """The codecs of the trunk, each tried: Asterisk can make sound of it or not."""
    try:
        lacking = await uncarried(trunk.codecs, asterisk)
    except LaunchError as error:
        return Step("codecs", None, str(error))
    if lacking:
        sentence = f"Asterisk ini tidak bisa membawa {', '.join(lacking)}: tidak ditawarkan"
        return Step("codecs", False, sentence, {"codecs": trunk.codecs, "lacking": lacking})
    return Step("codecs", True, f"{', '.join(trunk.codecs)} bisa dibawa", {"codecs": trunk.codecs, "lacking": []})


async def uncarried(names: tuple[str, ...], asterisk: Asterisk) -> list[str]:
    """The codecs among these between which and linear sound Asterisk has no way; LaunchError where it does not run."""
    rows = _PATH.findall(await asterisk.command("core show translation paths slin"))
    carried = {codec for codec, path in rows if path.strip() and "No Translation" not in path}
    return [name for name in names if name not in carried]


class Trial:
    """A call out over a trunk by an ARI application of its own; nothing of it comes near a caller's."""

    def __init__(self, ari: Ari, spawn: Spawn) -> None:
        self._ari, self._legs, self._spawn = ari, Legs(ari), spawn
        ari.on_event(lambda event: self._heard(translate(event)), EVENTS)

    def _heard(self, event: Any) -> None:
        self._legs.route(event)

    async def call(self, trunk: Trunk, number: str, site: Site, prompt: Path) -> Step:
        """Ring a number, speak, and wait for key 1 and a word."""
        shown = outgoing.caller(trunk, site.asterisk.numbers[0])
        place = outgoing.endpoint(trunk, number, site.country_code)
        data: dict[str, Any] = {"dialled": place.partition("/")[2].partition("@")[0], "caller": shown}
        try:
            async with self._leg() as leg:
                variables = {"TIMEOUT(absolute)": str(LONGEST_S), **outgoing.headers(trunk, site.asterisk.numbers[0])}
                caller_id = f'"Uji 112" <{shown}>'
                await self._legs.ring(
                    leg, place, app_args="trial", caller_id=caller_id, ring_s=RING_S, variables=variables
                )
                end = await self._legs.answered(leg, RING_S, _nothing)
                if isinstance(end, Ended):
                    cause = causes.cause(end.cause)
                    return Step(
                        "outgoing",
                        False,
                        f"tidak tersambung: {causes.detail(end.cause)}",
                        data | {"cause": cause.words},
                    )
                return await self._talk(leg, prompt, data)
        except AriError as error:
            return Step("outgoing", False, f"tidak bisa dimulai: {error}", data)

    async def _talk(self, leg: Leg, prompt: Path, data: dict[str, Any]) -> Step:
        await self._ari.play(leg.id, f"{leg.id}-say", (f"sound:{prompt.with_suffix('')}",))
        key = await self._key(leg)
        if key:
            await leg.next(TALK_S)
        data |= {"key": key, **await self._sound(leg)}
        faults = [] if key == "1" else ["tombol 1 tidak diterima"]
        faults += [] if data["received"] else ["tidak ada suara yang datang"]
        heard = f"codec {data['codec']}, bolak-balik {data['round_trip_ms']:.0f} milidetik"
        if faults:
            return Step("outgoing", False, f"tersambung, tetapi {' dan '.join(faults)} ({heard})", data)
        return Step("outgoing", True, f"tersambung; suara dua arah dan tombol sampai ({heard})", data)

    async def _key(self, leg: Leg) -> str:
        """The first key within KEY_S after the words; empty for none."""
        limit_s = float(LONGEST_S)
        while (event := await leg.next(limit_s)) is not None:
            if isinstance(event, Pressed):
                return event.digit
            if isinstance(event, ENDS):
                return ""
            if isinstance(event, Played):
                limit_s = KEY_S
        return ""

    async def _sound(self, leg: Leg) -> dict[str, Any]:
        """Codec, packets in both directions, loss and round trip of a channel."""
        wanted = {"received": "rtcp,rxcount", "sent": "rtcp,txcount", "lost": "rtcp,rxploss", "round": "rtcp,rtt"}
        values = {name: _number(await self._ari.variable(leg.id, f"CHANNEL({key})")) for name, key in wanted.items()}
        codec = await self._ari.variable(leg.id, "CHANNEL(audioreadformat)")
        rest = {name: round(values[name]) for name in ("received", "sent", "lost")}
        return {"codec": codec, **rest, "round_trip_ms": values["round"] * 1000}

    @asynccontextmanager
    async def _leg(self) -> AsyncIterator[Leg]:
        leg = Leg(f"{PUSH}trial-{uuid.uuid4().hex}")
        self._legs.know(leg)
        try:
            yield leg
        finally:
            self._legs.forget(leg.id)
            await self._legs.hang_up(leg.id)


async def incoming(trunk: Trunk, store: Store, began: datetime, wait_s: float) -> Step:
    """Wait for a call over the trunk that the admin makes; it is served like any other."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    while loop.time() < until:
        rows = [row for row in store.calls.since(began, 100) if row["trunk"] == trunk.name]
        if rows:
            return arrived(rows[0])
        await asyncio.sleep(LOOK_S)
    refused = [row for row in store.refused.of_trunks(began) if row["trunk"] == trunk.name]
    if refused:
        row = refused[0]
        sentence = f"panggilan ditolak Asterisk ({row['reason']}, {row['status']}): lihat tabel di docs/trunks.md"
        return Step("incoming", False, sentence, {"reason": row["reason"], "status": row["status"]})
    sentence = f"tidak ada panggilan dari trunk {trunk.name} dalam {wait_s:g} detik: alamatnya ada di match?"
    return Step("incoming", False, sentence)


def arrived(call: Row) -> Step:
    """The step of a call that came in."""
    caller = call["number"] or call["display"]
    data = {name: call[name] for name in ("dialled", "number", "display", "callable", "ticket")}
    return Step(
        "incoming", True, f"dihubungi {call['dialled'] or '(kosong)'} oleh {caller}; tiket {call['ticket']}", data
    )


async def _nothing(event: object) -> None:
    return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
