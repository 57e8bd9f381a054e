"""Copies of SIP messages are read as res_hep sends them; anything else is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.capture.hep import Copy, read


def chunk(kind: int, body: bytes) -> bytes:
    """One chunk of vendor 0."""
    return bytes(2) + kind.to_bytes(2, "big") + (len(body) + 6).to_bytes(2, "big") + body


def packet(payload: bytes, source: str = "127.0.0.2", target: str = "127.0.0.1", port: int = 5060) -> bytes:
    """A packet as Asterisk 22.10.1 sends it."""
    ends = [bytes(int(part) for part in address.split(".")) for address in (source, target)]
    body = (
        chunk(1, b"\x02") + chunk(2, b"\x11") + chunk(7, port.to_bytes(2, "big")) + chunk(8, (5070).to_bytes(2, "big"))
    )
    body += chunk(3, ends[0]) + chunk(4, ends[1]) + chunk(0x11, b"call@id") + chunk(15, payload)
    return b"HEP3" + (len(body) + 6).to_bytes(2, "big") + body


def test_a_copy() -> None:
    """Addresses, ports and the message."""
    assert read(packet(b"INVITE x")) == Copy("127.0.0.2", "127.0.0.1", 5060, 5070, b"INVITE x")


def test_a_copy_over_ipv6() -> None:
    """Its addresses are chunks of their own kind."""
    body = chunk(5, bytes(15) + b"\x01") + chunk(6, bytes(15) + b"\x02") + chunk(15, b"x")
    assert read(b"HEP3" + (len(body) + 6).to_bytes(2, "big") + body) == Copy("::1", "::2", 0, 0, b"x")


@pytest.mark.parametrize("data", [b"", b"HEP3", b"HEP3\xff\xff", packet(b"x")[:-9], b"INVITE sip:112@x SIP/2.0\r\n"])
def test_what_is_no_copy(data: bytes) -> None:
    """Short, cut or foreign packets."""
    assert read(data) is None


@given(st.binary(max_size=200))
def test_hostile_packets_are_no_error(data: bytes) -> None:
    """Whatever is sent to the port."""
    read(data)
    read(b"HEP3" + (len(data) + 6).to_bytes(2, "big") + data)
