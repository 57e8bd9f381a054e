"""The site as Asterisk is configured for it: addresses, ports, trunks and phones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from asterisk.trunks.settings import Trunk

__all__ = [
    "AsteriskPaths", "AsteriskSecrets", "AsteriskSite", "Dscp", "FailsafeHours", "Minutes", "Nat", "SipAccount", "Sips",
    "Trunk",
]  # fmt: skip

Minutes = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Nat:
    """Addresses of ours as those outside of `local` see them; empty: there is no NAT between."""

    signalling: str = ""
    media: str = ""
    local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dscp:
    """Marks of our packets: DSCP by name (`ef`), 802.1p class (None: unmarked)."""

    signalling: str = ""
    voice: str = ""
    signalling_cos: int | None = None
    voice_cos: int | None = None


@dataclass(frozen=True, slots=True)
class Sips:
    """SIP over TLS, with the files `certificate` and `key` of the site; `verify`: check the far end's against `ca`."""

    port: int = 5061
    verify: bool = True
    ca: str = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True, slots=True)
class AsteriskSite:
    """Ports of one Asterisk; `sip_port` serves UDP and TCP, `http_port` (bound to 127.0.0.1) ARI, /ws and /metrics.

    `media_address` is announced for RTP; empty means `sip_bind`, unless that is a wildcard. `media_is_ours`: it is an
    address of this machine, so RTP can be bound to it. `sip_bind6` (empty: none) serves the same over IPv6. `wss_port`
    (on `sip_bind`, 0: none) serves the same over TLS, with the files `certificate` and `key`."""

    sip_bind: str
    sip_port: int
    http_port: int
    ami_port: int
    agi_port: int
    rtp_start: int
    rtp_end: int
    numbers: tuple[str, ...] = ("112",)
    trunks: tuple[Trunk, ...] = ()
    qualify_s: float = 5
    media_address: str = ""
    wss_port: int = 0
    certificate: str = ""
    key: str = ""
    sip_bind6: str = ""
    nat: Nat = Nat()
    dscp: Dscp = Dscp()
    sips: Sips = Sips()
    media_is_ours: bool = True

    @property
    def tls_port(self) -> int:
        """The port of SIP over TLS; 0 where no trunk uses it, or where there is no certificate."""
        return self.sips.port if self.certificate and any(trunk.tls for trunk in self.trunks) else 0

    @property
    def media6(self) -> str | None:
        """The address to bind and announce RTP on over IPv6; empty: Asterisk chooses; None: there is no IPv6."""
        if ":" in self.sip_bind:
            return self.media
        return ("" if self.sip_bind6 == "::" else self.sip_bind6) if self.sip_bind6 else None

    @property
    def media(self) -> str:
        """The address to bind and announce RTP on; empty when Asterisk must choose per call."""
        return self.media_address or ("" if self.sip_bind in ("0.0.0.0", "::") else self.sip_bind)


@dataclass(frozen=True, slots=True)
class SipAccount:
    """A phone that registers with us: an operator's, a supervisor's, or the desk phone of an OPD."""

    name: str
    password: str = field(repr=False)
    display: str
    kind: Literal["operator", "supervisor", "desk"]


@dataclass(frozen=True, slots=True)
class AsteriskSecrets:
    """The passwords with which our own programs reach Asterisk, and those of trunks by name."""

    ari_password: str = field(repr=False)
    ami_password: str = field(repr=False)
    trunks: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class FailsafeHours:
    """The opening hours without rules, for Asterisk alone (`ivr.hours.for_failsafe` makes them).

    Each day is a tuple of (first minute, minute after the last), 0 to 1440; `weekly` is Monday first."""

    time_zone: str
    weekly: tuple[Minutes, ...]
    dates: Mapping[date, Minutes] = field(default_factory=dict)
    leave_message: bool = True
    max_message_s: float = 120.0


@dataclass(frozen=True, slots=True)
class AsteriskPaths:
    """The directories of one Asterisk; `data_dir` is the installation's read-only share directory."""

    etc: Path
    run: Path
    spool: Path
    db: Path
    log: Path
    lib: Path
    prompts_dir: Path
    moh_dir: Path
    data_dir: Path
    modules_dir: Path

    @property
    def recordings(self) -> Path:
        """The folder of the recordings that ARI and the fail-safe make."""
        return self.spool / "recording"

    @property
    def conf(self) -> Path:
        """The file that Asterisk is started with."""
        return self.etc / "asterisk.conf"
