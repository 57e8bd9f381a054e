"""The state of a call: frozen, and plain enough to be stored at every step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ivr.hours import Hours
from ivr.menu import Menus
from ivr.screening_rules import ScreeningRules

# the mark of a caller who has lost the operator, or the network: first in line, and called back
CUT_OFF = "terputus"
STAGES = ("arrived", "closed", "menu", "challenge", "waiting", "ringing", "talking", "recording", "ended")


@dataclass(frozen=True, slots=True)
class Leg:
    """An operator's phone that rings or talks for this call."""

    id: str
    operator: str


@dataclass(frozen=True, slots=True)
class CallState:
    """One call; `serial` numbers playbacks, timers and legs so that a late event is told from a present one.

    `doubt` (reputation, flood) is the reason for harder screening; `sampled`: it is left out, to measure screening.
    `trail` are the menus before this one, joined by «/»; `asks` counts the questions so far, in all menus.
    `asked_until` is the end of the present pause for a key; `spoke`: the caller spoke since the last key.
    `code` are the two digits of the challenge, `progress` the number of them that were pressed, `wrong` the number of
    other keys; `wanted` and `wanted_mark` are the lane and mark behind the challenge.
    `talk_since` is when the present or last talk began (ISO 8601), `dropped` the number of talks that an operator's
    phone ended within seconds; `unreachable`: the caller cannot be called back. `deaf` are the sides of the present
    talk (caller, operator) whose sound does not come.
    Fields are saved by their names (`to_dict`): a call of an earlier release is taken over only while they stay.
    """

    call: str
    stage: str = "arrived"
    answered: bool = False
    doubt: str | None = None
    sampled: bool = False
    language: str | None = None
    menu: str | None = None
    trail: str = ""
    tries: int = 0
    asks: int = 0
    asked_until: str | None = None
    keys: str = ""
    person: bool = False
    spoke: bool = False
    code: str | None = None
    progress: int = 0
    wrong: int = 0
    wanted: str | None = None
    wanted_mark: str | None = None
    playback: str | None = None
    timer: str | None = None
    then: str | None = None
    music: bool = False
    lane: str | None = None
    kind: str | None = None
    category: str | None = None
    mark: str | None = None
    legs: tuple[Leg, ...] = ()
    rang: bool = False
    talking: Leg | None = None
    talk_since: str | None = None
    dropped: int = 0
    unreachable: bool = False
    deaf: tuple[str, ...] = ()
    operator: str | None = None
    recording: str | None = None
    outcome: str | None = None
    serial: int = 0

    @property
    def doubted(self) -> bool:
        """True while the call is screened harder; a caller who has talked with an operator is not any more."""
        return self.doubt is not None and not self.sampled and self.operator is None


@dataclass(frozen=True, slots=True)
class Script:
    """The configuration of the flow; durations in seconds.

    `spoken_in` names, by language, the prompts that exist in it beside Indonesian. `short_talk_s`: an operator's phone
    that hangs up before does not end the call; 0: it always does."""

    menus: Menus
    hours: Hours
    screening: ScreeningRules = field(default_factory=ScreeningRules)
    spoken_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    position_every_s: float = 30.0
    closed_patience_s: float = 5.0
    closed_tries: int = 2
    short_talk_s: float = 5.0
    greeting: str = "sapaan"
    any_key: str = "tekan-apa-saja"
    challenge: str = "tantangan"
    connecting: str = "sambungkan"
    closed: str = "tutup-jam"
    leave_message: tuple[str, ...] = ("tinggalkan-pesan", "nada")
    message_kept: str = "pesan-diterima"
    goodbye_silent: str = "selamat-tinggal-hening"
    reconnecting: str = "operator-terputus"
    dropped_again: str = "terputus-lagi"

    def in_language(self, prompts: tuple[str, ...], language: str | None) -> tuple[str, ...]:
        """The prompts in a language; those that it lacks are in Indonesian."""
        there = self.spoken_in.get(language or "", frozenset())
        return tuple(f"{name}.{language}" if name in there else name for name in prompts)


def to_dict(state: CallState) -> dict[str, Any]:
    """The state as plain values, for JSON; defaults are left out."""
    values = {name: getattr(state, name) for name in _NAMES if getattr(state, name) != _DEFAULTS.get(name)}
    if state.legs:
        values["legs"] = [{"id": leg.id, "operator": leg.operator} for leg in state.legs]
    if state.talking:
        values["talking"] = {"id": state.talking.id, "operator": state.talking.operator}
    return values


def from_dict(values: dict[str, Any]) -> CallState:
    """The state of stored values; fields that a later release dropped are ignored."""
    known = {name: value for name, value in values.items() if name in _NAMES}
    known["legs"] = tuple(Leg(**leg) for leg in known.get("legs", ()))
    known["deaf"] = tuple(known.get("deaf", ()))
    talking = known.get("talking")
    known["talking"] = Leg(**talking) if talking else None
    return CallState(**known)


_NAMES = tuple(field.name for field in fields(CallState))
_DEFAULTS = {field.name: field.default for field in fields(CallState)}
