"""Daily round of the console: erases data after its period, hashes verdicts of another key anew."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from instance import Instance
from operations import erasing
from tickets.model import Row
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

EVERY_S = 24 * 3600.0
# pause between batches: an arriving call must not wait long for its turn to write
PAUSE_S = 0.2
# a file without a row may just be being written: it must be older than this
STRAY_S = 2 * 86400.0

Clock = Callable[[], datetime]


async def keep(instance: Callable[[], Instance], store: StoreThread, clock: Clock) -> float:
    """Do one round, including the work that a former one left; returns the seconds until the next."""
    present = instance()
    await rekey(store, clock)
    await erase_old(store, clock, present.site.numbers_kept_s)
    await expire_recordings(store, clock, present)
    await expire_photos(store, clock, present)
    await expire_reports(store, clock, present.site.reports_kept_s)
    return EVERY_S


async def rekey(store: StoreThread, clock: Clock, pause_s: float = PAUSE_S) -> int:
    """Hash the verdicts on numbers under the present key; logs how many are lost for good."""
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
    """Erase the numbers of calls and tickets that are older than the retention; returns their number."""
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


async def expire_recordings(store: StoreThread, clock: Clock, instance: Instance, pause_s: float = PAUSE_S) -> int:
    """Remove old recordings of talks, messages and callbacks, and files without a row; returns their number."""
    now, site, folder = clock(), instance.site, erasing.recordings_of(instance.var)
    talks, messages = (now - timedelta(seconds=kept) for kept in (site.recordings_kept_s, site.messages_kept_s))
    looks: tuple[tuple[Callable[[Store], list[Row]], bool], ...] = (
        (lambda store: store.retention.old_recordings(talks, messages=False), False),
        (lambda store: store.retention.old_recordings(messages, messages=True), False),
        (lambda store: store.retention.old_callback_recordings(talks), True),
    )
    count = 0
    for look, of_tries in looks:
        while rows := await store.read(look):
            await asyncio.to_thread(erasing.remove_recordings, folder, [row["recording"] for row in rows])
            ids = [row["id"] for row in rows]
            calls, tries = ([], ids) if of_tries else (ids, [])
            await store.write(partial(_recordings_gone, now, calls, tries))
            count += len(rows)
            await asyncio.sleep(pause_s)
    known = await store.read(lambda store: store.retention.recordings())
    # a recording that Asterisk made alone has no call yet: it is kept as long as any other
    oldest = min(talks, messages).timestamp()
    count += await asyncio.to_thread(erasing.remove_strays, folder, known, oldest, endings=(".wav",))
    if count:
        log.info("recordings.expired", count=count)
    return count


def _recordings_gone(now: datetime, calls: list[str], tries: list[int], store: Store) -> None:
    store.retention.recordings_gone(now, calls, tries)


async def expire_photos(store: StoreThread, clock: Clock, instance: Instance, pause_s: float = PAUSE_S) -> int:
    """Remove old photos and files without a row; returns their number."""
    now, folder, count = clock(), instance.var / "media", 0
    before = now - timedelta(seconds=instance.site.photos_kept_s)
    while rows := await store.read(lambda store: store.retention.old_photos(before)):
        await asyncio.to_thread(erasing.remove_files, folder, [row["value"] for row in rows])
        await store.write(partial(_photos_gone, now, [row["id"] for row in rows]))
        count += len(rows)
        await asyncio.sleep(pause_s)
    known = await store.read(lambda store: store.retention.photos())
    oldest = now.timestamp() - STRAY_S
    count += await asyncio.to_thread(erasing.remove_strays, folder, known, oldest, endings=())
    if count:
        log.info("photos.expired", count=count)
    return count


def _photos_gone(now: datetime, ids: list[int], store: Store) -> None:
    store.retention.photos_gone(now, ids)


async def expire_reports(store: StoreThread, clock: Clock, kept_s: float, pause_s: float = PAUSE_S) -> int:
    """Blank the personal data of old reports; returns the number of tickets."""
    now, done = clock(), 0
    before = now - timedelta(seconds=kept_s)
    await store.write(lambda store: store.handovers.expire_notes(before))
    while count := await store.write(lambda store: store.retention.expire_reports(now, before)):
        done += count
        await asyncio.sleep(pause_s)
    if done:
        log.info("reports.expired", tickets=done, before=before.isoformat())
    return done
