"""An instance of the shipped configuration, for the pictures and for tests of the pages."""

import asyncio
import shutil
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from instance import Instance, load

ROOT = Path(__file__).resolve().parents[2]


def make_instance(home: Path) -> Instance:
    """The shipped configuration on a free port."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(ROOT / name, home)
    instance = load(home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    console = replace(instance.site.console, bind="127.0.0.1", port=port, public_url="")
    return replace(instance, site=replace(instance.site, console=console))


async def until_open(port: int) -> None:
    """Wait until the console listens."""
    async with asyncio.timeout(20):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)
