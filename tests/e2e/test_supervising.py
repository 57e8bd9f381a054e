"""A supervisor on a talk: listening, whispering, joining; nothing of the talk depends on it."""

import asyncio
import contextlib

import pytest

from drills.phones.softphone import LIMIT_S, Phone, Talk
from drills.sounds.hearing import loudness, tone
from tests.e2e.line import SUPERVISOR, LineUnderTest
from tests.e2e.test_listening import hears_from_now, no_snoops, restart, snoops

OPERATOR_HZ, CALLER_HZ, SUPERVISOR_HZ = 880, 1300, 600


class Talking:
    """Operator and caller talk, and the supervisor listens."""

    def __init__(self, line: LineUnderTest, call: str, caller: Talk, operator: Talk, supervisor: Talk) -> None:
        self.line, self.call = line, call
        self.caller, self.operator, self.supervisor = caller, operator, supervisor

    async def mode(self, mode: str) -> None:
        """The supervisor presses another button."""
        await self.line.ask("request.listen", operator=SUPERVISOR, call=self.call, mode=mode)
        await hears_from_now(self.line, SUPERVISOR, mode)

    async def settles(self, pairs: dict[str, set[int]]) -> None:
        """Wait until exactly these hear each other: sound of before the change may still be on its way."""
        heard = await self.hearing()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LIMIT_S):
                while heard != pairs:
                    heard = await self.hearing()
        assert heard == pairs

    async def hearing(self) -> dict[str, set[int]]:
        """The pairs that hear each other, from half a second at the same time."""
        starts = {name: len(getattr(self, name).heard) for name in WHO}
        await asyncio.sleep(1.2)
        heard = {name: bytes(getattr(self, name).heard[starts[name] + 3200 :]) for name in WHO}
        return {name: {hertz for hertz in WHO.values() if stands_out(pcm, hertz)} for name, pcm in heard.items()}


WHO = {"caller": CALLER_HZ, "operator": OPERATOR_HZ, "supervisor": SUPERVISOR_HZ}


def stands_out(pcm: bytes, hertz: int) -> bool:
    """True if a tone is in the sound."""
    return loudness(pcm, hertz) > 0.15


async def supervisor_of(line: LineUnderTest) -> Phone:
    """The supervisor's phone, registered."""
    password = line.house.instance.secrets.sip[SUPERVISOR]
    says = tone(SUPERVISOR_HZ, 0.5)
    phone = await Phone.register(line.sip, line.house.server, SUPERVISOR, password, line.keeper.start, says)
    line.agents.append(phone)
    await line.until(lambda: SUPERVISOR in line.service.phones, 8)
    return phone


@pytest.fixture
def tones() -> dict[str, set[int]]:
    """The parties that each one hears while the supervisor only listens."""
    return {"caller": {OPERATOR_HZ}, "operator": {CALLER_HZ}, "supervisor": {OPERATOR_HZ, CALLER_HZ}}


async def talking(line: LineUnderTest) -> Talking:
    """A talk with a supervisor who listens."""
    operator, supervisor = await line.operator("op1"), await supervisor_of(line)
    caller = await line.dial()
    await caller.press("1")
    spoken = await line.answer(operator, await operator.rings())
    call = (await line.stage("talking"))["id"]
    await line.ask("request.listen", operator=SUPERVISOR, call=call, mode="listen")
    listening = await line.answer(supervisor, await supervisor.rings())
    await hears_from_now(line, SUPERVISOR)
    return Talking(line, call, caller, spoken, listening)


async def test_listen_whisper_join(line: LineUnderTest, tones: dict[str, set[int]]) -> None:
    """Nobody hears who listens; the operator alone hears who whispers; both hear who joins; and back again."""
    talk = await talking(line)
    await talk.settles(tones)
    await talk.mode("whisper")
    await talk.settles(tones | {"operator": {CALLER_HZ, SUPERVISOR_HZ}})
    await talk.mode("join")
    everybody = {"caller": {OPERATOR_HZ, SUPERVISOR_HZ}, "operator": {CALLER_HZ, SUPERVISOR_HZ}}
    await talk.settles(tones | everybody)
    await talk.mode("listen")
    await talk.settles(tones)
    kinds = await line.kinds()
    assert kinds.count("operator.listening") == 4


@pytest.mark.parametrize("mode", ["listen", "join"])
async def test_a_supervisor_who_leaves_changes_nothing(line: LineUnderTest, mode: str) -> None:
    """The talk goes on between the two."""
    talk = await talking(line)
    await talk.mode(mode)
    await talk.supervisor.hang_up()
    await no_snoops(line)
    assert await asyncio.gather(talk.caller.hears(OPERATOR_HZ), talk.operator.hears(CALLER_HZ)) == [True, True]
    assert (await line.call())["stage"] == "talking"


@pytest.mark.parametrize("mode", ["listen", "join"])
async def test_it_ends_with_the_talk(line: LineUnderTest, mode: str) -> None:
    """The operator hangs up: so does the supervisor's phone, whichever way it heard."""
    talk = await talking(line)
    await talk.mode(mode)
    await talk.operator.hang_up()
    await talk.supervisor.ended()
    await talk.caller.ended()
    await no_snoops(line)


async def test_a_transfer_ends_it(line: LineUnderTest) -> None:
    """The next operator's talk is another one: asked for anew."""
    talk = await talking(line)
    second = await line.operator("op2")
    await line.ask("request.transfer", operator="op1", call=talk.call, to="op2")
    await line.answer(second, await second.rings())
    await talk.supervisor.ended()
    assert await talk.caller.hears(OPERATOR_HZ)
    await no_snoops(line)


async def test_a_restart_ends_the_listening_and_not_the_talk(line: LineUnderTest) -> None:
    """Even of who had joined."""
    talk = await talking(line)
    await talk.mode("join")
    async with asyncio.timeout(60):  # the snoop channel of the former mode goes after the new one hears
        while len(await snoops(line)) != 3:
            await asyncio.sleep(0.05)
    await restart(line)
    await talk.supervisor.ended()
    await no_snoops(line)
    assert await asyncio.gather(talk.caller.hears(OPERATOR_HZ), talk.operator.hears(CALLER_HZ)) == [True, True]
