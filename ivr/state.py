"""Where a call stands; frozen, and plain enough to be stored at every step."""

from dataclasses import dataclass, fields
from typing import Any

from ivr.hours import Hours
from ivr.menu import Menus

STAGES = ("arrived", "closed", "menu", "waiting", "ringing", "talking", "recording", "ended")


@dataclass(frozen=True, slots=True)
class Leg:
    """An operator's phone that rings or talks for this call."""

    id: str
    operator: str


@dataclass(frozen=True, slots=True)
class CallState:
    """One call; `serial` numbers playbacks, timers and legs so that a late event is told from a present one."""

    call: str
    stage: str = "arrived"
    answered: bool = False
    menu: str | None = None
    tries: int = 0
    keys: str = ""
    person: bool = False
    playback: str | None = None
    timer: str | None = None
    then: str | None = None
    music: bool = False
    lane: str | None = None
    kind: str | None = None
    mark: str | None = None
    legs: tuple[Leg, ...] = ()
    rang: bool = False
    talking: Leg | None = None
    operator: str | None = None
    recording: str | None = None
    outcome: str | None = None
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """What the flow needs to know of the configuration; seconds."""

    menus: Menus
    hours: Hours
    silent_hold_s: float = 60.0
    position_every_s: float = 30.0
    closed_patience_s: float = 5.0
    closed_tries: int = 2
    menu_again: str = "menu-ulang"
    connecting: str = "sambungkan"
    closed: str = "tutup-jam"
    leave_message: tuple[str, ...] = ("tinggalkan-pesan", "nada")
    message_kept: str = "pesan-diterima"
    goodbye_silent: str = "selamat-tinggal-hening"
    reconnecting: str = "operator-terputus"


def to_dict(state: CallState) -> dict[str, Any]:
    """The state as plain values, for JSON; what has its default is left out."""
    values = {name: getattr(state, name) for name in _NAMES if getattr(state, name) != _DEFAULTS.get(name)}
    if state.legs:
        values["legs"] = [{"id": leg.id, "operator": leg.operator} for leg in state.legs]
    if state.talking:
        values["talking"] = {"id": state.talking.id, "operator": state.talking.operator}
    return values


def from_dict(values: dict[str, Any]) -> CallState:
    """The state of stored values; a field that a later version dropped is passed over."""
    known = {name: value for name, value in values.items() if name in _NAMES}
    known["legs"] = tuple(Leg(**leg) for leg in known.get("legs", ()))
    talking = known.get("talking")
    known["talking"] = Leg(**talking) if talking else None
    return CallState(**known)


_NAMES = tuple(field.name for field in fields(CallState))
_DEFAULTS = {field.name: field.default for field in fields(CallState)}
