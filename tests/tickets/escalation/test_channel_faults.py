"""Contacts and servers that are wrong, each in its own way, beside one that is well: real sockets, the real daemon."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.tickets.world import SARI, WIB, make_routing, steps
from tickets.escalation.daemon import EscalationDaemon
from tickets.escalation.ladder import Report, plan
from tickets.model import Row
from tickets.notify import CHANNELS
from tickets.notify.channel import CallAnswer, Means, Talk, Telephone, wire
from tickets.routing import Contact
from tickets.store import Store
from tickets.store.thread import StoreThread

EVERY_S, LIMIT_S = 0.4, 0.5
HEALTHY = "bpbd.sehat"


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[tuple[dict[str, str], list[str]]]:
    """Addresses of a server that takes all, one that says 500, one that hangs, one that takes and drops the line; and
    what the first one got."""
    got: list[str] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.read()).decode())
        return web.Response()

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=500)

    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async def drop(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.abort()
        return web.Response()

    app = web.Application()
    for path, handler in (("/sehat", take), ("/limaratus", refuse), ("/gantung", hang), ("/putus", drop)):
        app.router.add_post(path, handler)
    server = TestServer(app)
    await server.start_server()
    try:
        yield {path: f"127.0.0.1:{server.port}/{path}" for path in ("sehat", "limaratus", "gantung", "putus")}, got
    finally:
        await server.close()


async def silent(line: Telephone, report: Report, talk: Talk) -> CallAnswer:
    """A phone that is answered and says nothing."""
    return CallAnswer("no_key")


@contextlib.asynccontextmanager
async def daemon(store: StoreThread, contacts: tuple[Contact, ...]) -> AsyncIterator[None]:
    """The daemon with the real channels, in a hurry, on the real clock."""
    tasks: set[asyncio.Task[None]] = set()

    def spawn(name: str, work: object) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        tasks.add(task)
        return task  # type: ignore[no-any-return]

    ladder = steps("bpbd", (0, tuple(f"{c.name.split('.')[1]}/{channel_of(c)}" for c in contacts), EVERY_S))
    routing = make_routing(contacts)
    opd = replace(routing.opds["bpbd"], ladder=ladder)
    routing = replace(routing, opds={"bpbd": opd})
    clock = lambda: datetime.now(UTC)  # noqa: E731
    kinds = {name: replace(kind, limit_s=LIMIT_S, pace_s=0.0) for name, kind in CHANNELS.items()}
    async with aiohttp.ClientSession() as http:
        channels = wire(kinds, Means(store, clock, http, silent, webhook_key=lambda: b"kunci"))
        link = lambda push: f"https://112.contoh.go.id/t/{push.id}"  # noqa: E731
        made = EscalationDaemon(store, lambda: routing, channels, clock, spawn, WIB, link=link)
        running = spawn("daemon", made.run())
        await store.write(lambda store: _dispatch(store, routing, clock()))
        yield
        running.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def channel_of(contact: Contact) -> str:
    """The one channel that a contact of this file is pushed by; one that has none by a call."""
    return next((name for name in ("apprise", "webhook", "speaker") if getattr(contact, name)), "call")


def _dispatch(store: Store, routing: object, now: datetime) -> int:
    number = store.tickets.create(now, "20261122", SARI, "emergency")
    store.tickets.update(now, number, {"category": "kebakaran", "desa": "Mantingan"}, SARI)
    return store.assignments.dispatch(now, number, "bpbd", plan(routing, "bpbd", now), 600.0, SARI)  # type: ignore[arg-type]


def _names(rows: list[Row]) -> set[str]:
    return {row["contact"] for row in rows}


@pytest.mark.long
async def test_each_fault_has_its_sentence_and_its_row_and_disturbs_nobody(tmp_path: Path) -> None:
    """A typo, a 500, a server that hangs or drops the line, a phone that is silent, a contact without any channel: all
    are tried again and again, and the healthy contact is pushed in its rhythm, with its link."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    async with servers() as (at, got):
        contacts = (
            Contact(HEALTHY, "bpbd", "Sehat", apprise=f"json://{at['sehat']}"),
            Contact("bpbd.salahtulis", "bpbd", "x", apprise="tgrm://rahasia"),
            Contact("bpbd.limaratus", "bpbd", "x", apprise=f"json://{at['limaratus']}"),
            Contact("bpbd.gantung", "bpbd", "x", apprise=f"json://{at['gantung']}"),
            Contact("bpbd.gantungweb", "bpbd", "x", webhook=f"http://{at['gantung']}"),
            Contact("bpbd.putus", "bpbd", "x", apprise=f"json://{at['putus']}"),
            Contact("bpbd.putusweb", "bpbd", "x", webhook=f"http://{at['putus']}"),
            Contact("bpbd.diam", "bpbd", "x", sip="diam1"),
            Contact("bpbd.kosong", "bpbd", "x"),
            Contact("bpbd.suara", "bpbd", "x", speaker="suara1"),
        )
        async with daemon(store, contacts):
            rows: list[Row] = []
            async with asyncio.timeout(60):
                while len([row for row in rows if row["contact"] == "bpbd.gantung"]) < 3 or len(_names(rows)) < 10:
                    await asyncio.sleep(0.05)
                    rows = await store.read(lambda store: store.assignments.attempts(1))
        journal = await store.read(lambda store: store.journal.after(0, 10_000))
        state = (await store.read(lambda store: store.assignments.get(1)))["state"]
    attempts = {row["contact"]: (bool(row["ok"]), row["detail"]) for row in rows}
    assert attempts == {
        HEALTHY: (True, "terkirim lewat json://…"),
        "bpbd.salahtulis": (False, "alamat Apprise tgrm://… tidak dikenali; perbaiki di routing.yaml"),
        "bpbd.limaratus": (False, "layanan pesan json://… menolak atau tidak menjawab"),
        "bpbd.gantung": (False, f"tidak selesai dalam {LIMIT_S:g} detik"),
        "bpbd.gantungweb": (False, f"tidak selesai dalam {LIMIT_S:g} detik"),
        "bpbd.putus": (False, "layanan pesan json://… menolak atau tidak menjawab"),
        "bpbd.putusweb": (False, "webhook http://127.0.0.1 tidak menjawab (ServerDisconnectedError)"),
        "bpbd.diam": (True, "telepon diam1 diangkat, tidak menekan tombol"),
        "bpbd.kosong": (False, "kontak bpbd.kosong tidak punya telepon yang bisa dihubungi"),
        "bpbd.suara": (False, "telepon suara1 tidak terjangkau"),
    }
    assert len([row for row in rows if row["contact"] == HEALTHY]) >= 3  # while others hung for as long as they may
    assert "https://112.contoh.go.id/t/1" in got[0]
    assert {row["data"]["contact"] for row in journal if row["kind"] in ("push.sent", "push.failed")} == set(attempts)
    assert (state, "rahasia" in str(journal)) == ("dikirim", False)
    await store.close()


async def test_taken_and_dropped_is_no_response(tmp_path: Path) -> None:
    """A service that says yes and delivers nothing: only an answer ends the pushes, so they go on."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    async with servers() as (at, got):
        async with daemon(store, (Contact(HEALTHY, "bpbd", "Sehat", apprise=f"json://{at['sehat']}"),)):
            async with asyncio.timeout(20):
                while len(got) < 3:
                    await asyncio.sleep(0.02)
        row = await store.read(lambda store: store.assignments.get(1))
    assert (row["state"], row["acknowledged_at"]) == ("dikirim", None)
    await store.close()
