"""Interruptions: a call that must not wait rings at the desk of an operator who only listens to another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agents.presence import Desk
from agents.waiting import Line, LineRules, Offer, Waiting


def interruptions(line: Line, listeners: Sequence[Desk], rules: LineRules, now: datetime) -> tuple[Offer, ...]:
    """One listening operator for each call that must not wait and for which no free operator is left.

    The operator who listens to that very call comes first, then the longest idle. Urgent and normal calls must not
    wait; an unverified one may for `unverified_max_s`."""
    idle = list(listeners)
    made: list[Offer] = []
    for entry in line.ordered():
        if entry.ringing or not idle or not _must_not_wait(entry, rules, now):
            continue
        desk = next((listener for listener in idle if listener.listens == entry.call), idle[0])
        idle.remove(desk)
        made.append(Offer(entry.call, (desk.operator,)))
    return tuple(made)


def _must_not_wait(entry: Waiting, rules: LineRules, now: datetime) -> bool:
    if entry.lane == "unverified":
        return now - entry.since >= timedelta(seconds=rules.unverified_max_s)
    return entry.lane in ("urgent", "normal")
