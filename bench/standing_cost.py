"""`bench/standing`: how long `store.reputations.standing` takes in a store of 100 000 verdicts, in one process.

A made-up history of 200 days: 30 000 numbers, one of them judged 3 000 times, and in the last ten minutes a trunk with
1 500 calls that were not brief (so that none of them ends the search for a flood early) beside one that is flooded.
"""

import argparse
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr.screening_rules import ScreeningRules
from tickets.model import to_text
from tickets.store import Store

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
NUMBERS = 30_000
WORST = "+6281300000000"
ROUNDS = 3_000
CALL = """INSERT INTO calls (id, number, display, anonymous, callable, dialled, arrived_at, ended_at, stage, ticket,
    handled_by, trunk) VALUES (:id, :number, :number, 0, 1, '112', :at, :end, 'ended', :ticket, 'calls', :trunk)"""
TICKET = """INSERT INTO tickets (number, source, kind, status, call, created_at, updated_at)
    VALUES (:ticket, 'call', 'unknown', 'closed', :id, :at, :at)"""
VERDICT = """INSERT INTO verdicts (ticket, call, number, hash, key, verdict, called_at, at, by)
    VALUES (:ticket, :id, :number, :hash, :key, :verdict, :at, :at, 'bench')"""


def number(index: int) -> str:
    """The index-th caller."""
    return f"+62812{index:08d}"


def fill(store: Store, verdicts: int) -> None:
    """Write the history."""
    chance = random.Random(112)
    words = ("prank", "prank", "prank", "prank", "genuine", "information", "silent")
    with store.transaction():
        for count in range(verdicts):
            caller = WORST if count % 33 == 0 else number(chance.randrange(NUMBERS))
            at = NOW - timedelta(days=chance.uniform(0.1, 200))
            row = _call(store, f"v{count}", caller, at, 60, "telkom")
            row |= {"hash": store.reputations.hash(caller), "key": store.reputations.key_name}
            store.connection.run(VERDICT, **(row | {"verdict": chance.choice(words)}))
        for count in range(1500):
            at = NOW - timedelta(seconds=chance.uniform(0, 590))
            _call(store, f"t{count}", number(count), at, 45, "telkom")
            _call(store, f"f{count}", WORST, at, 3, "flooded")
    store.connection.raw.execute("ANALYZE")


def _call(store: Store, id: str, caller: str, at: datetime, lasts: float, trunk: str) -> dict[str, object]:
    row = {"id": id, "number": caller, "ticket": f"T-{id}", "at": to_text(at)}
    store.connection.run(CALL, **row, end=to_text(at + timedelta(seconds=lasts)), trunk=trunk)
    store.connection.run(TICKET, id=id, ticket=row["ticket"], at=row["at"])
    return row


def measure(store: Store, caller: str | None, trunk: str) -> list[float]:
    """Milliseconds of each of many askings, sorted."""
    rules, took = ScreeningRules(), []
    for round in range(ROUNDS):
        calling = number(round) if caller == "any" else caller
        begun = time.perf_counter()
        store.reputations.standing(calling, trunk, NOW, rules)
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)


def main(verdicts: int) -> None:
    """Fill, measure, print."""
    with tempfile.TemporaryDirectory(prefix="tanggap-standing-") as folder:
        store = Store(Path(folder) / "tanggap.db", "a key of the bench")
        begun = time.perf_counter()
        fill(store, verdicts)
        print(f"{verdicts} verdicts, {NUMBERS} numbers: filled in {time.perf_counter() - begun:.1f} s")
        for case, caller, trunk in (
            ("any number, busy trunk", "any", "telkom"),
            ("any number, flooded trunk", "any", "flooded"),
            ("no number, busy trunk", None, "telkom"),
            ("judged 3 000 times and in a flood", WORST, "flooded"),
            ("unknown number, other trunk", "+6299", "other"),
        ):
            took = measure(store, caller, trunk)
            p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
            print(f"{case:<36} p50 {p50:6.3f} ms   p99 {p99:6.3f} ms   worst {took[-1]:6.3f} ms")
        store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench/standing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("verdicts", nargs="?", type=int, default=100_000, help="How many the store holds.")
    main(parser.parse_args().verdicts)
