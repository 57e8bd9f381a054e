"""One caller of a drill: dials 112, does what its behaviour says, and writes down what happened by its own clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from drills.phones import rtp, sip
from drills.phones.agent import Agent, Outgoing
from drills.phones.audio import Audio
from drills.phones.media import Media, Playing, Stream
from drills.phones.recognise import sounds_like
from drills.plan import PlannedCall
from drills.scenario import ANONYMOUS

CHALLENGES = ("tantangan",)
MENUS = ("menu-utama", "menu-ulang", "failsafe-menu")
CONNECTING, MESSAGE = "sambungkan", "tinggalkan-pesan"
DIGIT = "angka-"
HIDDEN = '"Anonymous" <sip:anonymous@anonymous.invalid>'
PAUSE_S, KEY_S, LOOK_S = 0.6, 0.35, 0.2
# how long a message after hours is spoken, and how long a caller in a talk waits for the operator's good-bye
MESSAGE_S = 6.0


@dataclass(slots=True)
class Heard:
    """Record of one call; moments are seconds of the loop's clock, None for what did not happen."""

    planned: PlannedCall
    invited: float = 0.0
    answered: float | None = None
    pressed: float | None = None
    challenged: float | None = None
    rang: float | None = None
    talked: float | None = None
    ended: float | None = None
    ended_by: str = ""
    keys: str = ""
    status: int = 0
    operator: str = ""
    verdict: str = ""
    ticket: str = ""
    heard_operator: bool = False
    heard_caller: bool = False
    message: bool = False
    let_go: bool = False
    prompts: list[str] = field(default_factory=list)
    failure: str = ""


class Caller:
    """Plays one planned call; `talking` is set when an operator has picked up, `in_touch` when that voice is heard.

    `insists`: a caller who pressed and hears a menu begin again presses again, as people do when a key was lost.
    """

    def __init__(
        self,
        planned: PlannedCall,
        agent: Agent,
        media: Media,
        listener: rtp.Ear,
        audio: Audio,
        *,
        insists: bool = False,
    ) -> None:
        self.planned = planned
        self.heard = Heard(planned)
        self.talking = asyncio.Event()
        self.in_touch = asyncio.Event()
        self._group = planned.group
        self._insists = insists
        self._agent = agent
        self._media = media
        self._listener = listener
        self.sound = audio.get(planned.group.sound, planned.variant)
        self._loop = asyncio.get_running_loop()
        self._voice = b""

    async def run(self) -> None:
        """Plays the whole call, from dialling to its end."""
        self.heard.invited = self._loop.time()
        call = Outgoing(self._agent, "112", self._from(), offer=sip.session(self._agent.host, self._media.port))
        self.heard.status = await call.invite()
        if self.heard.status != 200:
            self.heard.failure = f"ditolak {self.heard.status}"
            self.heard.ended = self._loop.time()
            return
        self.heard.answered = self._loop.time()
        stream = Stream(call.peer, self._listener, _SENDS.get(self._group.sound, "sound"))
        self._media.open(stream)
        try:
            await self._live(call, stream)
        finally:
            self.heard.ended = self.heard.ended or self._loop.time()
            self.heard.prompts = [play.prompt for play in stream.plays]
            await call.bye()
            self._media.shut(stream)

    def _from(self) -> str:
        if self._group.numbers == ANONYMOUS:
            return HIDDEN
        return f"<sip:{self.planned.number}@{self._agent.host}>"

    async def _live(self, call: Outgoing, stream: Stream) -> None:
        """Behave until the caller has had enough or the other side hangs up."""
        async with asyncio.TaskGroup() as group:
            acts = [group.create_task(act) for act in (self._press(stream), self._speak(stream))]
            acts.append(group.create_task(self._talk(stream)))
            if self._group.challenge:
                acts.append(group.create_task(self._meet_challenge(stream)))
            if self._group.message:
                acts.append(group.create_task(self._leave_message(call, stream)))
            try:
                async with asyncio.timeout(self.planned.stays_s):
                    await call.ended.wait()
                self.heard.ended_by = "112"
            except TimeoutError:
                self.heard.ended_by = "penelepon"
            finally:
                for act in acts:
                    act.cancel()
        if self.talking.is_set() and self.heard.ended_by == "112":
            self.heard.ended_by = "petugas"

    # called by the operator's phone

    def rings(self, at: float, operator: str, ticket: str) -> None:
        """An operator's phone rings for this call; the first time counts."""
        heard = self.heard
        heard.rang, heard.operator, heard.ticket = heard.rang or at, operator, ticket

    def connected(self, voice: bytes) -> None:
        """An operator has picked up, and speaks with this voice (A-law)."""
        self._voice = voice
        self.heard.talked = self.heard.talked or self._loop.time()
        self.talking.set()

    # what callers do

    async def _press(self, stream: Stream) -> None:
        keys = self._group.keys
        if keys is None:
            return
        await self._moment(stream, self._group.press)
        await asyncio.sleep(self.planned.after_s)
        await self._keys(stream, keys)
        while self._insists:
            asked = _menus(stream)
            await stream.until(lambda asked=asked: _menus(stream) > asked)  # type: ignore[misc]
            await asyncio.sleep(self.planned.after_s)
            await self._keys(stream, keys)

    async def _speak(self, stream: Stream) -> None:
        if self._group.speaks == "connected":
            await self.talking.wait()
        else:
            await self._moment(stream, self._group.speaks)
            await asyncio.sleep(self.planned.after_s)
        stream.say(self.sound, loop=True)

    async def _talk(self, stream: Stream) -> None:
        """Listen for the operator's voice during the talk; music and prompts do not count."""
        await self.talking.wait()
        stream.keeps = True
        while not sounds_like(stream, self._voice):  # noqa: ASYNC110 - frames tell nobody
            await asyncio.sleep(LOOK_S)
        stream.keeps = False
        self.heard.heard_operator = True
        self.in_touch.set()

    async def _meet_challenge(self, stream: Stream) -> None:
        """Press the two digits that the challenge names, each time that it is asked."""
        answered = 0

        def asked_again() -> bool:
            return self._challenges(stream) > answered

        while True:
            await stream.until(asked_again)
            self.heard.challenged = self.heard.challenged or self._loop.time()
            answered = self._challenges(stream)
            digits = await self._two_digits(stream)
            await asyncio.sleep(PAUSE_S)
            await self._keys(stream, digits)

    def _challenges(self, stream: Stream) -> int:
        return sum(base(play) in CHALLENGES for play in stream.plays)

    async def _two_digits(self, stream: Stream) -> str:
        start = max(at for at, play in enumerate(stream.plays) if base(play) in CHALLENGES)

        def digits() -> list[Playing]:
            return [play for play in stream.plays[start:] if play.prompt.startswith(DIGIT)]

        await stream.until(lambda: len(digits()) >= 2)
        return "".join(base(play).removeprefix(DIGIT) for play in digits()[:2])

    async def _leave_message(self, call: Outgoing, stream: Stream) -> None:
        """After hours: speak after the tone, then hang up."""
        await stream.until(lambda: any(base(play) == MESSAGE for play in stream.plays))
        await self._to_the_end(stream, next(play for play in stream.plays if base(play) == MESSAGE))
        await asyncio.sleep(1.0)
        stream.say(self.sound, loop=True)
        await asyncio.sleep(MESSAGE_S)
        self.heard.message = True
        self.heard.ended, self.heard.ended_by = self._loop.time(), "penelepon"
        await call.bye()
        call.ended.set()

    async def _keys(self, stream: Stream, keys: str) -> None:
        for key in keys:
            stream.press(key)
            self.heard.keys += key
            while stream.pressing:  # noqa: ASYNC110 - frames tell nobody
                await asyncio.sleep(0.02)
            self.heard.pressed = self.heard.pressed or self._loop.time()
            await asyncio.sleep(KEY_S)

    # the moments at which callers act

    async def _moment(self, stream: Stream, moment: str) -> None:
        """Wait for `at_once`, `after_greeting` (first prompt over) or `asked_again` (second question over)."""
        if moment == "at_once":
            return
        await stream.until(lambda: bool(stream.plays))
        greeting = stream.plays[0]
        await self._to_the_end(stream, greeting)
        if moment == "asked_again":
            await stream.until(lambda: len(_questions(stream)) > 1)
            while True:
                last = stream.plays[-1]
                await self._to_the_end(stream, last)
                await asyncio.sleep(PAUSE_S)
                if stream.plays[-1] is last:
                    return

    async def _to_the_end(self, stream: Stream, playing: Playing) -> None:
        await asyncio.sleep(max(0.0, stream.ends(playing) - self._loop.time()))


def _menus(stream: Stream) -> int:
    """Count of the menus that began."""
    return sum(base(play) in MENUS for play in stream.plays)


def _questions(stream: Stream) -> list[Playing]:
    """The prompts that ask something, in the order in which they were heard."""
    return [play for play in stream.plays if not play.prompt.startswith(DIGIT) and base(play) != CONNECTING]


def base(play: Playing) -> str:
    """The prompt's name without its language (`menu-utama.jv`)."""
    return play.prompt.partition(".")[0]


_SENDS = {"comfort": "comfort", "no_rtp": "nothing"}
