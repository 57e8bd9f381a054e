"""Once a day: numbers whose time is over are erased; verdicts of another key are hashed anew. Runs in the console."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from tanggap.config import Instance
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

EVERY_S = 24 * 3600.0
# between batches, so that an arriving call never waits long for its turn to write
PAUSE_S = 0.2

Clock = Callable[[], datetime]


async def keep(instance: Callable[[], Instance], store: StoreThread, clock: Clock) -> None:
    """For ever; what a former run did not finish is done by the next one."""
    while True:
        await rekey(store, clock)
        await erase_old(store, clock, instance().site.numbers_kept_s)
        await asyncio.sleep(EVERY_S)


async def rekey(store: StoreThread, clock: Clock, pause_s: float = PAUSE_S) -> int:
    """Make the reputation of numbers count under the present key; says how much is lost for good."""
    done = 0
    while count := await store.write(lambda store: store.reputations.rekey(clock())):
        done += count
        await asyncio.sleep(pause_s)
    lost = await store.read(lambda store: store.reputations.lost())
    if done:
        log.info("numbers.rekeyed", verdicts=done)
    if lost:
        log.error("numbers.key_lost", verdicts=lost, why="kunci nomor di var/secrets.json bukan kunci semula")
    return done


async def erase_old(store: StoreThread, clock: Clock, kept_s: float, pause_s: float = PAUSE_S) -> int:
    """Erase the numbers of calls and tickets that are older than the retention; how many."""
    now = clock()
    before, after = now - timedelta(seconds=kept_s), ""
    erased: int = 0
    while True:
        count, next_after = await store.write(
            lambda store, after=after: store.numbers.erase_old(now, before, after)  # type: ignore[misc]
        )
        erased += count
        if next_after is None:
            break
        after = next_after
        await asyncio.sleep(pause_s)
    if erased:
        log.info("numbers.expired", count=erased, before=before.isoformat())
    return erased
