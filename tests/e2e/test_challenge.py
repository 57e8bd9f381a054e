"""A number with a bad past is asked for two digits; it hears which, and reaches an operator with them or without."""

import json

import pytest

from tests.e2e.line import HEARD, LineUnderTest
from tickets.model import Actor, to_text
from tickets.store import Store
from tickets.store.calls import NewCall

NUMBERS = (f"08157000{n}" for n in range(100, 999))
DIGITS = "123456789"


async def bad_past(line: LineUnderTest) -> str:
    """A number with three calls that were judged pranks."""
    number = next(NUMBERS)
    e164, now = f"+62{number[1:]}", line.clock()

    def write(store: Store) -> None:
        for turn in range(3):
            call = f"past-{number}-{turn}"
            ticket = store.calls.arrive(now, "20261122", NewCall(call, e164, e164, False, True, "112"))
            over = {"stage": "ended", "outcome": "talked", "ended_at": to_text(now)}
            store.calls.step(now, call, ticket, over, ())
            store.reputations.judge(now, ticket, "prank", Actor("user", "op1"))

    await line.store.write(write)
    return number


async def code(line: LineUnderTest) -> str:
    """The digits that the call was asked for."""
    call = await line.call()
    row = await line.store.read(lambda store: store.calls.get(call["id"]))
    return str(json.loads(row["state"])["code"])


async def test_the_challenge_is_heard_and_its_digits_lead_to_the_lane(line: LineUnderTest) -> None:
    """Menu, key, challenge: the sentence and the very digits are heard; pressed, the call is urgent, behind nobody."""
    operator = await line.operator("op1")
    talk = await line.dial(await bad_past(line))
    assert await line.hears(talk, "menu-utama") > HEARD
    await talk.press("1")
    await line.stage("challenge")
    assert await line.hears(talk, "tantangan", 12) > HEARD
    digits = await code(line)
    for digit in digits:
        assert await line.hears(talk, f"angka-{digit}") > HEARD
    for other in set(DIGITS) - set(digits):
        assert await line.hears(talk, f"angka-{other}", 0.1) < HEARD
    assert operator.incoming.empty()
    await talk.press(digits)
    spoken = await line.answer(operator, await operator.rings())
    assert await talk.hears(880)
    call = await line.stage("talking")
    assert (call["lane"], call["doubt"], call["keys"]) == ("urgent", "reputation", f"1{digits}")
    await talk.hang_up()
    await spoken.ended()


@pytest.mark.parametrize("keys", ["", "00"], ids=["pressed nothing", "pressed something else"])
async def test_who_does_not_press_them_reaches_an_operator_all_the_same(line: LineUnderTest, keys: str) -> None:
    """Asked a second time, then in the lane `unverified`; with both operators free one of them rings."""
    operators = [await line.operator(name) for name in ("op1", "op2")]
    talk = await line.dial(await bad_past(line))
    assert await line.hears(talk, "menu-utama") > HEARD
    await talk.press("1")
    await line.stage("challenge")
    assert await line.hears(talk, "tantangan", 12) > HEARD
    if keys:
        await talk.press(keys)
    call = await line.stage("ringing", 40)
    assert call["lane"] == "unverified"
    await line.until(lambda: any(not phone.incoming.empty() for phone in operators))  # it rings while that is saved
    rung = [phone for phone in operators if not phone.incoming.empty()]
    assert len(rung) == 1
    spoken = await line.answer(rung[0], await rung[0].rings())
    assert await talk.hears(880)
    await talk.hang_up()
    await spoken.ended()
