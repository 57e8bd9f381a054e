"""Talks of the whole line over a carrier that holds them, or moves them to its other SBC; after each both hear."""

from __future__ import annotations

import random

import pytest

from drills.phones import sip
from drills.phones.agent import Agent, Outgoing, Replies, final
from drills.phones.media import Media
from tests.e2e.line import YEAR_2001, LineUnderTest
from tests.e2e.talks.talk import begin_anew, broken_talk
from tests.tickets.world import callback_tasks

OTHER_SBC = "127.0.0.9"


async def count(line: LineUnderTest) -> int:
    """Number of calls so far."""
    await line.arrived()
    return len(await line.store.read(lambda store: store.calls.since(YEAR_2001, 1000)))


def copied(call: Outgoing, other: Agent) -> tuple[str, Replies]:
    """Send the INVITE of a call over another SBC, too: its branch, and the answers."""
    branch = f"z9hG4bK{sip.token()}"
    sent = call.agent._sent[f"{call.branch}/INVITE"]
    data = sent.replace(call.agent.contact.encode(), other.contact.encode())
    return branch, other.request(branch, "INVITE", data.replace(call.branch.encode(), branch.encode()))


def canceled(call: Outgoing, other: Agent, branch: str) -> Replies:
    """Take a copy back."""
    headers = call._headers("CANCEL", branch) | {"Via": f"SIP/2.0/UDP {other.contact};branch={branch};rport"}
    return other.request(branch, "CANCEL", sip.request("CANCEL", call._target, headers))


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
async def test_a_caller_whom_the_carrier_holds_comes_back(line: LineUnderTest, direction: str) -> None:
    """The caller's telephone takes another call meanwhile, and sends nothing: told, not ended."""
    async with broken_talk(line) as talk:
        assert await talk.call.reinvite(talk.offer(direction)) == 200
        talk.caller.sends = "nothing"
        await talk.until_kind("call.deaf")
        assert (await line.call())["stage"] == "talking"
        talk.caller.sends = "sound"
        assert await talk.call.reinvite(talk.offer()) == 200
        assert await talk.both_hear()
        await talk.until_kind("call.heard_again")
        await talk.call.bye()
        await line.stage("ended")
        assert await line.store.read(callback_tasks) == []


async def test_a_pair_of_sbcs_sends_one_call_and_takes_it_over(line: LineUnderTest) -> None:
    """The copy of the second SBC is refused, and its CANCEL ends nothing; then the first one dies, and the talk goes
    on over the second: another address, another stream."""
    before = await count(line)
    async with broken_talk(line) as talk:
        second, media = await Agent.open(talk.call.agent.server, OTHER_SBC), Media(OTHER_SBC)
        branch, answers = copied(talk.call, second)
        assert (await final(answers)).status == 482
        assert (await final(canceled(talk.call, second, branch))).status in (200, 481)
        assert await count(line) == before + 1
        assert await talk.both_hear()
        talk.media.shut(talk.caller)
        media.open(talk.caller)
        begin_anew(talk.caller, random.Random(112))
        talk.call.agent = second
        second.dialogs[talk.call.tag] = talk.call
        assert await talk.call.reinvite(talk.offer(media=media)) == 200
        assert await talk.both_hear()
        assert await talk.call.bye() == 200
        assert (await line.stage("ended"))["outcome"] == "talked"
        await second.close()
        media.close()
