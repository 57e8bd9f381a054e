"""The ten searches that operators would type, each many times with other words."""

import random
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from asterisk.phone_numbers import normalise
from bench.searching.seed import AGENCIES, CATEGORIES, KECAMATAN, STORY, Region
from tickets.cases.searching import Asked, Seeker, search
from tickets.model import Actor
from tickets.store import Store

WIB = ZoneInfo("Asia/Jakarta")
BENCH = Seeker(Actor("process", "bench"))


@dataclass(frozen=True, slots=True)
class Timed:
    """One search: its kind, milliseconds with its row in the journal, and its hits."""

    kind: str
    ms: float
    hits: int


def asked(region: Region, rng: random.Random) -> dict[str, Asked]:
    """One of each kind."""
    phone, name = rng.choice(region.phones), rng.choice(region.names)
    rare, frequent = rng.choice(region.streets), STORY[rng.randrange(20)]
    day = date(2026, 1, 1) - timedelta(days=rng.randrange(600))
    swapped = rare[:3] + rare[4:3:-1] + rare[5:] if len(rare) > 5 else rare
    return {
        "whole number": Asked(f"0{phone[3:6]}-{phone[6:10]}-{phone[10:]}"),
        "last digits": Asked(phone[-5:]),
        "number that never called": Asked(f"08999{rng.randrange(10**7):07d}"),
        "ticket's number": Asked(f"T-{day:%Y%m%d}-{rng.randrange(900) + 1:04d}"),
        "name": Asked(f"{name} {region.names[rng.randrange(40)]}"),
        "words and place": Asked(f"{frequent} {STORY[rng.randrange(40)]} {rng.choice(KECAMATAN)}"),
        "beginning of a word": Asked(f"{frequent[:4]} {rare}"),
        "misspelled": Asked(swapped),
        "words that nobody said": Asked(f"zq{rare} {frequent}"),
        "filters": Asked(
            frequent,
            day,
            day + timedelta(days=60),
            filters={
                "agency": rng.choice(AGENCIES),
                "category": rng.choice(CATEGORIES),
                "operator": f"op{rng.randrange(12) + 1}",
            },
        ),
    }


def measure(path: Path, region: Region, rounds: int) -> list[Timed]:
    """Each kind so many times."""
    rng, timed = random.Random(7), []
    with closing(Store(path, migrate=False)) as store:
        for _round in range(rounds):
            for kind, wanted in asked(region, rng).items():
                now, began = datetime.now(UTC), time.perf_counter()
                answer = search(store, wanted, BENCH, WIB, now, lambda text: normalise(text).e164)
                answer.note(store, now, BENCH.actor)
                timed.append(Timed(kind, (time.perf_counter() - began) * 1000, len(answer.tickets)))
    return timed
