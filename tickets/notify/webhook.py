"""A signed JSON POST to an OPD's own program; at least once, so each carries an idempotency key."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlsplit

import aiohttp

from tickets.errors import ChannelError
from tickets.model import UNSENT, to_text
from tickets.notify.channel import Delivery, Means


class WebhookChannel:
    """`X-Tanggap-Signature: sha256=HEX` is the HMAC of «TIMESTAMP.BODY», TIMESTAMP that of `X-Tanggap-Timestamp`.

    `Idempotency-Key` is the same when one attempt is sent twice (a crash between sending and recording).
    """

    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, delivery: Delivery) -> str:
        """Post the report and return the status; any but 2xx is an error, 4xx (but for 408 and 429) a permanent one."""
        url = delivery.contact.webhook
        if not url or not url.startswith(("http://", "https://")):
            raise ChannelError("alamat webhook harus http:// atau https://; perbaiki di routing.yaml", permanent=True)
        body = payload(delivery)
        try:
            async with self._means.http.post(
                url, data=body, headers=self._headers(delivery, body), allow_redirects=False
            ) as response:
                status = response.status
        except aiohttp.InvalidURL:
            raise ChannelError("alamat webhook tidak sah; perbaiki di routing.yaml", permanent=True) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ChannelError(f"webhook {redacted(url)} tidak menjawab ({type(error).__name__})") from None
        if not 200 <= status < 300:
            refused = 300 <= status < 500 and status not in (408, 429)
            raise ChannelError(f"webhook {redacted(url)} menjawab {status}, diharapkan 2xx", permanent=refused)
        return f"webhook {redacted(url)} menjawab {status}"

    def _headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        timestamp = to_text(self._means.clock())
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{_sort(delivery)}-{delivery.push.id}-{delivery.push.attempts + 1}",
            "X-Tanggap-Timestamp": timestamp,
            "X-Tanggap-Signature": signature(self._means.webhook_key(), timestamp, body),
        }


def payload(delivery: Delivery) -> bytes:
    """The JSON body: the report's facts, the same text that people get, and which push it is; `test` true and no facts
    where it is a test."""
    push = delivery.push
    if delivery.test:
        body = {"test": True, "contact": push.contact, "subject": delivery.report.subject, "text": delivery.report.body}
        return json.dumps(dict(delivery.report.data) | body, ensure_ascii=False).encode()
    facts: dict[str, object] = {
        "assignment": push.assignment,
        "opd": push.opd,
        "contact": push.contact,
        "phase": push.phase,
        "attempt": push.attempts + 1,
        "dispatched_at": to_text(push.dispatched_at),
        "subject": delivery.report.subject,
        "text": delivery.report.body,
    }
    if push.phase == UNSENT:  # no agency has it
        facts |= {"assignment": None, "opd": None, "dispatched_at": None}
    return json.dumps({**delivery.report.data, **facts}, ensure_ascii=False).encode()


def _sort(delivery: Delivery) -> str:
    if delivery.test:
        return "test"
    return "unsent" if delivery.push.phase == UNSENT else "push"


def signature(key: bytes, timestamp: str, body: bytes) -> str:
    """`sha256=` and the hexadecimal HMAC-SHA256 of «timestamp.body»."""
    return "sha256=" + hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def redacted(url: str) -> str:
    """An address without credentials, path and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or '?'}"
