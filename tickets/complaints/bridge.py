"""Hands complaints to the government's own application: a signed JSON POST for each row of the outbox, at least once.

The form is in docs/wadul.md. A row is claimed under a lease, sent, and then marked; what fails is tried again with
growing pauses, and after `give_up_s` stands in the inbox until somebody sends it again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import structlog

from tickets.errors import ChannelError
from tickets.model import Row, from_text, to_text
from tickets.notify.webhook import redacted, signature
from tickets.routing import Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

ME = "wadul"
LIMIT_S = 10.0
LEASE_S = 30.0
AT_ONCE = 8
IDLE_S = 1.0
# Pause without an application: rows written for it are dropped.
NONE_S = 30.0
RETRY_S, RETRY_MOST_S, REFUSED_S = 10.0, 3600.0, 300.0
MOST_ANSWER = 64 * 1024
LONGEST_NUMBER = 60
SENT_KEPT = timedelta(days=30)

log = structlog.get_logger(__name__)
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Application:
    """The government's own application; no `url`: there is none."""

    url: str
    key: Callable[[], bytes]
    give_up_s: float
    zone: ZoneInfo


class Bridge:
    """Hands the outbox over while `run` runs; asks `application` and `routing` anew for each row."""

    def __init__(
        self,
        store: StoreThread,
        http: aiohttp.ClientSession,
        clock: Callable[[], datetime],
        application: Callable[[], Application],
        routing: Callable[[], Routing],
        *,
        limit_s: float = LIMIT_S,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._store = store
        self._http = http
        self._clock = clock
        self._application = application
        self._routing = routing
        self._limit_s = limit_s
        self._sleep = sleep

    async def run(self) -> None:
        """Send what is due until cancelled; rows that an earlier process had claimed are due at once."""
        await self._store.write(lambda store: store.outbox.release(ME))
        while True:
            await self._sleep(await self.cycle())

    async def cycle(self) -> float:
        """Send one round of due rows; returns the seconds until the next round."""
        now, application = self._clock(), self._application()
        due = await self._store.read(lambda store: store.outbox.next_due())
        if due is None or due > now:
            return IDLE_S
        if not application.url:
            await self._store.write(lambda store: store.outbox.drop())
            return NONE_S
        rows = await self._store.write(lambda store: _claimed(store, now))
        await asyncio.gather(*(self._hand(application, row) for row in rows))
        return 0.0 if rows else IDLE_S

    async def _hand(self, application: Application, row: Row) -> None:
        try:
            theirs = await self._send(application, row)
        except ChannelError as error:
            await self._failed(application, row, error)
        except Exception as error:
            log.exception("wadul.crashed", row=row["id"])
            await self._failed(application, row, ChannelError(f"kesalahan program: {type(error).__name__}"))
        else:
            now = self._clock()
            await self._store.write(partial(_taken, now=now, row=row, theirs=theirs))

    async def _failed(self, application: Application, row: Row, error: ChannelError) -> None:
        now = self._clock()
        dead = (now - from_text(row["begun_at"])).total_seconds() >= application.give_up_s
        due = now + timedelta(seconds=pause_s(row["attempts"], refused=error.permanent))
        log.warning("wadul.failed", row=row["id"], error=str(error), dead=dead)
        await self._store.write(lambda store: store.outbox.failed(now, ME, row, str(error), due, dead=dead))

    async def _send(self, application: Application, row: Row) -> str | None:
        """Send one row; returns the application's own number where its answer has one. ChannelError for anything but a
        complete 2xx in time."""
        complaint = await self._store.read(lambda store: store.complaints.show(row["ticket"]))
        body = payload(row, complaint, self._routing(), application.zone)
        where = redacted(application.url)
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._post(application, body, f"wadul-{complaint['tracking']}-{row['id']}")
        except TimeoutError:
            raise ChannelError(f"{where} tidak menjawab dalam {self._limit_s:g} detik") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ChannelError(f"{where} tidak menjawab ({type(error).__name__})") from None

    async def _post(self, application: Application, body: bytes, idempotency_key: str) -> str | None:
        timestamp = to_text(self._clock())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key,
            "X-Tanggap-Timestamp": timestamp,
            "X-Tanggap-Signature": signature(application.key(), timestamp, body),
        }
        url = application.url
        async with self._http.post(url, data=body, headers=headers, allow_redirects=False) as response:
            if not 200 <= response.status < 300:
                refused = 300 <= response.status < 500 and response.status not in (408, 429)
                refusal = f"{redacted(url)} menjawab {response.status}, diharapkan 2xx"
                raise ChannelError(refusal, permanent=refused)
            answer = b""
            async for part in response.content.iter_chunked(8192):
                answer += part
                if len(answer) > MOST_ANSWER:
                    return None
            return their_number(answer)


def pause_s(attempts: int, *, refused: bool = False) -> float:
    """Seconds until the next try: doubled each time, up to an hour; longer from the start where the application
    refuses."""
    return max(min(RETRY_S * 2.0 ** min(attempts, 16), RETRY_MOST_S), REFUSED_S if refused else 0.0)


def their_number(body: bytes) -> str | None:
    """The `number` of an answer; None where it has none that can be shown."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = reply.get("number") if isinstance(reply, dict) else None
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    usable = isinstance(number, str) and 0 < len(number.strip()) <= LONGEST_NUMBER and number.isprintable()
    return number.strip() if usable and isinstance(number, str) else None


def payload(row: Row, complaint: Row, routing: Routing, zone: ZoneInfo) -> bytes:
    """The body that is handed over: the event, and the complaint as it is now."""
    category = routing.categories.get(complaint["category"] or "")
    given = complaint["assignments"]
    facts: dict[str, Any] = {
        "event": row["event"],
        "state": row["state"],
        "at": _local(row["at"], zone),
        "tracking": complaint["tracking"],
        "number": complaint["theirs"],
        "ticket": complaint["ticket"],
        "source": complaint["source"],
        "link": complaint["link"],
        "filed_at": _local(complaint["filed_at"], zone),
        "category": complaint["category"],
        "category_name": category.name if category else None,
        "place": {name: complaint[name] for name in ("kecamatan", "desa", "address")},
        "description": complaint["description"],
        "reporter": {"name": complaint["reporter_name"], "number": complaint["reporter_number"]},
        "opds": [
            {"code": assignment["opd"], "name": _name(routing, assignment["opd"]), "state": assignment["state"]}
            for assignment in given
        ],
        "answer": complaint["text"],
    }
    return json.dumps(facts, ensure_ascii=False).encode()


def _name(routing: Routing, code: str) -> str:
    return routing.opds[code].name if code in routing.opds else code


def _local(at: str, zone: ZoneInfo) -> str:
    return from_text(at).astimezone(zone).isoformat(timespec="seconds")


def _claimed(store: Store, now: datetime) -> list[Row]:
    store.outbox.forget(now - SENT_KEPT)
    return store.outbox.claim(now, ME, LEASE_S, AT_ONCE)


def _taken(store: Store, now: datetime, row: Row, theirs: str | None) -> None:
    store.outbox.sent(now, row["id"])
    if theirs is not None and theirs != store.complaints.get(row["ticket"])["theirs"]:
        store.complaints.accepted(now, row["ticket"], theirs)
