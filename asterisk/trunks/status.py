"""The state of trunks by Asterisk's own account: contacts that answer OPTIONS, registrations, channels in use. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from asterisk.trunks.rendering import contacts
from asterisk.trunks.settings import Trunk, host

Kind = Literal["silent", "partly", "unregistered", "full"]
_REGISTRATION = re.compile(
    r"^ *(trunk-[A-Za-z0-9_.-]+)/\S+.*?\b(Registered|Unregistered|Rejected|Stopped)\b", re.MULTILINE
)
_CHANNEL = re.compile(r"^PJSIP/(trunk-[A-Za-z0-9_.-]+)-[0-9a-f]{8}\b", re.MULTILINE)
_WHY = {
    "Rejected": "operator menolak user atau kata sandinya",
    "Unregistered": "server tidak menjawab",
    "Stopped": "server tidak menjawab",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at Asterisk: state of each address record, of each registration, and channels of each endpoint."""

    contacts: Mapping[str, str]
    registrations: Mapping[str, str]
    channels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A trunk that does not serve as it should; the sentence is for the wall."""

    trunk: str
    kind: Kind
    sentence: str


def registrations(text: str) -> dict[str, str]:
    """States by name in the output of `pjsip show registrations`."""
    return dict(_REGISTRATION.findall(text))


def channels(text: str) -> dict[str, int]:
    """Channels of each trunk's endpoint in the output of `core show channels concise`."""
    names = _CHANNEL.findall(text)
    return {name: names.count(name) for name in set(names)}


def watched(trunks: Sequence[Trunk]) -> tuple[Trunk, ...]:
    """The trunks of which anything can be told."""
    return tuple(trunk for trunk in trunks if trunk.wire.qualify_s or trunk.registration or trunk.channels)


def up(trunk: Trunk, seen: Seen) -> bool | None:
    """True while a contact answers, False while none does; None where none is asked or the first answer is due."""
    states = [seen.contacts.get(name, "") for name, _ in contacts(trunk)]
    if not trunk.wire.qualify_s or not all(state in ("Avail", "Unavail") for state in states):
        return None
    return "Avail" in states


def registered(trunk: Trunk, seen: Seen) -> bool | None:
    """True while the carrier knows where we are; None without a registration."""
    state = seen.registrations.get(trunk.endpoint)
    return state == "Registered" if trunk.registration and state else None


def trouble(trunk: Trunk, seen: Seen) -> Trouble | None:
    """The worst that is wrong with a trunk."""
    silent = [uri for name, uri in contacts(trunk) if trunk.wire.qualify_s and seen.contacts.get(name) == "Unavail"]
    if silent and len(silent) == len(trunk.contacts):
        places = " dan ".join(map(host, silent))
        sentence = f"trunk {trunk.name} tidak menjawab ({places}): panggilan keluar tidak bisa"
        return Trouble(trunk.name, "silent", sentence)
    if registered(trunk, seen) is False and trunk.registration:
        why = _WHY[seen.registrations[trunk.endpoint]]
        place = f"trunk {trunk.name} tidak terdaftar di {host(trunk.registration.server)}"
        return Trouble(trunk.name, "unregistered", f"{place}: {why}; panggilan masuk mungkin tidak sampai")
    if silent:
        left = " dan ".join(host(uri) for name, uri in contacts(trunk) if uri not in silent)
        places = " dan ".join(map(host, silent))
        return Trouble(trunk.name, "partly", f"{places} dari trunk {trunk.name} tidak menjawab; dipakai {left}")
    if (used := seen.channels.get(trunk.endpoint, 0)) >= (trunk.channels - trunk.reserve or used + 1):
        return Trouble(trunk.name, "full", full_sentence(trunk, used))
    return None


def full_sentence(trunk: Trunk, used: int) -> str:
    """The sentence for a trunk whose last channels are kept for callers."""
    kept = f", {trunk.reserve} terakhir untuk penelepon" if trunk.reserve else ""
    return f"{used} dari {trunk.channels} saluran trunk {trunk.name} dipakai{kept}: panggilan keluar menunggu"
