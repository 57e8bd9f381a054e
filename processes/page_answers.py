"""Hands a «TERIMA» that the console cannot write from an agency's page to the escalation, which keeps it (ADR 0013).

One line of JSON each way over a Unix socket in var/run, whose folder's mode is the password."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from processes import line_server
from processes.line_server import run_folder
from tickets.errors import TicketError
from tickets.model import Row

LIMIT_S = 4.0
KEPT, NOT_KEPT = b"1\n", b"0\n"
Take = Callable[[int, str, Row], Awaitable[bool]]

log = structlog.get_logger(__name__)


def socket_of(var: Path) -> Path:
    """The socket of the escalation."""
    return run_folder(var) / "answers.sock"


async def serve(take: Take, path: Path) -> None:
    """Hand each answer to `take`, for ever; OSError when the socket cannot be made."""

    async def reply(line: bytes) -> bytes:
        message = json.loads(line)
        kept = await take(int(message["assignment"]), str(message["who"]), dict(message["reply"]))
        return KEPT if kept else NOT_KEPT

    await line_server.serve(path, reply, LIMIT_S, KeyError, TypeError, TicketError, refused=_not_taken)


def _not_taken(error: Exception) -> None:
    log.warning("page.answer_not_taken", error=str(error) or type(error).__name__)


async def tell(path: Path, assignment: int, contact: str, reply: Row) -> bool:
    """Hand an answer to the escalation; True when it keeps the answer and pushes no more for it."""
    line = json.dumps({"assignment": assignment, "who": contact, "reply": reply}).encode() + b"\n"
    try:
        async with asyncio.timeout(LIMIT_S):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(line)
                return await reader.readline() == KEPT
            finally:
                writer.close()
    except (TimeoutError, OSError):
        return False
