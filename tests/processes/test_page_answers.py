"""The way from the console to the escalation for an answer that cannot be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from processes import page_answers
from processes.tasks import TaskKeeper
from tickets.errors import NotFound
from tickets.model import Row

REPLY = {"key": "k", "user": "damkar", "asked": "x", "names": ["id"]}


class Escalation:
    """Keeps answers but for assignment 9, and knows no 8."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str, Row]] = []

    async def pressed(self, assignment: int, contact: str, reply: Row) -> bool:
        if assignment == 8:
            raise NotFound("penugasan 8 tidak ada")
        self.told.append((assignment, contact, reply))
        return assignment != 9


@pytest.fixture
async def keeper() -> AsyncIterator[TaskKeeper]:
    """Tasks that end with the test."""
    made = TaskKeeper()
    yield made
    await made.close()


@pytest.mark.long
async def test_told_and_kept(tmp_path: Path, keeper: TaskKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept, not kept, unknown, nonsense, nobody there: the console hears whether it is kept, and each stands alone."""
    path, escalation = page_answers.socket_of(tmp_path / "var"), Escalation()
    assert not await page_answers.tell(path, 7, "damkar", REPLY)
    keeper.start("answers", page_answers.serve(escalation.pressed, path))
    while not path.exists():
        await asyncio.sleep(0.01)
    assert [await page_answers.tell(path, number, "damkar", REPLY) for number in (9, 8, 7)] == [False, False, True]
    assert escalation.told[-1] == (7, "damkar", REPLY)
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"[]\n")
    assert await reader.read() == b""
    writer.close()
    monkeypatch.setattr(page_answers, "LIMIT_S", 0.05)
    reader, writer = await asyncio.open_unix_connection(path)
    assert await reader.read() == b""  # a silent peer is not waited for
    writer.close()
    assert await page_answers.tell(path, 7, "damkar", REPLY)
