"""A step under way: the next state, and the commands that go with it."""

from dataclasses import replace
from typing import Any

from ivr.commands import Cancel, Command, Dequeue, Enqueue, Hangup, Music, Note, Play, Release, StopPlay, Wake
from ivr.state import CUT_OFF, CallState, Leg, Script


class Step:
    """Collects the consequences of one event, so that the handlers of the flow read as sentences."""

    __slots__ = ("_script", "commands", "state")

    def __init__(self, state: CallState, script: Script) -> None:
        self.state = state
        self._script = script
        self.commands: list[Command] = []

    def set(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = replace(self.state, **changes)

    def do(self, *commands: Command) -> None:
        """Add commands."""
        self.commands.extend(commands)

    def note(self, kind: str, **data: object) -> None:
        """Add a journal row."""
        self.do(Note(kind, tuple((name, str(value)) for name, value in data.items())))

    def serial(self) -> int:
        """The next number for a playback, timer or leg of this call."""
        self.set(serial=self.state.serial + 1)
        return self.state.serial

    def say(self, *prompts: str, then: str | None = None) -> None:
        """Play prompts in the call's language (music stops for them); `then` names what follows their end."""
        self.hush()
        playback = f"pb-{self.state.call}-{self.serial()}"
        self.set(playback=playback, then=then)
        self.do(Play(playback, self._script.in_language(prompts, self.state.language)))

    def hush(self) -> None:
        """Stop the present prompt and the music."""
        if self.state.playback is not None:
            self.do(StopPlay(self.state.playback))
        if self.state.music:
            self.do(Music(False))
        self.set(playback=None, then=None, music=False)

    def music(self) -> None:
        """Start music, if it does not play yet."""
        if not self.state.music:
            self.do(Music(True))
        self.set(music=True, playback=None, then=None)

    def wake(self, purpose: str, after_s: float) -> None:
        """Start the one timer that counts from now on, named by its purpose."""
        timer = f"{purpose}-{self.serial()}"
        self.set(timer=timer, asked_until=None)
        self.do(Wake(timer, after_s))

    def calm(self) -> None:
        """Forget the timer: none counts any more."""
        self.set(timer=None, asked_until=None)

    def enqueue(self, lane: str) -> None:
        """Put the call into a lane of the waiting line; first in it, where the caller has lost an operator."""
        if lane != self.state.lane:
            self.note("call.lane", lane=lane, mark=self.state.mark or "")
        self.set(stage="waiting", lane=lane)
        doubted = self.state.doubted and self._script.screening.enabled
        self.do(Enqueue(lane, doubted=doubted, first=self.state.mark == CUT_OFF or self.state.operator is not None))

    def drop_legs(self, *, but: Leg | None = None) -> None:
        """Hang up every ringing phone (but one) and free its operator."""
        for leg in self.state.legs:
            if leg != but:
                self.do(Cancel(leg.id, elsewhere=but is not None), Release(leg.operator, "cancelled"))
        self.set(legs=())

    def end(self, outcome: str, *, hangup: bool) -> None:
        """End the call: nothing plays, rings or waits for it any more."""
        self.drop_legs()
        if self.state.stage in ("waiting", "ringing"):
            self.do(Dequeue())
        if hangup:
            self.do(Hangup())
        self.set(stage="ended", outcome=outcome, playback=None, then=None, music=False)
        self.calm()
        self.note("call.ended", outcome=outcome)
