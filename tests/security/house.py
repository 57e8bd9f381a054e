"""A console in a thread of its own, full of marked data, and the eye that watches it while it is attacked.

with house(folder) as target:
    answer = target.ask("pln", "GET", "/api/tickets/T-1")
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import logging
import os
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog

from console.web.headers import SECURITY_HEADERS
from console.web.sessions import COOKIE, new_token, token_hash
from tests.console.api.test_assigning import png
from tests.console.desk112 import SITI, RunningConsole, console
from tickets.store import Store

T = TypeVar("T")

# what stands in Damkar's ticket, its recording and its photo: nobody without a login and no other agency may read it
SECRET = "RAHASIA-DAMKAR-7f3a"
NUMBER = "+6281326554099"
READY = "/health/ready"  # says 503 while another process is away, as it is here
STRANGERS = (None, "pln")
USERS = (None, "pln", "damkar", "siti", "pusat", "admin")


def size(shortened: int, share: float) -> int:
    """Number of requests that a test sends: its share of HOSTILE_REQUESTS, or as many as CI has time for."""
    wanted = os.environ.get("HOSTILE_REQUESTS")
    return max(1, round(int(wanted) * share)) if wanted else shortened


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(repr=False)
class Target:
    """The console under attack; `sent` counts requests by the test that sent them, `statuses` what came back."""

    desk: RunningConsole
    loop: asyncio.AbstractEventLoop
    tickets: tuple[str, ...] = ()
    assignments: tuple[int, ...] = ()
    photo: str = ""
    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _link: http.client.HTTPConnection | None = None

    def __repr__(self) -> str:
        return f"<Target {self.port}>"

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        assert self.desk.server.port
        return self.desk.server.port

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the console's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def cookie(self, user: str | None) -> str:
        """A session of a user, opened anew where the last request ended it."""
        if user is None:
            return ""
        if user not in self._tokens:
            self._tokens[user] = self.do(self._open(user))
        return f"{COOKIE}={self._tokens[user]}"

    async def _open(self, user: str) -> str:
        token, now = new_token(), self.desk.clock.now
        lasts = now + timedelta(hours=12)
        await self.desk.store.write(lambda store: store.sessions.open(now, token_hash(token), user, lasts))
        return token

    def ask(
        self, user: str | None, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request over a connection that is kept; what came back was looked at."""
        sent = {"Cookie": self.cookie(user)} if user else {}
        sent |= dict(headers or {})
        answer = self._request(method, path, body, sent)
        if answer.status == 401 and user is not None:
            self._tokens.pop(user, None)
        if path.split("?")[0] == READY and answer.status == 503:
            return answer
        self.look(user, answer, f"{method} {path} as {user} with {dict(headers or {})} {body[:200]!r}")
        return answer

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        for last in (False, True):
            link = self._link = self._link or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                link.putrequest(method, path, skip_accept_encoding=True)
                for name, value in headers.items():
                    link.putheader(name, value.encode("utf-8", "surrogateescape" if "\udcff" in value else "replace"))
                if body or method in ("POST", "PATCH", "PUT"):
                    link.putheader("Content-Length", str(len(body)))
                link.endheaders(body or None)
                reply = link.getresponse()
                answer = Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
                if reply.will_close or reply.status == 101 or "Upgrade" in headers:  # what follows is no HTTP
                    self._hang_up()
                return answer
            except (http.client.HTTPException, ConnectionError):
                self._hang_up()
                if last:
                    raise
        raise AssertionError("not reached")

    def _hang_up(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def look(self, user: str | None, answer: Answer, what: str) -> None:
        """No failure of ours, our headers, and nothing that this user may not see."""
        self.statuses[answer.status] += 1
        assert answer.status < 500, f"{what}: {answer.status} {answer.body[:300]!r}"
        missing = [name for name in SECURITY_HEADERS if name.lower() not in answer.headers]
        assert not missing, f"{what}: {answer.status} without {missing}"
        if user in STRANGERS:
            self.unseen(answer.body, what)
        complaints, self.complaints[:] = list(self.complaints), []
        assert not complaints, f"{what}: {complaints}"

    def unseen(self, data: bytes, what: str) -> None:
        """None of Damkar's secrets is in it."""
        for secret in (SECRET.encode(), NUMBER[3:].encode()):
            sent_by_itself = secret.decode() in what
            assert sent_by_itself or secret not in data, f"{what}: {secret!r} in {data[:300]!r}"

    def alive(self) -> None:
        """It serves as before, and complained of nothing."""
        assert self._request("GET", "/health", b"", {}).status == 200
        self.do(asyncio.sleep(0))
        assert self.complaints == []
        self._hang_up()


class _Ears(logging.Handler):
    """Every error that the console or asyncio logs is a complaint."""

    def __init__(self, target: Target) -> None:
        super().__init__(logging.ERROR)
        self._target = target

    def emit(self, record: logging.LogRecord) -> None:
        self._target.complaints.append(f"{record.name}: {record.getMessage()} {record.exc_text or record.exc_info}")

    def hear(self, logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """A processor of structlog."""
        if method in ("error", "exception", "critical"):
            self._target.complaints.append(str(dict(event)))
        raise structlog.DropEvent


@contextlib.contextmanager
def house(folder: Path) -> Iterator[Target]:
    """A console in a thread of its own; at its end it must still be alive."""
    ready: list[Target] = []
    begun, done = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_serve(folder, ready, begun, done))
        except BaseException as error:
            failed.append(error)
            begun.set()

    thread = threading.Thread(target=run, name="house")
    thread.start()
    begun.wait(30)
    if failed:
        raise failed[0]
    target = ready[0]
    ears = _Ears(target)
    logging.getLogger().addHandler(ears)
    structlog.configure(processors=[structlog.processors.format_exc_info, ears.hear])
    try:
        yield target
        target.alive()
        _report(target)
    finally:
        logging.getLogger().removeHandler(ears)
        structlog.reset_defaults()
        target._hang_up()
        done.set()
        thread.join(30)
    if failed:
        raise failed[0]


async def _serve(folder: Path, ready: list[Target], begun: threading.Event, done: threading.Event) -> None:
    loop = asyncio.get_running_loop()
    async with console(folder) as desk:
        target = Target(desk, loop)
        loop.set_exception_handler(lambda _, context: target.complaints.append(str(context)))
        await _furnish(target)
        ready.append(target)
        begun.set()
        await asyncio.to_thread(done.wait)


async def _furnish(target: Target) -> None:
    """A ticket of Damkar's with everything, one of PLN's, a recorded call, a callback, judged numbers."""
    desk = target.desk
    desk.console.metrics_token = "kunci metrik untuk uji"
    secret, (theirs,) = await desk.ticket("damkar")
    mine, (own,) = await desk.ticket("pln")
    recorded = await desk.call("c1", number=NUMBER, recording="calls/c1")
    now = desk.clock.now

    def write(store: Store) -> None:
        fields = {"description": SECRET, "reporter_name": SECRET, "address": SECRET, "reporter_number": NUMBER}
        store.tickets.update(now, secret, fields, SITI)
        store.tickets.update(now, recorded, {"description": SECRET}, SITI)
        store.calls.callback(now, "c1", "penelepon menutup")
        store.reputations.judge(now, recorded, "prank", SITI)

    await desk.store.write(write)
    sound = desk.console.recordings / "calls" / "c1.wav"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"RIFF" + SECRET.encode() * 40)
    status, photo = await desk.ask("damkar", "POST", f"/api/assignments/{theirs}/photos", data=png())
    assert status == 201
    target.tickets, target.assignments, target.photo = (secret, mine, recorded), (theirs, own), photo["photo"]


def _report(target: Target) -> None:
    """Append a line on the requests sent to the file HOSTILE_REPORT, if any (bench/hostile adds them up)."""
    line = {"sent": dict(target.sent), "statuses": {str(code): n for code, n in sorted(target.statuses.items())}}
    if path := os.environ.get("HOSTILE_REPORT"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
