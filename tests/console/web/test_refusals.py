"""Errors of the store as pages hear of them."""

from typing import Any

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from tests.console.desk112 import LINK_KEY, NOW, RunningConsole
from tickets import links
from tickets.errors import (
    Conflict,
    InvalidField,
    NotFound,
    NotPermitted,
    SchemaViolated,
    StoreUnavailable,
    WriteUnknown,
)
from tickets.links import Link

VIOLATED = SchemaViolated("tidak sesuai dengan skema basis data: UNIQUE constraint failed: tickets.number")


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (VIOLATED, 500, "kesalahan di dalam program; sudah dicatat di log"),
        (StoreUnavailable("basis data tidak bisa dibaca: disk I/O error"), 503,
         "basis data tidak bisa dibaca: cakram tidak bisa ditulis"),
        (WriteUnknown("basis data tidak menjawab dalam 3 detik; mungkin tersimpan juga"), 503,
         "basis data tidak menjawab dalam 3 detik; mungkin tersimpan juga"),
    ],
    ids=["our mistake", "away", "unknown"],
)  # fmt: skip
async def test_an_error_of_the_store_is_a_sentence(
    desk: RunningConsole, error: Exception, status: int, sentence: str
) -> None:
    """Our own mistake is none of whoever asks: 500, no word of SQLite's, and the log has the rest."""
    session = await desk.session("siti")

    async def refuse(job: Any) -> Any:
        raise error

    desk.store.write = refuse  # type: ignore[method-assign]
    async with session, session.post(desk.url("/api/tickets"), json={}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (status, sentence)


@pytest.mark.parametrize(
    "error", [VIOLATED, OSError(5, "Input/output error"), RuntimeError("a fault of ours")], ids=repr
)
@pytest.mark.parametrize("path", ["/t/{secret}", "/t/{secret}/opened", "/uji/{secret}"])
async def test_no_one_time_link_is_logged(desk: RunningConsole, path: str, error: Exception) -> None:
    """Whoever reads the log could use it; the log names the page and what failed."""
    purpose = links.TEST if path.startswith("/uji") else links.PURPOSE
    secret = links.sign(LINK_KEY, Link(1, "damkar.siaga", purpose, NOW + links.GOOD_FOR, "1-1"))

    async def refuse(*arguments: Any) -> Any:
        raise error

    desk.store.read = desk.store.write = refuse  # type: ignore[method-assign]
    method = "POST" if path.endswith("opened") else "GET"
    with capture_logs() as lines:
        async with ClientSession() as session, session.request(method, desk.url(path.format(secret=secret))) as answer:
            assert answer.status >= 500
    assert secret not in repr(lines)
    assert [line["log_level"] for line in lines if path.format(secret="…") in repr(line)] == ["error"]


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (InvalidField("taker", "pilih OPD lain"), 400, {"error": "pilih OPD lain", "field": "taker"}),
        (NotPermitted("minta admin"), 403, {"error": "minta admin"}),
        (NotFound("penugasan 7 tidak ada"), 404, {"error": "penugasan 7 tidak ada"}),
        (Conflict("sudah dikirim"), 409, {"error": "sudah dikirim"}),
    ],
)
async def test_a_refusal_of_a_use_case_is_an_answer(
    desk: RunningConsole, error: Exception, status: int, body: dict[str, str]
) -> None:
    """Its sentence as it is, its status by its kind, and the field that it names."""

    async def refuse(job: Any) -> Any:
        raise error

    session = await desk.session("siti")
    desk.store.write = refuse  # type: ignore[method-assign]
    async with session, session.post(desk.url("/api/tickets"), json={}) as answer:
        assert (answer.status, await answer.json()) == (status, body)
