"""Each request ends as a call, as withdrawn, or as one refusal."""

import pytest

from asterisk.capture.hep import Copy
from asterisk.capture.invites import AGAIN_S, MOST, SILENT_S, Invites, Refused

FAR, US = "10.0.0.2", "10.0.0.1"


def sent(call: str = "a", cseq: int = 1, branch: str = "b", method: str = "INVITE", source: str = FAR) -> Copy:
    """A request that Asterisk got."""
    text = (
        f"{method} sip:112@us SIP/2.0\r\nVia: x;branch={branch}\r\nFrom: <sip:1@c>;tag=t\r\nTo: <sip:112@us>\r\n"
        f"Call-ID: {call}\r\nCSeq: {cseq} {method}\r\n\r\n"
    )
    return Copy(source, US, 5060, 5060, text.encode())


def answered(status: int, call: str = "a", cseq: int = 1, branch: str = "b", method: str = "INVITE") -> Copy:
    """Asterisk's answer to it."""
    text = f"SIP/2.0 {status} x\r\nVia: x;branch={branch}\r\nCall-ID: {call}\r\nCSeq: {cseq} {method}\r\n\r\n"
    return Copy(US, FAR, 5060, 5060, text.encode())


def statuses(*copies: Copy, then_s: float = 0.0) -> list[int]:
    """The statuses of all refusals by these messages, and by the time after them."""
    invites = Invites()
    refused = [each for copy in copies for each in invites.feed(copy, 0.0)]
    return [each.status for each in (*refused, *invites.due(then_s))]


@pytest.mark.parametrize("status", [300, 404, 416, 420, 488, 500, 503, 603])
def test_a_refusal(status: int) -> None:
    """Once, however often request and answer are sent again; it is over then."""
    assert statuses(sent(), answered(100), sent(), answered(status), answered(status), then_s=99) == [status]


@pytest.mark.parametrize("status", [180, 183, 200, 482, 487])
def test_no_refusal(status: int) -> None:
    """A call that is rung, answered or withdrawn, and a copy of one."""
    assert statuses(sent(), answered(100), answered(status), answered(500), then_s=99) == []


def test_no_answer() -> None:
    """Told after a while, also where Asterisk only said that it tries."""
    assert statuses(sent(), then_s=SILENT_S - 1) == []
    assert statuses(sent(), answered(100), then_s=SILENT_S) == [0]


@pytest.mark.parametrize("status", [401, 407, 422])
def test_who_is_asked_for_more_has_time_to_send_it(status: int) -> None:
    """The next request of the call replaces it; without one it is a refusal."""
    again = [sent(cseq=2, branch="c"), answered(200, cseq=2, branch="c")]
    assert statuses(sent(), answered(status), *again, then_s=99) == []
    assert statuses(sent(), answered(status), then_s=AGAIN_S) == [status]
    assert statuses(sent(), answered(status), sent(call="other"), then_s=AGAIN_S) == [status]


def test_messages_and_far_ends() -> None:
    """A MESSAGE is followed like a call; the answer of one far end is no other's."""
    assert statuses(sent(method="MESSAGE"), answered(501, method="MESSAGE")) == [501]
    assert statuses(sent(source="10.0.0.3"), answered(404), then_s=1) == []


def test_a_flood_is_bounded() -> None:
    """The oldest of too many requests are counted and forgotten."""
    invites = Invites()
    for number in range(MOST + 10):
        list(invites.feed(sent(call=str(number)), 0.0))
    assert (len(invites._open), invites.overflown) == (MOST, 10)
    assert isinstance(next(invites.due(99)), Refused)
