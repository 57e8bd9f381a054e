"""The searches that operators would type, each many times with other words."""

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack, ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from asterisk.phone_numbers import normalise
from bench.searching.seed import AGENCIES, CATEGORIES, KECAMATAN, STORY, Region
from console.api.searching import answered
from tickets.cases.searching import Answer, Asked, Found, Seeker, find, search
from tickets.model import Actor
from tickets.store import Store
from tickets.store.thread import StoreThread

WIB = ZoneInfo("Asia/Jakarta")
BLOCK = 1 << 20
BENCH = Seeker(Actor("process", "bench"))


@dataclass(frozen=True, slots=True)
class Timed:
    """One search: its kind, milliseconds with its row in the journal, those of the processor alone (0 where several
    threads search), its hits, and whether it said that there may be more behind what it looked at."""

    kind: str
    ms: float
    cpu_ms: float
    hits: int
    unfinished: bool


def asked(region: Region, rng: random.Random) -> dict[str, Asked]:
    """One of each kind."""
    phone, name = rng.choice(region.phones), rng.choice(region.names)
    rare, frequent = rng.choice(region.streets), STORY[rng.randrange(20)]
    day = datetime.now(UTC).date() - timedelta(days=rng.randrange(60, max(61, region.days)))
    swapped = rare[:3] + rare[4:3:-1] + rare[5:] if len(rare) > 5 else rare
    return {
        "whole number": Asked(f"0{phone[3:6]}-{phone[6:10]}-{phone[10:]}"),
        "last digits": Asked(phone[-5:]),
        "number that never called": Asked(f"08999{rng.randrange(10**7):07d}"),
        "ticket's number": Asked(f"T-{day:%Y%m%d}-{rng.randrange(900) + 1:04d}"),
        "name": Asked(f"{name} {region.names[rng.randrange(40)]}"),
        "two common names": Asked(f"{region.names[rng.randrange(10)]} {region.names[rng.randrange(10)]}"),
        "words and place": Asked(f"{frequent} {STORY[rng.randrange(40)]} {rng.choice(KECAMATAN)}"),
        "beginning of a word": Asked(f"{frequent[:4]} {rare}"),
        "misspelled": Asked(swapped),
        "words that nobody said": Asked(f"zq{rare} {frequent}"),
        "word and filters": Asked(
            frequent,
            day,
            day + timedelta(days=60),
            filters={
                "agency": rng.choice(AGENCIES),
                "category": rng.choice(CATEGORIES),
                "operator": f"op{rng.randrange(12) + 1}",
            },
        ),
        "filters of all years": Asked(
            filters={
                "state": "done",
                "agency": rng.choice(AGENCIES),
                "category": rng.choice(CATEGORIES),
                "kecamatan": rng.choice(KECAMATAN),
                "operator": f"op{rng.randrange(4) * 3 + 1}",
                "outcome": "talked",
            },
        ),
        "filters that nothing passes": Asked(
            f"{rng.choice(KECAMATAN)} {STORY[rng.randrange(40)]}",
            filters={"outcome": "silent", "category": rng.choice(CATEGORIES), "operator": f"op{rng.randrange(12) + 1}"},
        ),
        "days": Asked("", day, day, filters={"state": "closed"}),
    }


def measure(path: Path, region: Region, rounds: int, seed: int = 7, *, cold: bool = False) -> list[Timed]:
    """Each kind so many times. `cold`: by a console that has just begun, of a file that nobody has read for long."""
    rng, timed = random.Random(seed), []
    with ExitStack() as stack:
        store = None if cold else stack.enter_context(closing(Store(path, migrate=False)))
        for _round in range(rounds):
            for kind, wanted in asked(region, rng).items():
                if store is not None:
                    timed.append(_timed(store, kind, wanted))
                    continue
                _forgotten(path)
                timed.append(asyncio.run(_as_the_console(path, kind, wanted)))
    return timed


def _timed(store: Store, kind: str, wanted: Asked) -> Timed:
    now, cpu, began = datetime.now(UTC), time.thread_time(), time.perf_counter()
    answer = search(store, wanted, BENCH, WIB, now, lambda text: normalise(text).e164)
    answer.finding.note(store, now, BENCH.actor)
    took, worked = time.perf_counter() - began, time.thread_time() - cpu
    return Timed(kind, took * 1000, worked * 1000, *_hits(answer, wanted))


def _hits(answer: Answer, wanted: Asked) -> tuple[int, bool]:
    """The number of hits, and whether there may be more behind what was looked at."""
    count = len(answer.shown["hits"])
    return count, bool(answer.shown["more"]) and count < wanted.limit


async def _as_the_console(path: Path, kind: str, wanted: Asked) -> Timed:
    """One search with the reading connections of a console."""
    async with AsyncExitStack() as stack:
        store = await StoreThread(path).open()
        stack.push_async_callback(store.close)
        now, began = datetime.now(UTC), time.perf_counter()
        look = partial(find, asked=wanted, user=BENCH, zone=WIB, now=now, number_of=lambda text: normalise(text).e164)
        note = partial(Found.note, now=now, actor=BENCH.actor)
        answer = await answered(store, look, partial(Found.answer, user=BENCH), note)
        took = time.perf_counter() - began
        return Timed(kind, took * 1000, 0.0, *_hits(answer, wanted))


def remember(path: Path) -> None:
    """Let the system have the whole file in memory: a store that was made before lies on the disk alone."""
    with path.open("rb", buffering=0) as file:
        while file.read(BLOCK):
            pass


def _forgotten(path: Path) -> None:
    """Let the system forget what it keeps of the file in memory; without effect where the file lies in memory."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)
