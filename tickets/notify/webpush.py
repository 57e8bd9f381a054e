"""Web push to telephones whose page is closed or whose screen is dark.

A push service accepts it, but cannot tell whether anybody looks at it: only an answer ends a push.

Encrypted to each device (RFC 8291): the service sees when and how often, and nothing of the report.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import importlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from yarl import URL

from tickets import web_push
from tickets.change_words import recalls
from tickets.derived_keys import TOPIC, derive
from tickets.errors import ChannelError, TicketError
from tickets.escalation.ladder import FOLLOW_UPS, asks
from tickets.messages import NAME_TAKER
from tickets.model import AMENDED, TURNED_DOWN_STATE, UNSENT, Actor, Row
from tickets.notify.channel import Delivery, Means

# Within the channel's limit: a device that hangs must not take away what the others did.
BUDGET_S = 8.0
FORGET_S = 3.0
# Open connections to one service, so that one that hangs leaves room for the others and for webhooks.
AT_ONCE = 16
# A service that asks us to wait is obeyed no longer than this.
LONGEST_WAIT_S = 300.0
SIGNED_FOR = timedelta(hours=12)
# How long a service keeps a push for a telephone without a signal: two turns of its step, within these (seconds).
KEPT_S = (120, 3600)
TEST_KEPT_S = 600
# The body is as long for every report, so that its length says nothing.
BLOCK = 512
PLACE_LENGTH = 100
STORE = Actor("process", "escalate")

NO_SUBJECT = "web push tidak bisa dikirim: isi web_push.contact di site.yaml"
NO_PACKAGE = "web push tidak bisa dikirim: paket pywebpush tidak terpasang; jalankan scripts/setup"
NO_DEVICE = (
    "belum ada ponsel {whose} yang terdaftar: buka halamannya di ponsel, ketuk «{button}», izinkan pemberitahuan"
)
OLD_KEY = "{count} ponsel terdaftar dengan kunci lama: buka halamannya sekali di ponsel itu"


log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reply:
    """A push service's reply about one device; `gone`: it does not know the device any more."""

    taken: bool
    words: str = ""
    gone: bool = False


class WebPushChannel:
    """Pushes to every subscribed device of the contact's agency, or of the command centre."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._not_before: dict[str, datetime] = {}
        self._tools: _Tools | None = None

    async def send(self, delivery: Delivery) -> str:
        """Push to all devices; returns how many took it and the errors of the others. ChannelError where none did."""
        means, opd = self._means, delivery.contact.opd
        if not means.web_push.subject:
            raise ChannelError(NO_SUBJECT, permanent=True)
        now = means.clock()
        name = delivery.contact.name
        devices = await means.store.read(lambda store: store.push_devices.of(now, opd, name))
        if not devices:
            whose, button = ("OPD ini", "Mulai tugas") if opd else ("pusat komando", "Hidupkan suara")
            raise ChannelError(NO_DEVICE.format(whose=whose, button=button), permanent=True)
        tools = self._tools = self._tools or await _load()
        ours = await asyncio.to_thread(web_push.public_key, means.push_key())
        present = [device for device in devices if device["server_key"] == ours]
        old = [OLD_KEY.format(count=len(devices) - len(present))] if len(present) < len(devices) else []
        if not present:
            raise ChannelError("; ".join(old), permanent=True)
        replies = await self._to_all(present, delivery, tools)
        await self._forget([device for device, reply in zip(present, replies, strict=True) if reply.gone])
        taken = sum(reply.taken for reply in replies)
        reasons = [*_counted(reply.words for reply in replies if not reply.taken), *old]
        if not taken:
            raise ChannelError("; ".join(reasons))
        count = f"{taken} dari {len(devices)}" if reasons else f"{taken}"
        return "; ".join([f"{count} ponsel dikirimi", *reasons])

    async def _to_all(self, devices: Sequence[Row], delivery: Delivery, tools: _Tools) -> list[_Reply]:
        deadline = asyncio.get_running_loop().time() + BUDGET_S
        message, headers = payload(delivery, self._means.clock()), _headers(delivery, self._means.push_key())
        return await asyncio.gather(*(self._in_time(device, message, headers, tools, deadline) for device in devices))

    async def _in_time(
        self, device: Row, message: bytes, headers: Mapping[str, str], tools: _Tools, deadline: float
    ) -> _Reply:
        service = web_push.service_of(device["endpoint"], self._means.web_push.services)
        if service is None:  # site.yaml names fewer than when it was subscribed
            return _Reply(False, f"{device['service']} tidak ada di web_push.services")
        until = self._not_before.get(device["endpoint"])
        if until is not None and self._means.clock() < until:
            return _Reply(False, f"{service} minta ditunggu")
        self._not_before.pop(device["endpoint"], None)
        try:
            async with asyncio.timeout_at(deadline), self._slots.setdefault(service, asyncio.Semaphore(AT_ONCE)):
                return await self._post(device, service, message, headers, tools)
        except TimeoutError:
            return _Reply(False, f"{service} tidak menjawab")
        except (aiohttp.ClientError, OSError) as error:
            return _Reply(False, f"{service} tidak terjangkau ({type(error).__name__})")
        except Exception as error:  # hides no other's success; its text may hold the address
            log.error("webpush.crashed", service=service, error=type(error).__name__)
            return _Reply(False, f"{service}: kesalahan program ({type(error).__name__})")

    async def _post(
        self, device: Row, service: str, message: bytes, headers: Mapping[str, str], tools: _Tools
    ) -> _Reply:
        means, endpoint = self._means, device["endpoint"]
        try:
            body = tools.encrypted(device, message)
        except Exception:  # whatever the library makes of keys that are none
            return _Reply(False, f"kunci ponsel di {service} tidak sah", gone=True)
        signed = tools.signed(means.push_key(), web_push.origin_of(endpoint), means.web_push.subject, means.clock())
        address = URL(endpoint, encoded=True)  # as the browser wrote it: some services compare letter by letter
        async with means.http.post(
            address, data=body, headers={**headers, "Authorization": signed}, allow_redirects=False
        ) as response:
            if 200 <= response.status < 300:
                return _Reply(True)
            if response.status in (404, 410):
                return _Reply(False, f"{service} menjawab {response.status}, pendaftaran ponsel itu dihapus", gone=True)
            wait_s = _wait_s(response.headers.get("Retry-After", ""), means.clock())
            if wait_s > 0:
                now = means.clock()
                self._not_before = {known: until for known, until in self._not_before.items() if until > now}
                self._not_before[endpoint] = now + timedelta(seconds=wait_s)
            return _Reply(False, f"{service} menjawab {response.status}")

    async def _forget(self, devices: Sequence[Row]) -> None:
        """Remove devices that are gone; where that cannot be written, the service says so again next time."""
        if not devices:
            return
        now = self._means.clock()
        with contextlib.suppress(TicketError):
            await self._means.store.write_within(lambda store: store.push_devices.gone(now, devices, STORE), FORGET_S)


class _Tools:
    """Import of pywebpush and py_vapid, which takes a while: only at the first push."""

    def __init__(self) -> None:
        self._pusher: Any = importlib.import_module("pywebpush").WebPusher
        self._vapid: Any = importlib.import_module("py_vapid").Vapid02

    def encrypted(self, device: Row, message: bytes) -> bytes:
        """The body that this device alone can read (RFC 8291)."""
        keys = {"p256dh": device["p256dh"], "auth": device["auth"]}
        body = self._pusher({"endpoint": device["endpoint"], "keys": keys}).encode(message)["body"]
        assert isinstance(body, bytes)
        return body

    def signed(self, secret: str, origin: str, subject: str, now: datetime) -> str:
        """The header by which the service knows that it is us (RFC 8292)."""
        claims = {"aud": origin, "exp": int((now + SIGNED_FOR).timestamp()), "sub": subject}
        # our own check of the subject was enough: theirs knows no port
        vapid = self._vapid(web_push.key_pair(secret), conf={"no-strict": True})
        return str(vapid.sign(claims)["Authorization"])


async def _load() -> _Tools:
    try:
        return await asyncio.to_thread(_Tools)
    except ImportError:
        raise ChannelError(NO_PACKAGE, permanent=True) from None


def payload(delivery: Delivery, now: datetime) -> bytes:
    """The text that the telephone shows, also when locked: category, place, ticket; no reporter, no story, no
    address."""
    if delivery.test:
        link = urlsplit(str(delivery.report.data.get("link") or "")).path
        message = {"title": delivery.report.subject, "body": "Ketuk bila terbaca. Tidak ada yang perlu berangkat."}
        message |= {"tag": f"uji-{delivery.push.id}"} | ({"path": link} if link else {})
    else:
        message = _words(delivery)
    text = json.dumps(message | {"at": int(now.timestamp() * 1000)}, ensure_ascii=False).encode()
    return text + b" " * (-len(text) % BLOCK)


def _words(delivery: Delivery) -> dict[str, Any]:
    data, phase = delivery.report.data, delivery.push.phase
    place = data.get("place") or {}
    where = ", ".join(filter(None, [place.get("desa"), place.get("kecamatan")])) or "lokasi ada di halaman"
    if phase == TURNED_DOWN_STATE:
        state = NAME_TAKER
    elif phase == UNSENT:
        state = "BELUM DIKIRIM ke OPD. Telepon meja operator."
    elif phase == AMENDED:
        recalled = recalls(data.get("amendments", ()))
        own = delivery.contact.opd is not None
        state = (
            "Perubahan belum dibaca."
            if not own
            else "DIBATALKAN. Buka dan tekan «Sudah dibaca»."
            if recalled
            else "DIUBAH. Buka dan baca perubahannya."
        )
    else:
        state = FOLLOW_UPS[phase].reminder if phase in FOLLOW_UPS else "Belum diterima."
        state = f"{asks(data.get('asked_by') or '')} {state}".strip()
    of = "" if delivery.contact.opd or phase == UNSENT else f"{delivery.push.opd}: "
    category = data.get("category_name") or "tugas baru"
    return {
        "title": f"112: {category}",
        "body": f"{where[:PLACE_LENGTH]}\n{of}{state}\n{data['ticket']}",
        "tag": data["ticket"],
    }


def _headers(delivery: Delivery, secret: str) -> dict[str, str]:
    """The topic, the same for every push of a ticket: for an unreachable device a service keeps the newest push
    only."""
    about = f"uji-{delivery.push.id}" if delivery.test else delivery.push.ticket
    topic = derive(secret, TOPIC, about)
    low, high = KEPT_S
    kept = TEST_KEPT_S if delivery.test else max(low, min(int(2 * delivery.push.every_s), high))
    return {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(kept),
        "Urgency": "high",
        "Topic": base64.urlsafe_b64encode(topic)[:32].decode(),
    }


def _wait_s(text: str, now: datetime) -> float:
    """The seconds of a Retry-After, or until its date; 0 for none and for nonsense."""
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return max(0.0, min(seconds, LONGEST_WAIT_S))


def _counted(words: Iterable[str]) -> list[str]:
    return [f"{count}× {reason}" if count > 1 else reason for reason, count in Counter(words).items()]
