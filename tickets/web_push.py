"""Web push: our signing key pair, and the push services to which a browser's address may lead; pure.

A browser tells us where its pushes are to be posted (RFC 8030), and whoever tells an address chooses where we connect
to: only push services that site.yaml names are believed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

# services of Chrome and its kin, Firefox, Safari, Edge
SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
LONGEST_ENDPOINT = 1000
_ENDPOINT = re.compile(r"(https?)://([a-z0-9.-]+)(?::([0-9]{1,5}))?(/[A-Za-z0-9._~:/?&=%+,;@!$*'()-]*)")
_USUAL = {"https": "443", "http": "80"}
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class WebPushSite:
    """Web push in site.yaml. `subject`: the contact of the site for push services, when our pushes give them trouble
    (RFC 8292), a mailto: or https: address; "" where none is known, and then nothing is sent. `services`: hosts that
    are reached by HTTPS at its usual port, `*.` before for any below; or whole origins."""

    subject: str = ""
    services: tuple[str, ...] = SERVICES


def service_of(endpoint: str, services: Iterable[str]) -> str | None:
    """The host (and unusual port) of a push service that we know; None for every other address."""
    match = _ENDPOINT.fullmatch(endpoint)
    if match is None or len(endpoint) > LONGEST_ENDPOINT:
        return None
    scheme, host, port, _path = match.groups()
    port = port or _USUAL[scheme]
    if not any(_leads_to(service, scheme, host, port) for service in services):
        return None
    return host if port == _USUAL[scheme] else f"{host}:{port}"


def origin_of(endpoint: str) -> str:
    """Scheme, host and port of an address that `service_of` knows: the audience of our signature."""
    return "/".join(endpoint.split("/", 3)[:3])


def _leads_to(known: str, scheme: str, host: str, port: str) -> bool:
    if "://" in known:
        its_scheme, _, rest = known.partition("://")
        its_host, _, its_port = rest.partition(":")
        return (its_scheme, its_host, its_port or _USUAL.get(its_scheme)) == (scheme, host, port)
    if (scheme, port) != ("https", "443"):
        return False
    return host == known or (known.startswith("*.") and host.endswith(known[1:]) and not host.startswith("."))


@lru_cache(maxsize=4)
def key_pair(secret: str) -> EllipticCurvePrivateKey:
    """The key pair (P-256) of a secret of the instance: the same one every time."""
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(secret) < 16:
        raise ValueError("web push needs a key")
    number = int.from_bytes(hashlib.sha512(b"web push\0" + secret.encode()).digest(), "big")
    return ec.derive_private_key(number % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def public_key(secret: str) -> str:
    """The public key to which browsers bind a subscription: nobody without the secret can push to it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = key_pair(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return text_of(point)


def is_point(data: bytes) -> bool:
    """True for a public key of P-256, as browsers make one for each subscription."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        return False
    return len(data) == 65


def text_of(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Reverse `text_of`; b"" for any other text."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if text_of(data) == text else b""
