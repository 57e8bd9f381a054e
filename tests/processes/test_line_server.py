"""One line asked, one answer, over a Unix socket whose folder is ours alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from processes import line_server
from processes.tasks import TaskKeeper


class Refused(Exception):
    """An error that the reply is expected to raise."""


async def reply(line: bytes) -> bytes:
    """The line itself, but for the words that fail."""
    match line.strip():
        case b"expected":
            raise Refused("no")
        case b"late":
            await asyncio.Event().wait()
    return line


@pytest.fixture
async def errors(tmp_path: Path) -> AsyncIterator[list[Exception]]:
    """The errors of a server on tmp_path/run/x.sock that gives each line a tenth of a second."""
    keeper, refused = TaskKeeper(), list[Exception]()
    path = tmp_path / "run" / "x.sock"
    keeper.start("server", line_server.serve(path, reply, 0.1, Refused, refused=refused.append))
    async with asyncio.timeout(60):
        while not path.exists():
            await asyncio.sleep(0.01)
    yield refused
    await keeper.close()


async def ask(path: Path, line: bytes) -> bytes:
    """Send a line; the bytes that come back until the connection ends."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)
    async with asyncio.timeout(60):
        answer = await reader.read()
    writer.close()
    return answer


async def test_each_line_has_its_answer(tmp_path: Path, errors: list[Exception]) -> None:
    """An expected error and a late reply close the connection, are told, and disturb nobody else."""
    path = tmp_path / "run" / "x.sock"
    assert await ask(path, b"expected\n") == b""
    assert await ask(path, b"late\n") == b""
    assert await ask(path, b"halo\n") == b"halo\n"
    assert [type(error) for error in errors] == [Refused, TimeoutError]


async def test_the_folder_is_ours_alone(tmp_path: Path, errors: list[Exception]) -> None:
    """Its mode is the password."""
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700


async def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    """A killed process leaves its file."""
    path = tmp_path / "x.sock"
    path.write_bytes(b"")
    line_server.make_room(path)
    assert not path.exists()


async def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner could put a socket of theirs there."""
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        line_server.make_room(tmp_path / "x.sock")
