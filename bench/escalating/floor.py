"""The floor: the same reports by a plain loop of aiohttp posts, with no store, no claims and no signature.

    python -m bench.escalating.floor COUNT PARALLEL PORT [PORT …]

Prints the seconds that it took.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator

import aiohttp

BODY = json.dumps({"ticket": "T-20261123-00001", "text": "x" * 600}).encode()


async def post(session: aiohttp.ClientSession, turns: Iterator[tuple[int, int]]) -> None:
    """Post until there are no more."""
    for number, port in turns:
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"floor-{number}"}
        async with session.post(f"http://127.0.0.1:{port}/lapor", data=BODY, headers=headers) as response:
            assert response.status == 204


async def main(count: int, parallel: int, ports: list[int]) -> None:
    """Post all of them, a limited number at a time."""
    turns = zip(range(count), itertools.cycle(ports), strict=False)
    async with aiohttp.ClientSession() as session:
        started = time.perf_counter()
        await asyncio.gather(*(post(session, turns) for _ in range(parallel)))
        print(time.perf_counter() - started)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), [int(port) for port in sys.argv[3:]]))
