"""Answers `GET /metrics` and `GET /health` of a process on a Unix socket in var/run.

A socket file and no port: several instances need no further numbers, and the folder's mode (0700) is the password."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from asterisk.paths import short
from processes.vitals.measures import Vitals

LIMIT_S = 2.0
LARGEST = 2_000_000
TYPES = {"/metrics": "text/plain; version=0.0.4; charset=utf-8", "/health": "application/json"}


def run_folder(var: Path) -> Path:
    """The folder of the sockets: var/run, or one in /tmp where that path is too long for a socket."""
    return short(var.resolve() / "run")


def socket_of(var: Path, name: str) -> Path:
    """The socket of one process."""
    return run_folder(var) / f"{name}.sock"


async def serve(vitals: Vitals, path: Path) -> None:
    """Answer requests for ever; OSError when the socket cannot be made."""
    make_room(path)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(LIMIT_S):
                writer.write(_reply(vitals, await reader.readline()))
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass
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


def _reply(vitals: Vitals, line: bytes) -> bytes:
    words = line.decode("latin-1").split()
    asked = words[1] if len(words) > 1 and words[0] == "GET" else ""
    if asked not in TYPES:
        return b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    health = vitals.health()
    body = vitals.exposition() if asked == "/metrics" else json.dumps(health, ensure_ascii=False).encode()
    status = "200 OK" if asked == "/metrics" or health["ok"] else "503 Service Unavailable"
    head = f"HTTP/1.0 {status}\r\nContent-Type: {TYPES[asked]}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def ask(path: Path, resource: str = "/metrics", limit_s: float = LIMIT_S) -> bytes | None:
    """The body of a process's answer, whatever its status; None when it does not answer in time."""
    try:
        async with asyncio.timeout(limit_s):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(f"GET {resource} HTTP/1.0\r\n\r\n".encode())
                reply = await reader.read(LARGEST)
                while more := await reader.read(LARGEST):
                    reply += more
            finally:
                writer.close()
    except (TimeoutError, OSError):
        return None
    head, _, body = reply.partition(b"\r\n\r\n")
    return body if head.startswith(b"HTTP/1.0 ") else None
