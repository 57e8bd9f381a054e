"""A trunk to the outside, as its carrier wants it; every default is what an office gateway needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

NumberForm = Literal["+62", "62", "0"]
Assertion = Literal["tidak", "pai", "ppi", "rpid"]
Transport = Literal["", "udp", "tcp", "tls"]
Wanted = Literal["tidak", "boleh", "wajib"]
_HOST = re.compile(r"sips?:(?:[^@;]*@)?(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^\[\];:]+))")


@dataclass(frozen=True, slots=True)
class Registration:
    """A trunk that registers with its carrier; `server` is a SIP URI, times in seconds."""

    server: str
    expires_s: float = 3600
    retry_s: float = 30


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Calls that go out: the user who is asked for a password, the proxy, and who calls.

    `caller`: the number shown, as the carrier wants it written; empty: the site's first number."""

    user: str = ""
    realm: str = ""
    proxy: str = ""
    from_user: str = ""
    from_domain: str = ""
    contact_user: str = ""
    caller: str = ""
    asserts: Assertion = "tidak"
    number_form: NumberForm = "+62"


@dataclass(frozen=True, slots=True)
class Wire:
    """SIP and RTP as they go over the wire. `qualify_s` 0: never asked; `keepalive_s` 0: no empty RTP in silence.

    `timers`, `prack`: RFC 4028 and RFC 3262. `jitter_ms` 0: no jitter buffer."""

    transport: Transport = ""
    srtp: Wanted = "tidak"
    avpf: bool = False
    qualify_s: float = 0
    keepalive_s: float = 0
    jitter_ms: int = 0
    timers: Wanted = "boleh"
    session_s: float = 1800
    min_session_s: float = 90
    prack: Wanted = "boleh"


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk to the outside, identified by the addresses of its calls; `contact` (SIP URI) lets us dial out.

    `spare`: further contacts, tried in this order while those before do not answer OPTIONS. `channels`: its size, 0
    where it is not known; outgoing calls leave the last `reserve` of them to callers."""

    name: str
    match: tuple[str, ...]
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    contact: str = ""
    spare: tuple[str, ...] = ()
    registration: Registration | None = None
    outgoing: Outgoing = Outgoing()
    wire: Wire = Wire()
    channels: int = 0
    reserve: int = 0

    @property
    def endpoint(self) -> str:
        """The name of its PJSIP endpoint: `PJSIP/<number>@<endpoint>` dials out."""
        return f"trunk-{self.name}"

    @property
    def contacts(self) -> tuple[str, ...]:
        """All contacts, the preferred one first."""
        return (self.contact, *self.spare) if self.contact else ()

    @property
    def ipv6(self) -> bool:
        """True where the far end has addresses of IPv6."""
        return any(":" in address for address in (*self.match, *map(host, self.contacts)))

    @property
    def tls(self) -> bool:
        """True where SIP goes over TLS."""
        return self.wire.transport == "tls" or any(is_tls(uri) for uri in self.contacts)


def host(uri: str) -> str:
    """The host of a SIP URI, an address of IPv6 without its brackets; empty where there is none."""
    match = _HOST.match(uri)
    return (match["v6"] or match["host"]) if match else ""


def is_tls(uri: str) -> bool:
    """True for a SIP URI that means TLS."""
    return uri.startswith("sips:") or ";transport=tls" in uri.lower()


def is_name(address: str) -> bool:
    """True for a DNS name: neither an address nor a network."""
    return ":" not in address and re.search(r"[A-Za-z]", address) is not None
