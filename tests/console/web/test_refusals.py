"""Errors of the store as pages hear of them."""

from typing import Any

import pytest

from tests.console.desk112 import RunningConsole
from tickets.errors import (
    Conflict,
    InvalidField,
    NotFound,
    NotPermitted,
    SchemaViolated,
    StoreUnavailable,
    WriteUnknown,
)

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
