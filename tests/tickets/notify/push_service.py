"""A push service on 127.0.0.1 and the browsers that it serves: it believes no signature and no ciphertext unseen.

Checked and decrypted by hand after RFC 8291 and 8292, with nothing of the library that the channel uses."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tickets.store.people.push_devices import PushDevice
from tickets.web_push import bytes_of, text_of

P256 = ec.SECP256R1()


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(key, info + b"\1", hashlib.sha256).digest()[:length]


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """As it is sent."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Phone:
    """A browser's subscription with its private half."""

    name: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(P256))
    auth: bytes = b"sixteen bytes 16"

    @classmethod
    def from_jwk(cls, name: str, jwk: dict[str, str], auth: str) -> Phone:
        """Of keys that were made in a real browser."""
        number = int.from_bytes(bytes_of(jwk["d"]), "big")
        return cls(name, ec.derive_private_key(number, P256), bytes_of(auth))

    @property
    def public(self) -> bytes:
        """The subscription that the browser reports."""
        return point(self.private.public_key())

    def decrypt(self, body: bytes) -> bytes:
        """RFC 8188 with the keys of RFC 8291."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size, "more than one record"
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(P256, theirs))
        secret = _hkdf(self.auth, shared, b"WebPush: info\0" + self.public + theirs, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert plain[-1:] == b"\2", "not the last record"
        return plain[:-1]


@dataclass
class Got:
    """A push as it came: whose, with which headers, decrypted."""

    name: str
    headers: dict[str, str]
    data: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The payload that the service worker reads."""
        payload = json.loads(self.data)
        assert isinstance(payload, dict)
        return payload


class PushService:
    """Answers 201 to correct requests, or as `answers[name]` says: a status, `hang`, or `cut`."""

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self.bound: dict[str, str] = {}  # to which server's key
        self.answers: dict[str, int | str] = {}
        self.retry_after = ""
        self.got: list[Got] = []
        self.asked: list[str] = []
        self.paths: list[str] = []
        self.wrong: list[str] = []
        self.claims: dict[str, Any] = {}
        app = web.Application()
        app.router.add_post("/push/{name}", self._push)
        self.server = TestServer(app)

    @property
    def origin(self) -> str:
        """As web_push.services names it."""
        return f"http://127.0.0.1:{self.server.port}"

    def device(self, name: str, server_key: str, phone: Phone | None = None) -> PushDevice:
        """A browser subscribes."""
        made = self.phones[name] = phone or Phone(name)
        self.bound[name] = server_key
        endpoint, service = f"{self.origin}/push/{name}", f"127.0.0.1:{self.server.port}"
        return PushDevice(endpoint, service, text_of(made.public), text_of(made.auth), server_key)

    async def _push(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked.append(name)
        self.paths.append(request.raw_path)
        answer = self.answers.get(name, 201)
        if answer == "hang":
            await asyncio.sleep(60)
        if answer == "cut":
            assert request.transport
            request.transport.abort()
        body = await request.read()
        try:
            self._check(request, self.bound[name])
            data = self.phones[name].decrypt(body)
        except Exception as error:
            self.wrong.append(f"{name}: {error!r}")
            return web.Response(status=403)
        if isinstance(answer, str) or answer >= 300:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.Response(status=answer if isinstance(answer, int) else 500, headers=headers)
        self.got.append(Got(name, dict(request.headers), data))
        return web.Response(status=answer, headers={"Location": f"{self.origin}/message/1"})

    def _check(self, request: web.Request, bound: str) -> None:
        """The signature is of the key that this browser was bound to, for us, and not for ever."""
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", bound), "another key"
        signed, _, signature = parts["t"].rpartition(".")
        raw = bytes_of(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(P256, bytes_of(bound))
        key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
        head, self.claims = (json.loads(bytes_of(part)) for part in signed.split("."))
        assert head["alg"] == "ES256"
        assert self.claims["aud"] == self.origin
        assert request.headers["Content-Encoding"] == "aes128gcm"
        assert 0 < int(request.headers["TTL"]) <= 3600

    def signed_until(self) -> datetime:
        """End of the last signature."""
        return datetime.fromtimestamp(self.claims["exp"]).astimezone()


@contextlib.asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """One that runs."""
    made = PushService()
    await made.server.start_server()
    try:
        yield made
    finally:
        await made.server.close()
