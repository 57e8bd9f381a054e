"""Answers `GET /metrics` and `GET /health` of a process on a Unix socket in var/run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from processes import line_server
from processes.line_server import run_folder
from processes.vitals.measures import Vitals

LIMIT_S = 2.0
LARGEST = 2_000_000
TYPES = {"/metrics": "text/plain; version=0.0.4; charset=utf-8", "/health": "application/json"}


def socket_of(var: Path, name: str) -> Path:
    """The socket of one process."""
    return run_folder(var) / f"{name}.sock"


async def serve(vitals: Vitals, path: Path) -> None:
    """Answer requests for ever; OSError when the socket cannot be made."""

    async def reply(line: bytes) -> bytes:
        return _reply(vitals, line)

    await line_server.serve(path, reply, LIMIT_S)


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
