"""The bridge against a real HTTP server that misbehaves: what was filed arrives, in order, whatever happens."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.tickets.world import make_routing
from tickets.complaints.bridge import Application, Bridge, pause_s, their_number
from tickets.model import Actor, PlannedPush
from tickets.notify.webhook import signature
from tickets.store import Store
from tickets.store.thread import StoreThread

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SITI = Actor("user", "siti")
KEY = b"kunci-jembatan-untuk-uji"
DOC = Path(__file__).parents[3] / "docs" / "wadul.md"
DAY = 86400.0


class Theirs:
    """The government's application; `moods` are used up one for each request, then it is well."""

    def __init__(self) -> None:
        self.moods: list[str] = []
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.taken: dict[str, str] = {}
        self.hanging = asyncio.Event()
        app = web.Application()
        app.router.add_post("/masuk", self._post)
        self.server = TestServer(app)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        stamp = request.headers["X-Tanggap-Timestamp"]
        right = "sha256=" + hmac.new(KEY, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(right, request.headers["X-Tanggap-Signature"])
        self.got.append((dict(request.headers), json.loads(body)))
        mood = self.moods.pop(0) if self.moods else "well"
        if mood == "hang":
            self.hanging.set()
            await asyncio.sleep(60)
        elif mood == "drop":
            assert request.transport is not None
            request.transport.abort()
        elif mood == "half":  # accepted, and gone in the middle of its answer
            answer = web.StreamResponse(headers={"Content-Length": "100"})
            await answer.prepare(request)
            await answer.write(b'{"numb')
            assert request.transport is not None
            request.transport.abort()
        elif mood == "redirect":
            return web.Response(status=302, headers={"Location": "/masuk"})
        elif mood.isdigit():
            return web.json_response({"error": "x"}, status=int(mood))
        number = self.taken.setdefault(request.headers["Idempotency-Key"], f"W-{len(self.taken) + 1}")
        return web.json_response({"number": number})


class Desk:
    """A store, a bridge, a clock that the test moves."""

    def __init__(self, store: StoreThread, http: aiohttp.ClientSession, theirs: Theirs) -> None:
        self.store, self.http, self.theirs = store, http, theirs
        self.now = START
        self.url = str(theirs.server.make_url("/masuk"))
        self.bridge = self.another()

    def another(self) -> Bridge:
        """A bridge, as a process that is started anew has one."""
        routing = make_routing()
        return Bridge(self.store, self.http, lambda: self.now, self._application, lambda: routing, limit_s=0.5)

    def _application(self) -> Application:
        return Application(self.url, lambda: KEY, 7 * DAY, ZoneInfo("Asia/Jakarta"))

    async def filed(self, text: str = "lubang di jalan") -> str:
        """A complaint; its ticket."""

        def file(store: Store) -> str:
            number = store.tickets.create(self.now, "20261123", SITI, "complaint")
            fields = {"category": "jalan", "desa": "Ngabul", "description": text, "reporter_name": "Nur"}
            store.tickets.update(self.now, number, fields, SITI)
            store.complaints.file(self.now, number, SITI)
            return number

        return await self.store.write(file)

    async def row(self, ticket: str) -> dict[str, Any]:
        """The complaint."""
        return await self.store.read(lambda store: store.complaints.show(ticket))

    async def until(self, done: Callable[[dict[str, Any]], object], ticket: str, step_s: float = 400) -> int:
        """Let time pass, round by round, until this is true of the complaint; how many rounds it took."""
        for rounds in range(200):
            if done(await self.row(ticket)):
                return rounds
            await self.bridge.cycle()
            self.now += timedelta(seconds=step_s)
        raise AssertionError(await self.row(ticket))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """All of it, running."""
    store, theirs = await StoreThread(tmp_path / "tanggap.db").open(), Theirs()
    await theirs.server.start_server()
    async with aiohttp.ClientSession() as http:
        yield Desk(store, http, theirs)
    await theirs.server.close()
    await store.close()


async def test_what_is_handed_over(desk: Desk) -> None:
    """Signed, with a key that stays, and everything that the application needs; its number is kept and shown."""
    ticket = await desk.filed()
    assert await desk.bridge.cycle() == 0.0
    ((headers, body),) = desk.theirs.got
    row = await desk.row(ticket)
    assert headers["Idempotency-Key"] == f"wadul-{row['tracking']}-1"
    assert body == {
        "event": "filed",
        "state": "masuk",
        "at": "2026-11-23T10:00:00+07:00",
        "tracking": row["tracking"],
        "number": None,
        "ticket": ticket,
        "source": "112",
        "link": None,
        "filed_at": "2026-11-23T10:00:00+07:00",
        "category": "jalan",
        "category_name": body["category_name"],
        "place": {"kecamatan": None, "desa": "Ngabul", "address": None},
        "description": "lubang di jalan",
        "reporter": {"name": "Nur", "number": None},
        "opds": [],
        "answer": None,
    }
    assert (row["theirs"], row["outbox"]) == ("W-1", None)
    assert await desk.bridge.cycle() == 1.0
    assert len(desk.theirs.got) == 1


@pytest.mark.parametrize("mood", ["500", "503", "429", "408", "404", "401", "400", "redirect", "drop", "half", "hang"])
async def test_what_is_not_taken_is_tried_again(desk: Desk, mood: str) -> None:
    """With the same key, later and later; no redirect is followed."""
    desk.theirs.moods = [mood, mood]
    ticket = await desk.filed()
    await desk.bridge.cycle()
    row = await desk.row(ticket)
    assert (row["attempts"], row["theirs"], row["dead_at"]) == (1, None, None)
    answered = mood == "redirect" or mood.isdigit()
    assert row["last_error"].startswith(f"http://127.0.0.1 {'menjawab' if answered else 'tidak menjawab'}")
    assert "masuk" not in row["last_error"]  # an address may hold a secret
    assert await desk.bridge.cycle() == 1.0  # not yet
    await desk.until(lambda row: row["theirs"], ticket)
    keys = {headers["Idempotency-Key"] for headers, _body in desk.theirs.got}
    assert (len(desk.theirs.got), len(keys)) == (3, 1)


async def test_a_server_that_hangs_holds_up_nobody(desk: Desk) -> None:
    """While it hangs the store is written, and other complaints are handed over."""
    desk.theirs.moods = ["hang"]
    stuck, well = await desk.filed(), await desk.filed("lampu mati")
    running = asyncio.ensure_future(desk.bridge.cycle())
    await desk.theirs.hanging.wait()
    async with asyncio.timeout(60):
        while (await desk.row(well))["theirs"] is None and (await desk.row(stuck))["theirs"] is None:
            await asyncio.sleep(0.01)
    await desk.filed("sampah")
    assert not running.done() or (await desk.row(stuck))["attempts"] == 1
    await running
    taken = [(await desk.row(ticket))["theirs"] for ticket in (stuck, well)]
    assert sorted(row is None for row in taken) == [False, True]


async def test_killed_between_sending_and_recording(desk: Desk) -> None:
    """Rows that a dead process had claimed are sent again by the next one, under the same key: taken once."""
    desk.theirs.moods = ["hang"]
    ticket = await desk.filed()
    killed = asyncio.ensure_future(desk.bridge.cycle())
    await desk.theirs.hanging.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    assert (await desk.row(ticket))["attempts"] == 0
    assert await desk.another().cycle() == 1.0  # the lease of the dead one counts …
    desk.now += timedelta(seconds=31)
    await desk.another().cycle()  # … until it ends
    assert (await desk.row(ticket))["theirs"] == "W-1"
    assert len({headers["Idempotency-Key"] for headers, _body in desk.theirs.got}) == 1
    again = await desk.filed("lagi")
    desk.theirs.moods = ["hang"]
    desk.theirs.hanging.clear()
    killed = asyncio.ensure_future(desk.another().cycle())
    await desk.theirs.hanging.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    running = asyncio.ensure_future(desk.another().run())  # a start of the same process does not wait for the lease
    async with asyncio.timeout(60):
        while (await desk.row(again))["theirs"] is None:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_after_days_it_is_a_dead_letter_until_somebody_asks(desk: Desk) -> None:
    """Tried for a week, at last once an hour; then it stands in the inbox, and «Kirim ulang» begins anew."""
    desk.theirs.moods = ["500"] * 1000
    ticket = await desk.filed()
    rounds = await desk.until(lambda row: row["dead_at"], ticket, step_s=3700)
    assert 160 < rounds < 180
    row = await desk.row(ticket)
    assert 7 * DAY <= (datetime.fromisoformat(row["dead_at"]) - START).total_seconds() < 7 * DAY + 7400
    assert await desk.bridge.cycle() == 1.0
    kinds = await desk.store.read(lambda store: [entry["kind"] for entry in store.tickets.show(ticket)["timeline"]])
    assert kinds[-1] == "complaint.undelivered"
    desk.theirs.moods = []
    await desk.store.write(lambda store: store.outbox.resend(desk.now, ticket, SITI))
    await desk.bridge.cycle()
    assert (await desk.row(ticket))["theirs"] == "W-1"


async def test_the_order_of_one_complaint_is_kept(desk: Desk) -> None:
    """A later row of a complaint is not sent before its filing was taken; other complaints do not wait."""
    desk.theirs.moods = ["500"]
    ticket = await desk.filed()
    push = PlannedPush(1, "damkar.siaga", "page", desk.now, 60.0)
    await desk.store.write(lambda store: store.assignments.dispatch(desk.now, ticket, "damkar", (push,), 60.0, SITI))
    await desk.until(lambda row: row["outbox"] is None, ticket)
    events = [
        (body["event"], body["state"], [opd["code"] for opd in body["opds"]]) for _headers, body in desk.theirs.got
    ]
    assert events == [("filed", "masuk", ["damkar"])] * 2 + [("moved", "diteruskan", ["damkar"])]


async def test_without_an_application_nothing_is_kept_for_it(desk: Desk) -> None:
    """One that is added later is not flooded with what is long over."""
    desk.url = ""
    await desk.filed()
    assert await desk.bridge.cycle() == 30.0
    assert await desk.store.read(lambda store: store.outbox.waiting()) == (0, 0)
    assert desk.theirs.got == []


def test_pauses_grow_to_an_hour() -> None:
    """Ten seconds, doubled; what they refuse is not asked for again at once."""
    assert [pause_s(n) for n in (0, 1, 2, 5, 9, 40)] == [10, 20, 40, 320, 3600, 3600]
    assert [pause_s(n, refused=True) for n in (0, 5, 9)] == [300, 320, 3600]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (b'{"number": "W-1"}', "W-1"),
        (b'{"number": 77}', "77"),
        (b'{"number": true}', None),
        (b'{"number": " "}', None),
        (b'{"number": "a\\nb"}', None),
        (json.dumps({"number": "x" * 61}).encode(), None),
        (b"[]", None),
        (b"ok", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_their_number(body: bytes, number: str | None) -> None:
    """Only what can be stored and shown; anything else is taken all the same."""
    assert their_number(body) == number


def test_the_example_of_the_documentation_is_right() -> None:
    """Key, timestamp, body and signature of docs/wadul.md belong together."""
    text = DOC.read_text(encoding="utf-8")
    example = dict(re.findall(r"^    (key|timestamp|body|signature): (.*)$", text, re.MULTILINE))
    assert signature(example["key"].encode(), example["timestamp"], example["body"].encode()) == example["signature"]
