"""Complaints on the command line, and the bridge in the real escalation process, which is killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from instance import REPOSITORY, load
from tanggap.program import main
from tests.fixtures import Edit
from tickets.complaints import tracking
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row
from tickets.notify.webhook import signature
from tickets.store import Store

SITI = Actor("user", "siti")
IN_TIME_S = 30.0


def file(store: Store, now: datetime, opd: str | None = None) -> str:
    """A complaint, in the inbox or with an agency; its ticket."""
    number = store.tickets.create(now, "20261123", SITI, "complaint")
    store.tickets.update(now, number, {"category": "jalan", "desa": "Ngabul", "description": "lubang"}, SITI)
    store.complaints.file(now, number, SITI)
    if opd is not None:
        routing = load(REPOSITORY, secrets=False).routing
        store.assignments.dispatch(now, number, opd, plan(routing, opd, now, "complaint"), 600.0, SITI)
    return number


def run(home: Path, *arguments: str, code: int = 0) -> str:
    """Output of the command; another exit status fails."""
    result = CliRunner().invoke(main, ["--home", str(home), "wadul", *arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.long
def test_list_show_resend_and_key(edited: Edit) -> None:
    """Late ones by their clocks; by tracking number or ticket; a sentence for what is not there."""
    home = edited()
    secrets = load(home).secrets
    store, now = Store(home / "var" / "tanggap.db"), datetime.now(UTC)
    late, fresh = file(store, now - timedelta(days=40)), file(store, now, "dpupr")
    number = store.complaints.get(fresh)["tracking"]
    store.close()
    rows = json.loads(run(home, "list", "--json"))
    assert [(row["ticket"], row["state"], row["clock"]["late"]) for row in rows] == [
        (late, "masuk", True),
        (fresh, "diteruskan", False),
    ]
    assert [row["ticket"] for row in json.loads(run(home, "list", "--late", "--json"))] == [late]
    assert json.loads(run(home, "list", "--ended", "--json")) == []
    assert "sisa 5 hari kerja" in run(home, "list") and "terlambat" in run(home, "list")
    for name in (number, tracking.shown(number), fresh):
        assert json.loads(run(home, "show", name, "--json"))["ticket"] == fresh
    assert "dpupr: dikirim" in run(home, "show", fresh)
    assert json.loads(run(home, "resend", number, "--json")) == {"ticket": fresh, "resent": True}
    assert "nomor aduan 12345678 tidak benar" in run(home, "show", "12345678", code=1)
    assert "tiket T-1 bukan aduan" in run(home, "show", "T-1", code=1)
    assert run(home, "key").strip() == secrets.wadul_key


class Theirs:
    """An application that hangs until it is told to go on."""

    def __init__(self, key: str) -> None:
        self.key = key.encode()
        self.got: list[tuple[str, str]] = []
        self.well = False
        self.asked = asyncio.Event()
        app = web.Application()
        app.router.add_post("/", self._post)
        self.server = TestServer(app)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body, headers = await request.read(), request.headers
        assert headers["X-Tanggap-Signature"] == signature(self.key, headers["X-Tanggap-Timestamp"], body)
        self.got.append((headers["Idempotency-Key"], json.loads(body)["event"]))
        self.asked.set()
        if not self.well:
            await asyncio.sleep(60)
        return web.json_response({"number": "W-1"})


@asynccontextmanager
async def escalate(home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The real process; killed without a word at the end."""
    command = (sys.executable, "-m", "tanggap", "--home", str(home), "escalate")
    with (home / "escalate.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, stdout=log, stderr=log)
        try:
            yield process
        finally:
            if process.returncode is None:
                os.kill(process.pid, signal.SIGKILL)
            await process.wait()


async def until(store: Store, sql: str, true: Callable[[list[Row]], Any]) -> None:
    """Wait until the store says so."""
    async with asyncio.timeout(IN_TIME_S):
        while not true(store.connection.all(sql)):
            await asyncio.sleep(0.05)


@pytest.mark.long
async def test_killed_while_the_application_hangs(edited: Edit) -> None:
    """Pushes go on meanwhile; the next process sends it again at once, under the same key; nothing is lost."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        unused = int(probe.getsockname()[1])
    home = edited("site.yaml", ("http_port: 8088", f"http_port: {unused}"))
    theirs = Theirs(load(home).secrets.wadul_key)
    await theirs.server.start_server()
    site = home / "site.yaml"
    address = str(theirs.server.make_url("/"))
    site.write_text(site.read_text().replace("  done: 10 ", f'  url: "{address}"\n  done: 10 '))
    store = Store(home / "var" / "tanggap.db")
    ticket = file(store, datetime.now(UTC), "dpupr")
    try:
        async with escalate(home):
            async with asyncio.timeout(IN_TIME_S):
                await theirs.asked.wait()
            await until(store, "SELECT * FROM attempts", len)  # nobody waits for the application
            assert store.complaints.show(ticket)["attempts"] == 0
        theirs.well = True
        async with escalate(home):
            await until(store, "SELECT * FROM wadul_outbox WHERE sent_at IS NULL", lambda rows: not rows)
        assert store.complaints.get(ticket)["theirs"] == "W-1"
        (first, again, moved) = theirs.got
        assert first == again
        assert (first[1], moved[1]) == ("filed", "moved")
    finally:
        store.close()
        await theirs.server.close()
