"""Writes the past of the scenario's numbers before the drill begins: earlier calls and their verdicts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from asterisk.phone_numbers import normalise
from drills.plan import Plan
from tickets.model import Actor, day_of, to_text
from tickets.store import Store
from tickets.store.calls import NewCall

JUDGE = Actor("user", "latihan")
LASTED_S = 40.0


def remember(store: Store, plan: Plan, now: datetime) -> int:
    """Write the past of every pool's numbers, evenly over its days; the number of calls."""
    made = 0
    for name, pool in plan.scenario.file.numbers.items():
        words = ["prank"] * pool.prank + ["genuine"] * pool.genuine
        for number in plan.pools[name]:
            for at, word in enumerate(words):
                past = now - timedelta(days=pool.days * (len(words) - at) / (len(words) + 1))
                _judged_call(store, f"lalu-{number}-{at}", number, word, past)
                made += 1
    return made


def _judged_call(store: Store, call: str, number: str, verdict: str, at: datetime) -> None:
    known, over = normalise(number), at + timedelta(seconds=LASTED_S)
    new = NewCall(call, known.e164, known.display, known.anonymous, known.callable, "112")
    with store.transaction():
        ticket = store.calls.arrive(at, day_of(at, UTC), new)
        ended = {"answered_at": to_text(at), "ended_at": to_text(over), "stage": "ended", "outcome": "talked"}
        store.calls.step(over, call, ticket, ended, ())
        store.reputations.judge(over, ticket, verdict, JUDGE)
