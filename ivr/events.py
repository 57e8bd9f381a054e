"""Events: all that can happen to a call, from the world to the flow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True, slots=True)
class Arrived(Event):
    """A new call, unanswered; its ticket exists.

    `doubt` is the reason for harder screening: reputation (of its number), flood (of its number or trunk), or None.
    `sampled`: it is doubted and handled as if it were not, so that screening can be measured. `callable`: its number
    can be called back.
    """

    doubt: str | None = None
    sampled: bool = False
    callable: bool = True


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
class Finished(Event):
    """The operator ended the call on the page: a decision, unlike a phone that hangs up."""

    operator: str


@dataclass(frozen=True, slots=True)
class Replaced(Event):
    """The caller has called again as call `by`, and nothing comes from this call any more."""

    by: str


@dataclass(frozen=True, slots=True)
class Replaces(Event):
    """This call takes the place of an earlier one of the same caller, `call`, which nobody is at any more.

    `operator` talked with them, and their desk is reserved for this call; None: they waited in `lane`, with `mark`.
    `kind` and `category` are what the caller's keys said."""

    call: str
    operator: str | None
    lane: str = "urgent"
    mark: str | None = None
    kind: str | None = None
    category: str | None = None


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
class Deaf(Event):
    """No sound comes from one side of the talk any more, not even silence; `side` is caller or operator."""

    side: str


@dataclass(frozen=True, slots=True)
class HeardAgain(Event):
    """The sound of a side that was deaf comes again."""

    side: str


@dataclass(frozen=True, slots=True)
class StreamRestarted(Event):
    """One side of the talk sends another stream than before: the network moved it, and Asterisk may not hear it."""

    side: str


@dataclass(frozen=True, slots=True)
class MessageRecorded(Event):
    """The recording of the caller's message is over; `seconds` 0: nothing was recorded."""

    recording: str
    seconds: float
