"""Inventory of an Asterisk to which we have just connected: its channels, its bridges, and which run of it this is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from asterisk.ari import Ari
from asterisk.translate import CALLBACK, TAP, call_of_part

TALK = "br-"


@dataclass(frozen=True, slots=True)
class Found:
    """Channels and bridges of one Asterisk; `run` names its start: another run has none of the earlier calls."""

    run: str
    channels: Mapping[str, Mapping[str, Any]]
    bridges: Mapping[str, Collection[str]]

    def legs(self, call: str | None = None) -> tuple[str, ...]:
        """The channels of a call (None: of any) apart from the caller's own."""
        parts = {name: call_of_part(name) for name in self.channels}
        return tuple(name for name, of in parts.items() if (of == call if call else of))

    def up(self, channel: str) -> bool:
        """True for a channel that was answered."""
        return channel in self.channels and self.channels[channel]["state"] == "Up"

    def ours(self, channel: str) -> bool:
        """True for a channel in our application, and not in the fail-safe branch."""
        return bool(self._inside(channel).get("app_name") == "Stasis")

    def bridged(self, channel: str) -> tuple[str, ...]:
        """The channels in the bridge of a channel, itself included; empty where it is in none."""
        return next((tuple(inside) for inside in self.bridges.values() if channel in inside), ())

    def callers(self, app: str) -> dict[str, list[str]]:
        """The callers' channels in the application `app`, each with its arguments."""
        callers = {}
        for name in self.channels:
            args = str(self._inside(name).get("app_data", "")).split(",")
            other = call_of_part(name) or name.startswith((TAP, CALLBACK))
            if self.ours(name) and not other and args[0] == app:
                callers[name] = args[1:]
        return callers

    def talks(self) -> dict[str, str]:
        """The bridges of talks, with the call of each."""
        return {bridge: bridge.removeprefix(TALK) for bridge in self.bridges if bridge.startswith(TALK)}

    def _inside(self, channel: str) -> Mapping[str, Any]:
        inside: Mapping[str, Any] = self.channels.get(channel, {}).get("dialplan", {})
        return inside


async def look(ari: Ari) -> Found:
    """Ask Asterisk for its inventory; AriError where it does not answer."""
    run = await ari.started()
    channels = {channel["id"]: channel for channel in await ari.channels()}
    bridges = {bridge["id"]: tuple(bridge["channels"]) for bridge in await ari.bridges()}
    return Found(run, channels, bridges)
