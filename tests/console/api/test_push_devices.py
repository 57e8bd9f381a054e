"""Browsers that subscribe to web push: whose, with which keys, at which services, and until when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.console.desk112 import LINK_KEY, NOW, PUSH_KEY, RunningConsole
from tests.console.pages.test_account import browser
from tests.console.pages.test_receipts import open_tests, told
from tests.tickets.notify.push_service import Phone
from tickets import links
from tickets.web_push import WebPushSite, public_key, text_of

KEY = public_key(PUSH_KEY)
FCM = "https://fcm.googleapis.com/fcm/send"


def used_at(desk: RunningConsole, *names: str) -> None:
    """These contacts are pushed so."""
    routing = desk.console.setting.routing
    contacts = {name: replace(row, webpush=name in names) for name, row in routing.contacts.items()}
    desk.console.take(replace(desk.console.setting, routing=replace(routing, contacts=contacts)))


async def subscription(desk: RunningConsole, user: str, name: str = "abc") -> dict[str, Any]:
    """The body that a browser of this user would send."""
    status, offer = await desk.ask(user, "GET", "/api/push")
    assert status == 200
    phone = Phone(name)
    keys = {"p256dh": text_of(phone.public), "auth": text_of(phone.auth)}
    return {"endpoint": f"{FCM}/{name}", "keys": keys, "key": offer["key"] or KEY}


async def devices(desk: RunningConsole, opd: str | None = "damkar") -> list[str]:
    """The users whose devices are pushed."""
    rows = await desk.store.read(lambda store: store.push_devices.of(desk.clock.now, opd))
    return [row["user"] for row in rows]


async def kinds(desk: RunningConsole) -> list[tuple[str, str]]:
    """The journal's rows about devices: actor and kind."""
    rows = await desk.store.read(lambda store: store.journal.after(0, 1000))
    return [(row["actor"], row["kind"]) for row in rows if row["kind"].startswith("device.")]


async def push(desk: RunningConsole, session: ClientSession, method: str, **more: Any) -> int:
    """The status of one request to /api/push."""
    async with session.request(method, desk.url("/api/push"), **more) as answer:
        return answer.status


async def test_offered_where_routing_uses_it(desk: RunningConsole) -> None:
    """Off unless a contact of the agency, or one above all for the command centre, is pushed so."""
    nothing = (200, {"wanted": False, "key": None})
    for user in ("damkar", "pln", "pusat"):
        assert await desk.ask(user, "GET", "/api/push") == nothing
    body = await subscription(desk, "damkar")
    status, answer = await desk.ask("damkar", "POST", "/api/push", json=body)
    assert (status, answer["error"]) == (409, "pemberitahuan ke ponsel yang halamannya ditutup tidak dipakai di sini")
    used_at(desk, "damkar.siaga", "pusat")
    for user, offer in (("damkar", (200, {"wanted": True, "key": KEY})), ("pln", nothing)):
        assert await desk.ask(user, "GET", "/api/push") == offer
    assert (await desk.ask("pusat", "GET", "/api/push"))[1]["wanted"] is True
    desk.console.web_push = WebPushSite()  # nobody to write to
    assert await desk.ask("damkar", "GET", "/api/push") == nothing


async def test_subscribed_until_logged_out(desk: RunningConsole) -> None:
    """One for each login; said again it is not written again; leaving and logging out end it."""
    used_at(desk, "damkar.siaga")
    body = await subscription(desk, "damkar")
    async with await browser(desk, "damkar") as first, await browser(desk, "damkar") as second:
        for _ in range(2):
            assert await push(desk, first, "POST", json=body) == 200
        other = await subscription(desk, "damkar", "def")
        assert await push(desk, second, "POST", json=other) == 200
        assert await devices(desk) == ["damkar", "damkar"]
        assert await kinds(desk) == [("user:damkar", "device.added")] * 2
        assert await push(desk, first, "DELETE") == 200
        assert await devices(desk) == ["damkar"]
        async with second.post(desk.url("/keluar"), allow_redirects=False) as answer:
            assert answer.status == 303
        assert await devices(desk) == []


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"endpoint": "https://127.0.0.1/x"}, 400, "layanan push browser ini tidak dikenal"),
        ({"endpoint": "https://169.254.169.254/latest"}, 400, "layanan push browser ini tidak dikenal"),
        ({"endpoint": f"{FCM}/" + "x" * 1000}, 400, "alamat push terlalu panjang"),
        ({"endpoint": None}, 400, "alamat push belum diisi"),
        ({"endpoint": ["x"]}, 400, "alamat push harus teks"),
        ({"keys": None}, 400, "kunci browser belum diisi"),
        ({"keys": {"p256dh": "x"}}, 400, "kunci browser belum diisi"),
        ({"keys": {"p256dh": "A" * 87, "auth": text_of(b"x" * 16)}}, 400, "kunci p256dh tidak sah"),
        ({"keys": {"p256dh": KEY, "auth": "AAAA"}}, 400, "kunci auth tidak sah"),
        ({"keys": {"p256dh": KEY, "auth": 3}}, 400, "kunci auth harus teks"),
        ({"key": public_key("kunci yang lain sama sekali")}, 409, "kunci pemberitahuan sudah diganti"),
        ({"key": None}, 400, "kunci 112 belum diisi"),
    ],
)
async def test_a_wrong_subscription_is_refused(desk: RunningConsole, change: Any, status: int, error: str) -> None:
    """Each with its sentence; nothing is kept, and nobody is connected to."""
    used_at(desk, "damkar.siaga")
    body = await subscription(desk, "damkar") | change
    answer = await desk.ask("damkar", "POST", "/api/push", json=body)
    assert (answer[0], answer[1]["error"][: len(error)]) == (status, error)
    assert await devices(desk) == []


async def test_a_test_message_on_the_telephone_is_answered_by_a_tap(desk: RunningConsole) -> None:
    """The link of its notification says that it was read, as that of a message does."""
    tests = await open_tests(desk, "webpush")
    link = links.Link(tests["damkar.siaga"], "damkar.siaga", links.TEST, NOW + timedelta(hours=1), "uji-1")
    status, _ = await desk.ask(None, "POST", f"/uji/{links.sign(LINK_KEY, link)}", headers={"Accept": "text/html"})
    assert (status, [actor for actor, _ in await told(desk, "test.answered")]) == (303, ["contact:damkar.siaga"])
