"""Keys of a telephone that ask Asterisk for something within a talk, read from copies of SIP messages."""

import pytest

from asterisk.capture.hep import Copy
from asterisk.capture.keys import MOST, PhoneKeys, Pressed

ROWS = "Via: SIP/2.0/UDP 10.0.0.9;branch=z9\r\nFrom: <sip:op1@10.0.0.9>;tag=a\r\nTo: <sip:112@us>;tag=b\r\n"


def copy(method: str = "REFER", rows: str = ROWS, call_id: str = "c1", cseq: int = 2) -> Copy:
    """A copy of a request of a telephone."""
    text = f"{method} sip:112@us SIP/2.0\r\n{rows}Call-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\r\nTo: <sip:x@y>"
    return Copy("10.0.0.9", "127.0.0.1", 5060, 5060, text.encode())


@pytest.mark.parametrize("method", ["REFER", "MESSAGE"])
def test_a_key_within_a_talk(method: str) -> None:
    """Told once, however often the telephone repeats it; the next one is another."""
    keys = PhoneKeys()
    assert [keys.feed(copy(method)), keys.feed(copy(method))] == [Pressed("op1", method), None]
    assert keys.feed(copy(method, cseq=3)) == Pressed("op1", method)


@pytest.mark.parametrize("method", ["INVITE", "BYE", "NOTIFY", "SUBSCRIBE", "PUBLISH", "SIP/2.0 200"])
def test_what_telephones_send_by_themselves_is_passed_over(method: str) -> None:
    """And what is no request."""
    assert PhoneKeys().feed(copy(method)) is None


def test_compact_headers_and_names() -> None:
    """As telephones write them."""
    rows = 'f: "Sari, meja 1" <sip:op-sari@10.0.0.9:5060;x=y>;tag=a\r\nt:<sip:112@us> ; tag=b\r\n'
    assert PhoneKeys().feed(copy(rows=rows)) == Pressed("op-sari", "REFER")


@pytest.mark.parametrize(
    "rows",
    ["", "From: <sip:op1@x>;tag=a\r\nTo: <sip:112@us>\r\n", "From: <tel:112>;tag=a\r\nTo: <sip:112@us>;tag=b\r\n"],
)
def test_outside_of_a_talk_it_is_none(rows: str) -> None:
    """Without a tag in To, and without a user."""
    assert PhoneKeys().feed(copy(rows=rows)) is None


def test_a_scan_does_not_grow_it() -> None:
    """The memory of what was seen is bounded."""
    keys = PhoneKeys()
    for number in range(3 * MOST):
        keys.feed(copy(call_id=f"scan-{number}"))
    assert len(keys._seen) == MOST
