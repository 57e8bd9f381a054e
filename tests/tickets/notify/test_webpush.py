"""Web push over real sockets: a service that checks signature and ciphertext, and fails in each of its ways."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta

import aiohttp
import pytest

from ivr.hours import Hours, Window
from tests.tickets.escalation.test_contact_tests import asked, rows, running, states, until
from tests.tickets.notify.push_service import PushService, push_service
from tests.tickets.notify.test_notify import TICKET, delivery
from tests.tickets.world import START, WIB, World, make_routing, means, steps
from tickets import web_push
from tickets.errors import ChannelError
from tickets.escalation import contact_tests
from tickets.escalation.coverage import holes
from tickets.escalation.duty_hours import stand_in
from tickets.escalation.ladder import channels_of, report
from tickets.links import TEST_CHANNELS
from tickets.notify import CHANNELS, webpush
from tickets.notify.channel import Delivery, wire
from tickets.notify.webpush import BLOCK, NO_DEVICE, NO_SUBJECT, OLD_KEY, WebPushChannel, payload
from tickets.routing import Contact
from tickets.store import Store
from tickets.store.people.push_devices import PushDevice
from tickets.web_push import SERVICES, WebPushSite, public_key, service_of

SECRET, FORMER = "kunci web push untuk uji", "kunci web push sebelumnya"
SUBJECT = "mailto:112@contoh.go.id"
OURS = public_key(SECRET)


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as made:
        yield made


@pytest.fixture
async def channel(world: World, service: PushService) -> AsyncIterator[WebPushChannel]:
    """The channel with a session of its own, allowed to reach the service on 127.0.0.1."""
    async with aiohttp.ClientSession() as http:
        site = WebPushSite(SUBJECT, (service.origin,))
        yield WebPushChannel(means(world, http=http, push_key=lambda: SECRET, web_push=site))


async def login(world: World, name: str, role: str = "opd", opd: str | None = "damkar") -> str:
    """A user with one session; the session's id."""

    def job(store: Store) -> str:
        if store.people.user(name) is None:
            store.people.add(START, name, name.title(), role, opd, "x")
        store.sessions.open(START, f"session of {name}", name, START + timedelta(days=30))
        return f"session of {name}"

    return await world.store.write(job)


async def subscribed(world: World, device: PushDevice, name: str, role: str = "opd", opd: str | None = "damkar") -> str:
    """That user's browser is subscribed; the session's id."""
    session = await login(world, name, role, opd)
    actor = contact_tests.Actor("user", name)
    assert await world.store.write(lambda store: store.push_devices.put(START, session, device, actor))
    return session


async def phones(world: World, service: PushService, *names: str) -> None:
    """An officer of Damkar for each name, with a subscribed telephone."""
    for name in names:
        await subscribed(world, service.device(name, OURS), name)


async def left(world: World, opd: str | None = "damkar") -> list[str]:
    """Users who are still subscribed."""
    rows = await world.store.read(lambda store: store.push_devices.of(world.time.now, opd))
    return [row["user"] for row in rows]


async def refused(channel: WebPushChannel, delivery: Delivery) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await channel.send(delivery)
    return caught.value


# -- what is sent ------------------------------------------------------------------------------------------------------


async def test_every_device_of_the_agency_gets_what_it_alone_can_read(
    world: World, service: PushService, channel: WebPushChannel
) -> None:
    """Signed by our key, urgent, one topic for the ticket; another agency's device gets nothing."""
    await phones(world, service, "budi", "sari")
    await subscribed(world, service.device("pln", OURS), "pln", opd="pln")
    assert await channel.send(delivery()) == "2 ponsel dikirimi"
    assert (sorted(push.name for push in service.got), service.wrong) == (["budi", "sari"], [])
    payload = service.got[0].told
    at = int(START.timestamp() * 1000)
    body = "Tahunan\nBelum diterima.\nT-20261122-0007"
    assert payload == {"title": "112: Kebakaran", "body": body, "tag": "T-20261122-0007", "at": at}
    headers = service.got[0].headers
    assert (headers["Urgency"], headers["TTL"], len(headers["Topic"])) == ("high", "120", 32)
    assert headers["Topic"] == service.got[1].headers["Topic"]
    assert TICKET["number"] not in str(headers)
    assert service.claims["sub"] == SUBJECT
    assert timedelta(0) < service.signed_until() - START <= timedelta(hours=24)


def test_the_payload_tells_nothing_of_people() -> None:
    """Neither the reporter, nor the description, nor an address; and every report has the same length."""
    secrets = {
        "reporter_name": "RAHASIA",
        "reporter_number": "+628RAHASIA",
        "address": "RAHASIA",
        "description": "RAHASIA",
    }
    lengths = set()
    for place in ({"kecamatan": "Tahunan", "desa": "Mantingan"}, {"kecamatan": None, "desa": None}):
        words = report(TICKET | secrets | place, "damkar", make_routing(), WIB, link="https://x/t/RAHASIA")
        data = payload(replace(delivery(), report=words), START)
        assert b"RAHASIA" not in data
        lengths.add(len(data))
        json.loads(data)
    assert lengths == {BLOCK}


async def test_the_command_centre_is_told_whose_task_it_is(
    world: World, service: PushService, channel: WebPushChannel
) -> None:
    """Its own devices, and no agency's."""
    await phones(world, service, "budi")
    await subscribed(world, service.device("pusat", OURS), "pusat", "command", None)
    assert await channel.send(delivery(opd=None)) == "1 ponsel dikirimi"
    assert [push.name for push in service.got] == ["pusat"]
    assert "damkar: Belum diterima." in service.got[0].told["body"]


async def test_a_test_push_says_so_and_opens_its_own_page(
    world: World, service: PushService, channel: WebPushChannel
) -> None:
    """Its own topic and tag; the link as a path, so that it stays within the app."""
    await phones(world, service, "budi")
    contact = Contact("damkar.siaga", "damkar", "Pos Damkar", webpush=True)
    words = contact_tests.words(contact, START, WIB, "https://112.contoh.go.id/uji/abc.def")
    await channel.send(replace(delivery(), contact=contact, report=words, test=True))
    payload = service.got[0].told
    assert (payload["title"], payload["tag"], payload["path"]) == (words.subject, "uji-5", "/uji/abc.def")
    assert "webpush" in TEST_CHANNELS


# -- what goes wrong ---------------------------------------------------------------------------------------------------


async def test_nobody_subscribed_says_what_to_do(world: World, channel: WebPushChannel) -> None:
    """Permanent: it is tried again with its step, not every few seconds."""
    error = await refused(channel, delivery())
    assert (str(error), error.permanent) == (
        NO_DEVICE.format(whose="OPD ini", button="Mulai tugas"),
        True,
    )
    assert "pusat komando" in str(await refused(channel, delivery(opd=None)))


async def test_each_failure_is_told_and_hides_no_success(
    world: World, service: PushService, channel: WebPushChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """404 and 410 end a subscription, nothing else does; a device that hangs is waited for no longer than all may
    take."""
    monkeypatch.setattr(webpush, "BUDGET_S", 0.5)
    answers: dict[str, int | str] = {"a404": 404, "b410": 410, "c500": 500, "d429": 429, "e": 201, "hang": "hang"}
    service.answers |= answers | {"cut": "cut"}
    await phones(world, service, *answers, "cut")
    host = service.origin.removeprefix("http://")
    outcome = await channel.send(delivery())
    assert outcome.split("; ")[0] == "1 dari 7 ponsel dikirimi"
    assert set(outcome.split("; ")[1:]) == {
        f"{host} menjawab 404, pendaftaran ponsel itu dihapus",
        f"{host} menjawab 410, pendaftaran ponsel itu dihapus",
        f"{host} menjawab 500",
        f"{host} menjawab 429",
        f"{host} tidak terjangkau (ServerDisconnectedError)",
        f"{host} tidak menjawab",
    }
    assert [push.name for push in service.got] == ["e"]
    assert sorted(await left(world)) == ["c500", "cut", "d429", "e", "hang"]
    removed = [row["data"] for row in await world.journal("device.removed")]
    assert removed == [{"user": name, "service": host, "why": "gone"} for name in ("a404", "b410")]


async def test_when_all_fail_it_is_a_failure(world: World, service: PushService, channel: WebPushChannel) -> None:
    """Tried again soon: services come back."""
    service.answers |= {"budi": 500, "sari": 500}
    await phones(world, service, "budi", "sari")
    error = await refused(channel, delivery())
    assert (str(error), error.permanent) == (f"2× 127.0.0.1:{service.server.port} menjawab 500", False)


@pytest.mark.parametrize("wait", ["60", "Sun, 22 Nov 2026 07:01:00 GMT", "99999", "besok", "-5"])
async def test_retry_after_is_obeyed_within_reason(
    world: World, service: PushService, channel: WebPushChannel, wait: str
) -> None:
    """That device is left in peace for as long as the service asks, for five minutes at most; others are not."""
    service.answers["budi"], service.retry_after = 429, wait
    await phones(world, service, "budi", "sari")
    await channel.send(delivery())
    service.answers.clear()
    world.time.now += timedelta(seconds=1)
    waits = wait in ("60", "99999") or "GMT" in wait
    assert await channel.send(delivery()) == (
        f"1 dari 2 ponsel dikirimi; 127.0.0.1:{service.server.port} minta ditunggu" if waits else "2 ponsel dikirimi"
    )
    world.time.now += timedelta(seconds=300)
    assert await channel.send(delivery()) == "2 ponsel dikirimi"


async def test_taken_is_not_answered(world: World, service: PushService, channel: WebPushChannel) -> None:
    """A service that takes it and drops it looks like any other: the delivery's answer is never asked for."""
    service.answers["budi"] = 202
    await phones(world, service, "budi")
    assert await channel.send(delivery()) == "1 ponsel dikirimi"  # `never` would have raised


async def test_another_key_leaves_nobody_behind_in_silence(
    world: World, service: PushService, channel: WebPushChannel
) -> None:
    """Devices of the former key are not tried in vain; the ledger says so until their page subscribes anew."""
    session = await subscribed(world, service.device("budi", public_key(FORMER)), "budi")
    error = await refused(channel, delivery())
    assert (str(error), error.permanent, service.asked) == (OLD_KEY.format(count=1), True, [])
    await phones(world, service, "sari")
    assert await channel.send(delivery()) == f"1 dari 2 ponsel dikirimi; {OLD_KEY.format(count=1)}"
    fresh, budi = service.device("budi-baru", OURS), contact_tests.Actor("user", "budi")
    await world.store.write(lambda store: store.push_devices.put(START, session, fresh, budi))
    assert await channel.send(delivery()) == "2 ponsel dikirimi"
    assert service.asked == ["sari", "budi-baru", "sari"] or sorted(service.asked) == ["budi-baru", "sari", "sari"]


async def test_what_cannot_work_says_why(world: World, service: PushService, channel: WebPushChannel) -> None:
    """No contact for the services, no package, keys that are none, a service that site.yaml no longer names."""
    silent = WebPushChannel(replace(channel._means, web_push=WebPushSite()))
    assert str(await refused(silent, delivery())) == NO_SUBJECT
    await subscribed(world, replace(service.device("budi", OURS), p256dh="AAAA"), "budi")
    assert "tidak sah" in str(await refused(channel, delivery()))
    assert await left(world) == []
    await phones(world, service, "sari")
    strict = WebPushChannel(replace(channel._means, web_push=WebPushSite(SUBJECT)))
    host = f"127.0.0.1:{service.server.port}"
    assert str(await refused(strict, delivery())) == f"{host} tidak ada di web_push.services"
    assert service.asked == []


async def test_without_the_package_the_others_are_pushed(
    world: World, service: PushService, channel: WebPushChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation that lacks it says so in the ledger."""
    await phones(world, service, "budi")
    monkeypatch.setitem(sys.modules, "pywebpush", None)
    assert str(await refused(channel, delivery())) == webpush.NO_PACKAGE


async def test_no_secret_in_the_log(
    world: World, service: PushService, channel: WebPushChannel, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither our key nor the device's address and keys."""
    caplog.set_level(logging.DEBUG)
    await phones(world, service, "budi")
    (row,) = await world.store.read(lambda store: store.push_devices.of(START, "damkar"))
    service.answers["budi"] = 500
    error = await refused(channel, delivery())
    ours = " ".join(
        record.getMessage() for record in caplog.records if record.name != "aiohttp.access"
    )  # that is the service's
    texts = ours + str(error) + repr(channel._means) + str(await world.store.read(lambda s: s.journal.after(0)))
    for secret in (SECRET, "/push/budi", row["auth"], row["p256dh"]):
        assert secret not in texts


async def test_trouble_of_our_own_is_that_devices_alone(
    world: World, service: PushService, channel: WebPushChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unforeseen error is reported, and the other devices are pushed."""
    await phones(world, service, "budi", "sari")
    before = webpush._Tools.signed
    calls = iter((True, False))

    def signed(*given: object) -> str:
        if next(calls):
            raise RuntimeError("https://x/rahasia")
        return before(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(webpush._Tools, "signed", signed)
    host = f"127.0.0.1:{service.server.port}"
    assert await channel.send(delivery()) == f"1 dari 2 ponsel dikirimi; {host}: kesalahan program (RuntimeError)"


async def test_an_address_is_posted_to_as_the_browser_wrote_it(
    world: World, service: PushService, channel: WebPushChannel
) -> None:
    """Letter by letter: the tokens of some services do not survive being written otherwise."""
    device = service.device("budi", OURS)
    await subscribed(world, replace(device, endpoint=f"{device.endpoint}?token=a%2bb%3d%3d"), "budi")
    assert await channel.send(delivery()) == "1 ponsel dikirimi"
    assert service.paths == ["/push/budi?token=a%2bb%3d%3d"]


# -- who is subscribed -------------------------------------------------------------------------------------------------


async def test_a_subscription_ends_with_its_session(world: World, service: PushService) -> None:
    """Logged out, out of time, disabled, logged in as somebody else in the same browser: each ends it."""
    await phones(world, service, "a", "b", "c", "d")

    def end(store: Store) -> None:
        store.sessions.end("session of a")
        store.people.disable(START, "b")

    await world.store.write(end)
    assert await left(world) == ["c", "d"]
    other, pln = await login(world, "pln", opd="pln"), contact_tests.Actor("user", "pln")
    same = replace(service.device("c", OURS))
    await world.store.write(lambda store: store.push_devices.put(START, other, same, pln))
    assert (await left(world), await left(world, "pln")) == (["d"], ["pln"])
    world.time.now += timedelta(days=30)
    assert await left(world) == []


async def test_the_same_again_is_not_written_again(world: World, service: PushService) -> None:
    """A page tells of itself whenever it opens."""
    device = service.device("budi", OURS)
    session, budi = await subscribed(world, device, "budi"), contact_tests.Actor("user", "budi")
    assert not await world.store.write(lambda store: store.push_devices.put(START, session, device, budi))
    assert await world.store.write(lambda store: store.push_devices.leave(START, session, budi))
    assert not await world.store.write(lambda store: store.push_devices.leave(START, session, budi))
    rows = [
        row["data"].get("why", "")
        for row in await world.store.read(lambda store: store.journal.after(0, 100))
        if row["kind"].startswith("device.")
    ]
    assert rows == ["", "left"]


# -- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:APA91b-x_y", "fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/wp/abc", "fcm.googleapis.com"),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAA=", "updates.push.services.mozilla.com"),
        ("https://web.push.apple.com/QO3", "web.push.apple.com"),
        ("https://wns2-sg2p.notify.windows.com/w/?token=BQ%2b", "wns2-sg2p.notify.windows.com"),
        ("http://fcm.googleapis.com/x", None),
        ("https://fcm.googleapis.com:8443/x", None),
        ("https://fcm.googleapis.com", None),
        ("https://FCM.googleapis.com/x", None),
        ("https://fcm.googleapis.com.jahat.example/x", None),
        ("https://jahat.example/fcm.googleapis.com", None),
        ("https://fcm.googleapis.com@127.0.0.1/x", None),
        ("https://a:b@fcm.googleapis.com/x", None),
        ("https://fcm.googleapis.com\\@127.0.0.1/x", None),
        ("https://fcm.googleapis.com/x#y", None),
        ("https://fcm.googleapis.com/x\r\nHost: y", None),
        ("https://fcm.googleapis.com/ä", None),
        ("https://push.apple.com/x", None),
        ("https://.push.apple.com/x", None),
        ("https://jahatpush.apple.com/x", None),
        ("https://127.0.0.1/x", None),
        ("https://[::1]/x", None),
        ("https://169.254.169.254/latest/meta-data", None),
        ("file:///etc/passwd", None),
        ("", None),
        ("https://fcm.googleapis.com/" + "x" * 1000, None),
    ],
)
def test_only_known_services_are_posted_to(endpoint: str, known: str | None) -> None:
    """A browser's word sends us nowhere else: not to this machine, not to the office's."""
    assert service_of(endpoint, SERVICES) == known


def test_an_origin_of_our_own_is_exact() -> None:
    """A service in the office, or a test's: scheme, host and port."""
    ours = ("http://127.0.0.1:8123", "https://push.contoh.go.id:8443")
    assert service_of("http://127.0.0.1:8123/x", ours) == "127.0.0.1:8123"
    assert service_of("https://push.contoh.go.id:8443/x", ours) == "push.contoh.go.id:8443"
    for other in ("http://127.0.0.1:8124/x", "https://127.0.0.1:8123/x", "https://push.contoh.go.id/x"):
        assert service_of(other, ours) is None


def test_the_key_is_the_secrets_own() -> None:
    """The same for the same secret, of another secret another; a point of P-256 as browsers want it."""
    assert (public_key(SECRET) == OURS, public_key(FORMER) == OURS) == (True, False)
    assert (len(web_push.bytes_of(OURS)), web_push.is_point(web_push.bytes_of(OURS))) == (65, True)
    assert not web_push.is_point(b"\4" + b"x" * 64)
    with pytest.raises(ValueError, match="needs a key"):
        public_key("")


@pytest.mark.long
def test_nobody_pays_for_it_at_the_start() -> None:
    """No process loads the library or the cryptography before the first web push."""
    code = "import sys, tanggap.escalate, tanggap.console; print(set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pywebpush" not in loaded and "cryptography" not in loaded


def test_a_stand_in_with_web_push_alone_stands_in_for_nobody(world: World) -> None:
    """It comes on top, and nobody is reachable by it alone."""
    absent = Contact("damkar.siaga", "damkar", "x", page=True, stand_in=("damkar.piket", "damkar.kepala"))
    piket = Contact("damkar.piket", "damkar", "x", webpush=True)
    kepala = Contact("damkar.kepala", "damkar", "x", sip="k1", webpush=True)
    routing = make_routing((absent, piket, kepala))
    assert (channels_of(piket), channels_of(kepala)) == (("webpush",), ("call", "webpush"))
    assert stand_in(routing, absent, START, ()) == kepala


def test_an_hour_with_web_push_alone_is_a_hole() -> None:
    """The ladder reaches the night's officer over web push only: nobody counts on that."""
    ladder = steps("damkar", (0, ("siaga/page", "piket/webpush"), 30))
    day = Hours("Asia/Jakarta", ((Window(time(7), time(21)),),) * 7)
    contacts = (
        Contact("damkar.siaga", "damkar", "x", page=True, duty=day),
        Contact("damkar.piket", "damkar", "x", page=True, webpush=True),
    )
    routing = make_routing(contacts)
    assert holes(routing, ladder, "damkar") == "setiap hari pukul 00.00-07.00; setiap hari pukul 21.00-24.00"
    sure = steps("damkar", (0, ("siaga/page", "piket/page"), 30))
    assert holes(routing, sure, "damkar") == ""


async def test_page_test_tries_the_telephones(world: World, service: PushService) -> None:
    """With a link to say that it was read; without a telephone its failure says what to do."""
    contacts = [Contact(f"{opd}.siaga", opd, "Siaga", page=True, webpush=True) for opd in ("damkar", "bpbd")]
    world.routing = make_routing(tuple(contacts))
    await phones(world, service, "budi")
    async with aiohttp.ClientSession() as http:
        site = WebPushSite(SUBJECT, (service.origin,))
        wired = wire(CHANNELS, means(world, http=http, push_key=lambda: SECRET, web_push=site))
        async with running(world, wired, link=lambda row: f"https://112.contoh.go.id/uji/x{row['id']}"):
            await asked(world)

            async def done() -> bool:
                await world.forward(1)
                return "waiting" not in (await states(world)).values()

            await until(done)
    tests = {row["contact"]: row for row in await rows(world) if row["channel"] == "webpush"}
    first, other = tests["damkar.siaga"], tests["bpbd.siaga"]
    assert (first["state"], first["detail"]) == ("delivered", "1 ponsel dikirimi")
    assert first["answer_until"] is not None
    assert service.got[0].told["path"] == f"/uji/x{first['id']}"
    assert (other["state"], other["detail"]) == ("failed", NO_DEVICE.format(whose="OPD ini", button="Mulai tugas"))
