"""The end of calls from outside: in Asterisk, in the service, at the desks and in the store."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from click.testing import CliRunner

from tanggap.program import main
from tests.e2e.line import LineUnderTest
from tests.e2e.outside.outsider import OutsideCall
from tickets.model import Row

RELAY, BARE = "application/dtmf-relay", "application/dtmf"  # a key as SIP INFO


async def nothing_is_stuck(line: LineUnderTest) -> None:
    """No channel, no bridge, no runner, no operator engaged is left, and every call has a ticket."""
    await line.until(lambda: not line.service.runners, 15)
    await line.until(lambda: all(desk.engaged is None for desk in line.service.floor.roster.desks.values()))
    await no_channels(line)
    assert await line.service.ari.bridges() == []
    assert await line.store.read(lambda store: store.calls.live()) == []
    for call in await calls(line):
        ticket = await line.store.read(lambda store, number=call["ticket"]: store.tickets.show(number))
        assert ticket["call"] == call["id"]


async def no_channels(line: LineUnderTest) -> None:
    """Wait until Asterisk has no call any more."""
    async with asyncio.timeout(10):
        while (await line.house.asterisk.status()).channels:
            await asyncio.sleep(0.1)


async def calls(line: LineUnderTest) -> list[Row]:
    """The calls of this test, newest first."""
    await line.arrived()
    return list(await line.store.read(lambda store: store.calls.since(datetime(2001, 1, 1, tzinfo=UTC), 1000)))


def listed(line: LineUnderTest) -> list[Row]:
    """This test's calls as `tanggap calls list --json` shows them, newest first."""
    home = str(line.house.instance.home)
    done = CliRunner().invoke(main, ["--home", home, "calls", "list", "--json"])
    assert done.exit_code == 0, done.output
    rows: list[Row] = json.loads(done.stdout)
    return [row for row in rows if row["arrived_at"] > "2001"]


async def talking(line: LineUnderTest) -> None:
    """Caller and operator are in one bridge: a caller who goes a moment before was never connected."""
    await line.stage("talking")
    async with asyncio.timeout(8):
        while not any(len(bridge["channels"]) == 2 for bridge in await line.service.ari.bridges()):
            await asyncio.sleep(0.05)


async def ended(line: LineUnderTest, call: OutsideCall) -> Row:
    """Hang up; the call as `calls list` shows it."""
    await call.bye()
    await line.stage("ended")
    await line.until(lambda: not line.service.runners, 15)
    return listed(line)[0]


@contextlib.contextmanager
def busy_store(line: LineUnderTest) -> Iterator[None]:
    """Somebody else holds the store's write lock."""
    blocker = sqlite3.connect(line.house.instance.var / "tanggap.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
