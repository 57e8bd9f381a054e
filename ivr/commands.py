"""Commands: all that the flow can ask of the world. They are carried out in order, after the state is saved."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""


@dataclass(frozen=True, slots=True)
class Answer(Command):
    """Answer the caller."""


@dataclass(frozen=True, slots=True)
class DeadMan(Command):
    """Renew the dead-man timer that keeps the call out of the fail-safe branch (True), or clear it (False)."""

    running: bool


@dataclass(frozen=True, slots=True)
class Play(Command):
    """Play prompts by name, one after another, as one playback; PlaybackEnded follows."""

    playback: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopPlay(Command):
    """Stop a playback at once (barge-in)."""

    playback: str


@dataclass(frozen=True, slots=True)
class Music(Command):
    """Start or stop music to the caller."""

    on: bool


@dataclass(frozen=True, slots=True)
class Wake(Command):
    """Send Wakeup(timer) after so many seconds."""

    timer: str
    after_s: float


@dataclass(frozen=True, slots=True)
class Enqueue(Command):
    """Put the call into a lane of the waiting line; a call that is in the line changes lane and keeps its arrival.

    A `doubted` call stands behind all others of its lane; `first`: one that has talked already, before all others.
    """

    lane: str
    doubted: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Dequeue(Command):
    """Leave the waiting line."""


@dataclass(frozen=True, slots=True)
class Ring(Command):
    """Ring an operator's phone as leg `leg`; LegRinging, LegAnswered or LegEnded follow."""

    operator: str
    leg: str


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    """Hang a leg up; `elsewhere` tells the phone that a colleague answered, so that it shows no missed call."""

    leg: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Connect(Command):
    """Bridge caller and leg, and record the conversation."""

    leg: str
    recording: str


@dataclass(frozen=True, slots=True)
class Rejoin(Command):
    """Put a channel into its talk once more: Asterisk takes it out for a moment and then reads its stream anew."""

    channel: str


@dataclass(frozen=True, slots=True)
class Renegotiate(Command):
    """Ask the far end of a channel for its media once more (re-INVITE): a far end that is dead does not answer."""

    channel: str


@dataclass(frozen=True, slots=True)
class RecordTalk(Command):
    """Record a conversation that is under way."""

    recording: str


@dataclass(frozen=True, slots=True)
class Disconnect(Command):
    """End the bridge; the caller's channel stays."""


@dataclass(frozen=True, slots=True)
class Release(Command):
    """Free the desk of an operator who is no longer engaged by this call.

    `why`: talked (wrap-up follows), missed, declined, busy, unreachable, dropped (the phone ended the talk within
    seconds), cancelled (back to ready).
    """

    operator: str
    why: str


@dataclass(frozen=True, slots=True)
class Record(Command):
    """Record the caller's message; MessageRecorded follows."""

    recording: str
    max_s: float


@dataclass(frozen=True, slots=True)
class Callback(Command):
    """Open a task to call this number back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hangup(Command):
    """End the call."""


@dataclass(frozen=True, slots=True)
class Note(Command):
    """A journal row `kind` with `data`, written with the state."""

    kind: str
    data: tuple[tuple[str, str], ...] = ()
