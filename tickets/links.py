"""Signed one-time links, each for one contact, purpose, assignment and time. Pure; `store.links` keeps them one-time.

A token is its payload (JSON, base64url), a full stop, and the HMAC-SHA256 of the payload under the instance's
`link_key`. A change of the key invalidates every link signed before. The nonce makes each token unique.
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tickets.derived_keys import LINK, derive
from tickets.errors import BadLink, ForgedLink
from tickets.model import DuePush

_LONGEST = 600
PURPOSE = "tugas"
TEST = "uji"
# channels whose test pushes carry a link
TEST_CHANNELS = ("webpush", "apprise")
GOOD_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Link:
    """`contact` may do `purpose` (for instance `diterima`) to `assignment` until `expires_at`; seconds count."""

    assignment: int
    contact: str
    purpose: str
    expires_at: datetime
    nonce: str


def sign(key: str, link: Link) -> str:
    """Make the token of a link, fit for an address; ValueError without a key."""
    fields = [link.assignment, link.contact, link.purpose, int(link.expires_at.timestamp()), link.nonce]
    payload = _text(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())
    return f"{payload}.{_text(_mac(key, payload))}"


def read(key: str, token: str, now: datetime, purpose: str) -> Link:
    """Read a token that we signed for this purpose and that has not expired; BadLink otherwise, with the reason."""
    link = verify(key, token)
    check(link, now, purpose)
    return link


def verify(key: str, token: str) -> Link:
    """Read a token that we signed, for any purpose and of any age; ForgedLink for any other text."""
    payload, _, mac = token.partition(".")
    if len(token) > _LONGEST or not hmac.compare_digest(_mac(key, payload), _bytes(mac)):
        raise ForgedLink("tautan ini tidak sah")
    assignment, contact, meant, expires, nonce = json.loads(_bytes(payload))
    return Link(assignment, contact, meant, datetime.fromtimestamp(expires, UTC), nonce)


def check(link: Link, now: datetime, purpose: str = PURPOSE) -> None:
    """Raise BadLink for a link of another purpose, or an expired one."""
    if link.purpose != purpose:
        raise BadLink("tautan ini untuk keperluan lain")
    if now >= link.expires_at:
        raise BadLink("tautan ini sudah kedaluwarsa; tunggu pesan berikutnya atau telepon 112")


def address(key: str, base: str, push: DuePush, now: datetime) -> str:
    """Address in a message: the page of this assignment for this contact; "" without a public address.

    One push tried twice under one number gives links of one nonce: they are spent together."""
    if not base:
        return ""
    nonce = f"{push.id}-{push.attempts + 1}"
    link = Link(push.assignment, push.contact, PURPOSE, now + GOOD_FOR, nonce)
    return f"{base.rstrip('/')}/t/{sign(key, link)}"


def test_address(key: str, base: str, test: int, contact: str, now: datetime) -> str:
    """Address in a test push: a page by which the reader confirms it. The link's `assignment` is the test's id."""
    if not base:
        return ""
    link = Link(test, contact, TEST, now + GOOD_FOR, f"uji-{test}")
    return f"{base.rstrip('/')}/uji/{sign(key, link)}"


def _mac(key: str, payload: str) -> bytes:
    if len(key) < 16:
        raise ValueError("a link needs a key")
    return derive(key, LINK, payload)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if _text(data) == text else b""  # one way of writing a token, not several
