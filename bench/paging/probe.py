"""Asks the console over and over on one connection, in a process that does nothing else: `probe PORT PATH COOKIE`.

A request that reads nothing is late by as long as the console's event loop stood still. Prints a line of JSON at the
end of its standard input: the milliseconds of each answer, and the longest that this process itself was not run."""

import json
import select
import socket
import sys
import time

PAUSE_S = 0.004


def ask(to: socket.socket, request: bytes) -> float:
    """Milliseconds from sending a request to the end of its answer's head."""
    begun = time.perf_counter()
    to.sendall(request)
    heard = b""
    while b"\r\n\r\n" not in heard:
        part = to.recv(65536)
        if not part:
            raise ConnectionError(f"the console has closed: {heard[:200]!r}")
        heard += part
    took = (time.perf_counter() - begun) * 1000
    head, _, body = heard.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += to.recv(65536)
    return took


def main(port: int, path: str, cookie: str) -> None:
    """Ask until standard input ends."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: tanggap={cookie}\r\n\r\n".encode()
    took, idle, before = [], 0.0, time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as to:
        to.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not select.select([sys.stdin], [], [], PAUSE_S)[0]:
            idle = max(idle, (time.perf_counter() - before - PAUSE_S) * 1000)
            took.append(ask(to, request))
            before = time.perf_counter()
    print(json.dumps({"took": [round(ms, 2) for ms in took], "idle": round(idle, 2)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
