"""SRTP with keys from SDP (RFC 3711 with AES_CM_128_HMAC_SHA1_80, RFC 4568), as far as one talk of a test needs it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TAG = 10
_KEY = re.compile(r"a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:([A-Za-z0-9+/=]+)")


def _stream(key: bytes, iv: int, size: int) -> bytes:
    """So many bytes of the cipher's stream."""
    return Cipher(algorithms.AES(key), modes.CTR(iv.to_bytes(16, "big"))).encryptor().update(bytes(size))


class Srtp:
    """One direction of a talk, whose packets come in order and without a roll-over of the sequence number."""

    def __init__(self, body: str) -> None:
        match = _KEY.search(body)
        assert match is not None, f"expected a key for AES_CM_128_HMAC_SHA1_80 in: {body}"
        material = base64.b64decode(match[1] + "=" * (-len(match[1]) % 4))
        master, salt = material[:16], int.from_bytes(material[16:30], "big")

        def derived(label: int, size: int) -> bytes:
            return _stream(master, (salt ^ label << 48) << 16, size)

        self._key, self._auth = derived(0, 16), derived(1, 20)
        self._salt = int.from_bytes(derived(2, 14), "big")

    def _crypt(self, packet: bytes) -> bytes:
        sequence, _, ssrc = struct.unpack("!HII", packet[2:12])
        iv = self._salt << 16 ^ ssrc << 64 ^ sequence << 16
        payload = packet[12:]
        stream = _stream(self._key, iv, len(payload))
        return packet[:12] + bytes(a ^ b for a, b in zip(payload, stream, strict=True))

    def _tag(self, sealed: bytes) -> bytes:
        return hmac.new(self._auth, sealed + bytes(4), hashlib.sha1).digest()[:TAG]

    def seal(self, packet: bytes) -> bytes:
        """Encrypt and sign an RTP packet without extension."""
        sealed = self._crypt(packet)
        return sealed + self._tag(sealed)

    def open(self, packet: bytes) -> bytes:
        """Decrypt a packet; ValueError where its tag is wrong."""
        sealed, tag = packet[:-TAG], packet[-TAG:]
        if not hmac.compare_digest(tag, self._tag(sealed)):
            raise ValueError("SRTP: wrong tag")
        return self._crypt(sealed)
