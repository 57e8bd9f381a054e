"""Asks the trunks by SIP OPTIONS whether they are there, and notes those that answered before and do not any more.

A trunk that never answered is none of them: there are SBCs that do not answer OPTIONS at all, and calls come all the
same. Asked from here, beside the line: Asterisk's own `qualify` would take a trunk that does not answer out of use."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime

from asterisk.site import Trunk
from instance import Instance
from tickets.model import to_text
from tickets.store.thread import StoreThread

CONTACT = re.compile(r"sip:(?:[^@;]*@)?\[?([^\];:]+(?::[^\];]*:[^\];]*)?)\]?(?::(\d+))?")
ANSWER_S = 3.0
ASK_S = 20.0
# questions in a row without an answer, each sent three times, until a trunk counts as silent
MISSES = 2


class TrunkAnswers:
    """The duty `trunks`; `state` is for the heartbeat: since when each trunk that ever answered is silent, or None."""

    def __init__(
        self,
        instance: Callable[[], Instance],
        store: StoreThread,
        clock: Callable[[], datetime],
        process: str,
        ask: Callable[[Trunk], Awaitable[bool]] | None = None,
    ) -> None:
        self._instance, self._store, self._clock, self._process = instance, store, clock, process
        self._ask = ask or answers_options
        self._since: dict[str, str | None] = {}
        self._missed: dict[str, int] = {}
        self._begun = False

    def state(self) -> dict[str, str | None]:
        """Trunks that have answered: None, or since when they are silent."""
        return dict(self._since)

    async def look(self) -> float:
        """Ask every trunk once; returns the seconds until the next time."""
        if not self._begun:  # what the former process knew goes on
            self._since |= await self._store.read(lambda store: _known(store.people.beats(), self._process))
            self._begun = True
        known = [trunk for trunk in self._instance().site.asterisk.trunks if is_asked(trunk)]
        now = to_text(self._clock())
        for trunk, answered in zip(known, await asyncio.gather(*map(self._ask, known)), strict=True):
            self._note(trunk.name, now, answered)
        names = {trunk.name for trunk in known}
        self._since = {name: since for name, since in self._since.items() if name in names}
        return ASK_S

    def _note(self, name: str, now: str, answered: bool) -> None:
        if answered:
            self._since[name], self._missed[name] = None, 0
            return
        missed = self._missed[name] = self._missed.get(name, 0) + 1
        if missed >= MISSES and name in self._since and self._since[name] is None:
            self._since[name] = now


def _known(beats: list[dict[str, object]], process: str) -> dict[str, str | None]:
    beat = next((row for row in beats if row["process"] == process), None)
    data = beat["data"] if beat else {}
    return dict(data.get("trunks", {})) if isinstance(data, dict) else {}


def is_asked(trunk: Trunk) -> bool:
    """True for a trunk that can be asked: over UDP, at an address of its own."""
    return trunk.contact.startswith("sip:") and "transport=" not in trunk.contact


async def answers_options(trunk: Trunk, limit_s: float = ANSWER_S) -> bool:
    """Send OPTIONS to the trunk's contact; True for any answer, even a refusal."""
    match = CONTACT.match(trunk.contact)
    if match is None:
        return False
    loop, port = asyncio.get_running_loop(), int(match[2] or 5060)
    try:
        [(family, kind, protocol, _, address), *_] = await loop.getaddrinfo(match[1], port, type=socket.SOCK_DGRAM)
        with socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol) as probe:
            probe.connect(address)
            own = "{}:{}".format(*probe.getsockname()[:2])
            async with asyncio.timeout(limit_s):
                while True:
                    await loop.sock_sendall(probe, _options(trunk.contact, own))
                    try:
                        async with asyncio.timeout(limit_s / 3):
                            return (await loop.sock_recv(probe, 2048)).startswith(b"SIP/2.0 ")
                    except TimeoutError:
                        continue
    except (OSError, TimeoutError):
        return False


def _options(contact: str, own: str) -> bytes:
    tag = secrets.token_hex(6)
    return (
        f"OPTIONS {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{tag};rport\r\nMax-Forwards: 5\r\n"
        f"From: <sip:tanggap112@{own}>;tag={tag}\r\nTo: <{contact}>\r\nCall-ID: {tag}@tanggap112\r\n"
        f"CSeq: 1 OPTIONS\r\nContact: <sip:tanggap112@{own}>\r\nContent-Length: 0\r\n\r\n"
    ).encode()
