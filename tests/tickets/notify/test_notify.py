"""Each channel against the real thing or a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.tickets.world import START, WIB, World, make_routing, means
from tickets.errors import ChannelError
from tickets.escalation.ladder import Report, report
from tickets.model import DuePush
from tickets.notify import CHANNELS
from tickets.notify.apprise import AppriseChannel
from tickets.notify.call import CallChannel
from tickets.notify.channel import Answer, CallAnswer, CallResult, Delivery, Heard, Said, Talk, Telephone
from tickets.notify.page import PageChannel
from tickets.notify.speaker import SpeakerChannel
from tickets.notify.webhook import WebhookChannel, signature
from tickets.routing import CHANNEL_NAMES, Contact

TICKET = {
    "number": "T-20261122-0007",
    "kind": "emergency",
    "category": "kebakaran",
    "kecamatan": "Tahunan",
    "desa": None,
    "address": None,
    "description": "Api besar",
    "created_at": "2026-11-22T07:05:42.123456+00:00",
}


async def never(word: Said) -> Heard:
    raise AssertionError(word)


def delivery(answer: Answer = never, **channels: Any) -> Delivery:
    push = DuePush(5, 3, "T-20261122-0007", "damkar", 1, "damkar.siaga", "x", "dikirim", START, 30.0, 2, START)
    contact = Contact("damkar.siaga", channels.pop("opd", "damkar"), "Pos Damkar", **channels)
    return Delivery(push, contact, report(TICKET, "damkar", make_routing(), WIB, attempt=3), answer)


class Receiver:
    """A server of an OPD, over a real socket; answers `status`, or not at all while `silent`."""

    def __init__(self) -> None:
        self.status = 200
        self.silent = False
        self.got: list[tuple[web.Request, bytes]] = []
        app = web.Application()
        app.router.add_post("/{tail:.*}", self._post)
        self.server = TestServer(app)

    async def _post(self, request: web.Request) -> web.Response:
        self.got.append((request, await request.read()))
        if self.silent:
            await asyncio.sleep(60)
        return web.Response(status=self.status)

    def url(self, scheme: str) -> str:
        return f"{scheme}://127.0.0.1:{self.server.port}/rahasia123"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def test_every_name_of_routing_is_a_channel() -> None:
    """routing.yaml can name exactly the channels that exist."""
    assert set(CHANNELS) == set(CHANNEL_NAMES)


# -- page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opd", "role"), [("damkar", "opd"), (None, "command")])
async def test_page_fails_while_nobody_watches(world: World, opd: str | None, role: str) -> None:
    """The siren sounds by itself; the ledger says whether a page of that OPD (or the command centre) was there."""
    channel = PageChannel(means(world))
    with pytest.raises(ChannelError) as caught:
        await channel.send(delivery(opd=opd))
    assert str(caught.value) == f"tidak ada halaman {'OPD' if opd else 'pusat komando'} yang terbuka dan bersuara"
    await world.store.write(lambda store: store.people.page_seen(START, "p1", "budi", role, opd))
    await world.store.write(lambda store: store.people.page_seen(START, "p2", "budi", "opd", "bpbd"))
    assert await channel.send(delivery(opd=opd)) == "1 halaman bersuara"


# -- apprise --------------------------------------------------------------------------------------------------------


async def test_apprise_delivers(world: World, receiver: Receiver) -> None:
    """Subject and text arrive at the service."""
    assert await AppriseChannel(means(world)).send(delivery(apprise=receiver.url("json"))) == "terkirim lewat json://…"
    body = json.loads(receiver.got[0][1])
    assert body["title"] == "[112] Kebakaran: Tahunan (T-20261122-0007)"
    assert "Pemberitahuan ke-3." in body["message"]


async def test_apprise_failures_show_no_address(
    world: World, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusing service, a malformed address: an error without the secret, and no log line with it."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("apprise").propagate = True
    channel = AppriseChannel(means(world))
    receiver.status = 500
    malformed = [(url, True) for url in ("tgram:/rahasia123", "tgram://rahasia123", "xyz://rahasia123", None)]
    for url, permanent in ((receiver.url("json"), False), *malformed):
        with pytest.raises(ChannelError) as caught:
            await channel.send(delivery(apprise=url))
        assert "rahasia123" not in str(caught.value)
        assert caught.value.permanent is permanent
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp")]  # the receiver's
    assert "rahasia123" not in "".join(ours)


# -- webhook --------------------------------------------------------------------------------------------------------


async def test_webhook_is_signed_and_idempotent(world: World, receiver: Receiver, http: aiohttp.ClientSession) -> None:
    """The body is JSON, its signature checks out, and the same attempt has the same key."""
    channel = WebhookChannel(means(world, http=http, webhook_key=lambda: b"kunci"))
    sent = delivery(webhook=receiver.url("http"))
    assert await channel.send(sent) == "webhook http://127.0.0.1 menjawab 200"
    await channel.send(sent)
    (first, body), (second, _) = receiver.got
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "push-5-3"
    assert first.headers["X-Tanggap-Signature"] == signature(b"kunci", first.headers["X-Tanggap-Timestamp"], body)
    facts = json.loads(body)
    assert {name: facts[name] for name in ("ticket", "assignment", "opd", "category", "attempt", "reported_at")} == {
        "ticket": "T-20261122-0007",
        "assignment": 3,
        "opd": "damkar",
        "category": "kebakaran",
        "attempt": 3,
        "reported_at": "2026-11-22T14:05:42+07:00",
    }


@pytest.mark.parametrize(
    ("status", "permanent"), [(500, False), (503, False), (429, False), (404, True), (302, True), (401, True)]
)
async def test_webhook_refusals(
    world: World, receiver: Receiver, http: aiohttp.ClientSession, status: int, permanent: bool
) -> None:
    """Any answer but 2xx is a failure; those that only another configuration mends are permanent."""
    receiver.status = status
    with pytest.raises(ChannelError) as caught:
        await WebhookChannel(means(world, http=http)).send(delivery(webhook=receiver.url("http")))
    assert str(caught.value) == f"webhook http://127.0.0.1 menjawab {status}, diharapkan 2xx"
    assert caught.value.permanent is permanent


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/rahasia", "http://[::bad/rahasia", "ftp://x/rahasia", "http:///rahasia"]
)
async def test_webhook_that_is_not_there(world: World, http: aiohttp.ClientSession, url: str) -> None:
    """Nobody listens, or the address is none: a sentence without the secret."""
    with pytest.raises(ChannelError) as caught:
        await WebhookChannel(means(world, http=http)).send(delivery(webhook=url))
    assert "rahasia" not in str(caught.value)


# -- call -----------------------------------------------------------------------------------------------------------


class Phones:
    """A dialler that answers by line; on the way it says what it hears."""

    def __init__(self, says: Said | None = None, **results: CallResult) -> None:
        self.says = says
        self.results = results
        self.dialled: list[Telephone] = []

    async def __call__(self, line: Telephone, report: Report, talk: Talk) -> CallAnswer:
        self.dialled.append(line)
        await talk.note("ringing")
        if self.says is not None:
            await talk.note("key 1")
            return CallAnswer(await talk.answer(self.says))
        return CallAnswer(self.results[line.kind])


@pytest.mark.parametrize(
    ("result", "detail"),
    [
        ("no_answer", "telepon damkar1 berdering, tidak diangkat"),
        ("declined", "telepon damkar1 ditolak"),
        ("no_key", "telepon damkar1 diangkat, tidak menekan tombol"),
        ("hung_up", "telepon damkar1 diangkat, ditutup tanpa menekan tombol"),
    ],
)
async def test_a_call_without_key_is_no_response(world: World, result: CallResult, detail: str) -> None:
    """The phone rang, so the push was delivered; nothing is accepted."""
    dial = Phones(sip=result)
    assert await CallChannel(means(world, dial=dial)).send(delivery(sip="damkar1")) == detail


@pytest.mark.parametrize(
    ("says", "heard", "detail"),
    [
        ("accept", "accepted", "diterima dengan tombol 1"),
        ("depart", "departed", "berangkat, dengan tombol 2"),
        ("refuse", "refused", "bukan wewenang, dengan tombol 3"),
        ("accept", "taken", "menekan tombol, sudah dijawab orang lain"),
        ("accept", "ended", "menekan tombol, tugas sudah berakhir"),
    ],
)
async def test_what_a_key_said_is_handed_on_and_kept(world: World, says: Said, heard: Heard, detail: str) -> None:
    """With a row for the ring and one for each key."""
    answers: list[Said] = []

    async def answer(word: Said) -> Heard:
        answers.append(word)
        return heard

    channel = CallChannel(means(world, dial=Phones(says)))
    assert (await channel.send(delivery(answer, sip="damkar1")), answers) == (f"telepon damkar1 {detail}", [says])
    rows = await world.journal("push.heard")
    assert [row["data"]["what"] for row in rows] == ["ringing", "key 1"]
    assert (rows[0]["actor"], rows[0]["data"]["line"]) == ("contact:damkar.siaga", "telepon damkar1")


@pytest.mark.parametrize(
    ("result", "words", "failed"),
    [
        ("played", "telepon suara1 diputar", False),
        ("hung_up", "telepon suara1 diangkat, ditutup tanpa menekan tombol", False),
        ("no_answer", "telepon suara1 berdering, tidak diangkat", True),
        ("unreachable", "telepon suara1 tidak terjangkau", True),
    ],
)
async def test_a_loudspeaker_is_never_a_response(world: World, result: CallResult, words: str, failed: bool) -> None:
    """It plays, or the ledger says why it did not."""
    played: list[Telephone] = []

    async def announce(line: Telephone, report: Report) -> CallAnswer:
        played.append(line)
        return CallAnswer(result)

    channel = SpeakerChannel(means(world, announce=announce))
    if failed:
        with pytest.raises(ChannelError, match=words):
            await channel.send(delivery(speaker="suara1"))
    else:
        assert await channel.send(delivery(speaker="suara1")) == words
    assert played == [Telephone("sip", "suara1")]


async def test_a_contact_without_the_channel_is_said_so(world: World) -> None:
    """routing.yaml took it away after the ladder was made: a permanent error, never a crash."""
    for channel, sentence in (
        (SpeakerChannel(means(world)), "kontak damkar.siaga tidak punya pengeras suara (speaker)"),
        (CallChannel(means(world)), "kontak damkar.siaga tidak punya telepon yang bisa dihubungi"),
        (WebhookChannel(means(world)), "alamat webhook harus http:// atau https://; perbaiki di routing.yaml"),
        (AppriseChannel(means(world)), "alamat Apprise (kosong) tidak dikenali; perbaiki di routing.yaml"),
    ):
        with pytest.raises(ChannelError) as caught:
            await channel.send(delivery())
        assert (str(caught.value), caught.value.permanent) == (sentence, True)


async def test_mobile_where_the_desk_cannot_be_reached(world: World) -> None:
    """The mobile is called when the desk phone is away, and not again within two minutes."""
    dial = Phones(sip="unreachable", mobile="no_answer")
    channel = CallChannel(means(world, dial=dial, mobiles=True))
    wanted = delivery(sip="damkar1", mobile="+628123456789")
    assert await channel.send(wanted) == "telepon damkar1 tidak terjangkau; ponsel …789 berdering, tidak diangkat"
    world.time.now += timedelta(seconds=119)
    with pytest.raises(ChannelError) as caught:
        await channel.send(wanted)
    assert str(caught.value) == "telepon damkar1 tidak terjangkau; ponsel …789 tidak terjangkau (baru saja dihubungi)"
    world.time.now += timedelta(seconds=2)
    await channel.send(wanted)
    assert [line.kind for line in dial.dialled] == ["sip", "mobile", "sip", "sip", "mobile"]


@pytest.mark.parametrize(("mobile", "mobiles"), [("+620001120101", True), ("+628123456789", False), (None, True)])
async def test_no_telephone_is_permanent(world: World, mobile: str | None, mobiles: bool) -> None:
    """An example number, no trunk, no number: said as it is."""
    with pytest.raises(ChannelError) as caught:
        await CallChannel(means(world, dial=Phones(), mobiles=mobiles)).send(delivery(mobile=mobile))
    assert str(caught.value) == "kontak damkar.siaga tidak punya telepon yang bisa dihubungi"
    assert caught.value.permanent
