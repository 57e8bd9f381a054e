"""What Asterisk has when we come to it: its channels, who is bridged with whom, and which Asterisk it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from asterisk.ari import Ari
from asterisk.translate import CALLBACK, TAP, call_of_part

TALK = "br-"


@dataclass(frozen=True, slots=True)
class Found:
    """`run` names this start of Asterisk: after another one none of the calls before is there."""

    run: str
    channels: Mapping[str, Mapping[str, Any]]
    bridges: Mapping[str, Collection[str]]

    def legs(self, call: str | None = None) -> tuple[str, ...]:
        """The channels that belong to a call (None: to any) beside the caller's own."""
        parts = {name: call_of_part(name) for name in self.channels}
        return tuple(name for name, of in parts.items() if (of == call if call else of))

    def up(self, channel: str) -> bool:
        """Whether it was picked up."""
        return channel in self.channels and self.channels[channel]["state"] == "Up"

    def ours(self, channel: str) -> bool:
        """Whether it is in the application's hands now, and not in the fail-safe branch."""
        return bool(self._inside(channel).get("app_name") == "Stasis")

    def bridged(self, channel: str) -> tuple[str, ...]:
        """Who is in the bridge of a channel, itself too; nobody where it is in none."""
        return next((tuple(inside) for inside in self.bridges.values() if channel in inside), ())

    def callers(self, app: str) -> dict[str, list[str]]:
        """The callers' channels in the hands of application `app`, with its arguments."""
        found = {}
        for name in self.channels:
            args = str(self._inside(name).get("app_data", "")).split(",")
            other = call_of_part(name) or name.startswith((TAP, CALLBACK))
            if self.ours(name) and not other and args[0] == app:
                found[name] = args[1:]
        return found

    def talks(self) -> dict[str, str]:
        """The bridges of talks, with the call of each."""
        return {bridge: bridge.removeprefix(TALK) for bridge in self.bridges if bridge.startswith(TALK)}

    def _inside(self, channel: str) -> Mapping[str, Any]:
        inside: Mapping[str, Any] = self.channels.get(channel, {}).get("dialplan", {})
        return inside


async def look(ari: Ari) -> Found:
    """Ask Asterisk; AriError where it does not say."""
    run = await ari.started()
    channels = {channel["id"]: channel for channel in await ari.channels()}
    bridges = {bridge["id"]: tuple(bridge["channels"]) for bridge in await ari.bridges()}
    return Found(run, channels, bridges)
