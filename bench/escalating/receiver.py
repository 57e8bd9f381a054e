"""The agencies' programs: HTTP receivers in a process of their own that note when which push arrived.

    python -m bench.escalating.receiver FILE COUNT

It prints its ports as JSON, answers 204 to every POST, and writes FILE when its standard input ends: a line
«SECONDS KEY» for each arrival (Unix time, idempotency key). A bare protocol: it costs less than what it measures.
"""

import asyncio
import json
import re
import sys
import time
from pathlib import Path

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
KEY = re.compile(rb"(?i)\r\nidempotency-key: *([^\r]+)")
arrivals: list[tuple[float, bytes]] = []


class Receiver(asyncio.Protocol):
    """One connection; requests one after another."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._held = transport, b""

    def data_received(self, data: bytes) -> None:
        self._held += data
        while True:
            head, separator, rest = self._held.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            size = int(length[1]) if length else 0
            if not separator or len(rest) < size:
                return
            key = KEY.search(head)
            arrivals.append((time.time(), key[1] if key else b"-"))
            self._held = rest[size:]
            self._transport.write(ANSWER)


async def serve(file: Path, count: int) -> None:
    """Receive until standard input ends."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Receiver, "127.0.0.1", 0) for _ in range(count)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    file.write_text("".join(f"{at:.6f} {key.decode()}\n" for at, key in arrivals))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
