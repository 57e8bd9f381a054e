"""A server on a Unix socket in var/run: one line asked, one answer, then the connection ends.

A socket file and no port: several instances need no further numbers, and the folder's mode (0700) is the password."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from asterisk.paths import short

Reply = Callable[[bytes], Awaitable[bytes]]


def run_folder(var: Path) -> Path:
    """The folder of the sockets: var/run, or one in /tmp where that path is too long for a socket."""
    return short(var.resolve() / "run")


async def serve(
    path: Path,
    reply: Reply,
    limit_s: float,
    *expected: type[Exception],
    refused: Callable[[Exception], object] = lambda error: None,
) -> None:
    """Answer each line with `reply`, for ever, each within the limit; OSError when the socket cannot be made.

    A connection that is late or broken, or whose line raises a ValueError or an `expected` error, is closed unanswered;
    `refused` gets the error."""
    make_room(path)
    closing: tuple[type[Exception], ...] = (TimeoutError, ConnectionError, ValueError, *expected)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(limit_s):
                writer.write(await reply(await reader.readline()))
                await writer.drain()
        except closing as error:
            refused(error)
        finally:
            writer.close()

    server = await asyncio.start_unix_server(answer, path)
    try:
        await server.serve_forever()
    finally:
        server.close()


def make_room(path: Path) -> None:
    """Create the folder (0700), check that we own it, and remove a stale socket."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.geteuid():
        raise PermissionError(f"{path.parent} belongs to somebody else")
    path.unlink(missing_ok=True)
