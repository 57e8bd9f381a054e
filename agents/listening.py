"""Listening gives way: a call that must not wait rings at the desk of an operator who only listens."""

from collections.abc import Sequence

from agents.presence import Desk
from agents.waiting import Line, Offer

MUST_NOT_WAIT = ("urgent", "normal")


def interruptions(line: Line, listeners: Sequence[Desk]) -> tuple[Offer, ...]:
    """For urgent and normal calls that no free operator was left for: one listener each, who hears this very call or
    has been idle longest."""
    idle = list(listeners)
    made: list[Offer] = []
    for entry in line.ordered():
        if entry.ringing or entry.lane not in MUST_NOT_WAIT or not idle:
            continue
        desk = next((one for one in idle if one.listens == entry.call), idle[0])
        idle.remove(desk)
        made.append(Offer(entry.call, (desk.operator,)))
    return tuple(made)
