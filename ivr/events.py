"""Events: all that can happen to a call, from the world to the flow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True, slots=True)
class Arrived(Event):
    """A new call, unanswered; its ticket exists.

    `doubt` is the reason for harder screening: reputation (of its number), flood (of its number or trunk), or None.
    `sampled`: it is doubted and handled as if it were not, so that screening can be measured.
    """

    doubt: str | None = None
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Restored(Event):
    """A call that survived our restart, with the `legs` that still exist.

    `answered`: the legs that were picked up. `bridged`: the channels in the caller's bridge, the caller's among them.
    `up`: the caller was answered. `recorded`: there is a recording of the talk. Where a message was being recorded,
    MessageRecorded follows once it is over.
    """

    legs: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    bridged: tuple[str, ...] = ()
    up: bool = True
    recorded: bool = True


@dataclass(frozen=True, slots=True)
class Digit(Event):
    """The caller pressed a key: one of 0-9 * #."""

    key: str


@dataclass(frozen=True, slots=True)
class Spoke(Event):
    """The caller made a sound that counts as speech."""


@dataclass(frozen=True, slots=True)
class PlaybackEnded(Event):
    """A prompt is over: heard to its end, stopped, or failed."""

    playback: str


@dataclass(frozen=True, slots=True)
class Wakeup(Event):
    """A timer that the flow asked for has expired; a late one names a timer that no longer counts.

    `position` is the call's place in the waiting line (1: next), None where it has none. `listened`: an operator
    listens to the caller.
    """

    timer: str
    position: int | None = None
    listened: bool = False


@dataclass(frozen=True, slots=True)
class CallerGone(Event):
    """The caller hung up, or the network did."""


@dataclass(frozen=True, slots=True)
class Cut(Event):
    """The call ended because Asterisk died or was stopped; nobody hung up."""


@dataclass(frozen=True, slots=True)
class LeftToFailsafe(Event):
    """Asterisk's dead-man timer took the call to the fail-safe branch, where it goes on without us."""


@dataclass(frozen=True, slots=True)
class Offered(Event):
    """The waiting line offers this call to operators: ring them all."""

    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken(Event):
    """An operator takes this call out of the line by hand.

    `leg` is the operator's phone where it listens to the call already; LegAnswered or LegEnded follow for it as for a
    leg that we ring.
    """

    operator: str
    leg: str | None = None


@dataclass(frozen=True, slots=True)
class Transferred(Event):
    """The talking operator transfers the caller to a colleague, whose desk is reserved for the call already; `note` is
    the reason as the colleague reads it."""

    operator: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LegRinging(Event):
    """An operator's phone rings."""

    leg: str


@dataclass(frozen=True, slots=True)
class LegAnswered(Event):
    """An operator picked up."""

    leg: str


@dataclass(frozen=True, slots=True)
class LegEnded(Event):
    """An operator's phone stopped ringing or hung up.

    `reason`: declined, forwarded (to another number), busy, no_answer, unreachable, cancelled, hung_up (by the
    operator), lost (by the network).
    """

    leg: str
    reason: str


@dataclass(frozen=True, slots=True)
class Held(Event):
    """The operator put the caller on hold."""


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The operator took the caller back from hold."""


@dataclass(frozen=True, slots=True)
class MessageRecorded(Event):
    """The recording of the caller's message is over; `seconds` 0: nothing was recorded."""

    recording: str
    seconds: float
