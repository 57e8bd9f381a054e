"""The SRTP of the tests against the vectors of RFC 3711."""

from __future__ import annotations

import base64

import pytest

from drills.phones.rtp import PCMA, packet
from tests.e2e.carriers.srtp import Srtp, _stream

# RFC 3711, B.3
MASTER = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")
KEY = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(MASTER).decode()}"
OTHER = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(MASTER[::-1]).decode()}"


async def test_the_stream_of_the_cipher() -> None:
    """RFC 3711, B.2."""
    key = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
    assert _stream(key, 0xF0F1F2F3F4F5F6F7F8F9FAFBFCFD0000, 16).hex() == "e03ead0935c95e80e166b16dd92b4eb4"


async def test_keys_of_a_session() -> None:
    """RFC 3711, B.3."""
    way = Srtp(KEY)
    assert way._key.hex() == "c61e7a93744f39ee10734afe3ff7a087"
    assert way._auth.hex() == "cebe321f6ff7716b6fd4ab49af256a156d38baa4"
    assert f"{way._salt:x}" == "30cbbc08863d8c85d49db34a9ae1"


async def test_what_is_sealed_is_opened_and_what_was_changed_is_not() -> None:
    """Another bit, or another key, is refused."""
    plain, way = packet(PCMA, 7, 160, 99, bytes(range(160))), Srtp(KEY)
    sealed = way.seal(plain)
    assert sealed[12:172] != plain[12:]
    assert way.open(sealed) == plain
    for wrong in (sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:], sealed[:-1]):
        with pytest.raises(ValueError, match="wrong tag"):
            way.open(wrong)
    with pytest.raises(ValueError, match="wrong tag"):
        Srtp(OTHER).open(sealed)
