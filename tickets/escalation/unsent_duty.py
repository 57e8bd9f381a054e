"""Pushes emergencies that nobody has sent: the operator's desk, all desks, the command centre, until somebody acts.

A push is a journal row and a count that pages show with a tone; how many of them were open is recorded with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog

from tickets.errors import StoreUnavailable
from tickets.escalation.unsent import URGENT_KIND, UnsentRules, UnsentStep
from tickets.escalation.unsent_channels import UnsentChannels
from tickets.model import Row, from_text
from tickets.routing import Routing
from tickets.store import Store

T = TypeVar("T")
# Pause between two looks for a new episode; what is planned is pushed in its moment.
LOOK_S = 2.0
# Open tickets of so long ago are looked at when the daemon starts; older ones are no work of a present shift.
RECENT = timedelta(hours=24)

log = structlog.get_logger(__name__)


class Reads(Protocol):
    """The store's reading side."""

    async def read(self, job: Callable[[Store], T]) -> T:
        """Run `job` over the store."""
        ...


class UnsentDuty:
    """One look pushes what is due; nothing of it lives in memory but which signs the store was handed last."""

    def __init__(
        self,
        store: Reads,
        write: Callable[[Callable[[Store], Any]], Awaitable[Any]],
        routing: Callable[[], Routing],
        clock: Callable[[], datetime],
        channels: UnsentChannels,
    ) -> None:
        self._store = store
        self._write = write
        self._routing = routing
        self._clock = clock
        self.channels = channels
        self._known: tuple[object, ...] = ()
        self._planned: tuple[UnsentStep, ...] | None = None  # by which channels are planned

    async def look(self) -> float:
        """Begin the ladders and push the steps that are due; returns the seconds until the next look."""
        now, routing = self._clock(), self._routing()
        known = (routing.categories, routing.unsent.words)
        try:
            if known != self._known:
                await self._write(lambda store: take_signs(store, routing, now))
                self._known = known
            if routing.unsent.steps != self._planned:
                await self._write(lambda store: plan_channels(store, routing.unsent, now))
                self._planned = routing.unsent.steps
            due = await self._store.read(lambda store: next_due(store, routing.unsent))
            if due is not None and due <= now:
                await self._write(lambda store: push(store, routing.unsent, now))
                due = await self._store.read(lambda store: next_due(store, routing.unsent))
        except StoreUnavailable as error:  # pages sound by themselves meanwhile
            log.warning("unsent.not_pushed", error=str(error))
            await self.channels.look()
            return LOOK_S
        due = min(filter(None, (due, await self.channels.look())), default=None)
        return LOOK_S if due is None else min(max((due - self._clock()).total_seconds(), 0.05), LOOK_S)


def take_signs(store: Store, routing: Routing, now: datetime) -> None:
    """Hand the store what counts as a sign, and look at the open tickets with it."""
    urgent = {code for code, category in routing.categories.items() if category.kind == URGENT_KIND}
    store.unsent.set_signs(urgent, routing.unsent.words)
    store.unsent.sweep(now, now - RECENT)


def next_due(store: Store, rules: UnsentRules) -> datetime | None:
    """Time at which a ladder begins or a step is pushed next."""
    moments = [begun for _episode, begun in store.unsent_pushes.beginning(rules)]
    due = store.unsent_pushes.next_due()
    return min([*moments, *([due] if due else [])], default=None)


def push(store: Store, rules: UnsentRules, now: datetime) -> None:
    """Begin what begins, then push each due step in the order of its ladder."""
    began = False
    for episode, begun in store.unsent_pushes.beginning(rules):
        if begun <= now:
            store.unsent_pushes.begin(now, episode, begun, rules.steps)
            began = True
    if began:
        plan_channels(store, rules, now)
    forward: set[tuple[int, int]] = set()  # steps whose turn came early: nobody was there before them
    for step in store.unsent_pushes.steps():
        due = from_text(step["due_at"])
        early = step["tries"] == 0 and (step["episode"], step["step"]) in forward
        if due > now and not early:
            continue
        pages, busy = open_pages(store, now, step)
        store.unsent_pushes.pushed(now, step, pages, following(min(due, now), step["every_s"], now), busy)
        if not pages:
            forward.add((step["episode"], step["step"] + 1))


def plan_channels(store: Store, rules: UnsentRules, now: datetime) -> None:
    """Give the steps of open episodes the contacts and channels that the configuration names."""
    store.unsent_targets.plan(now, store.unsent_pushes.steps(), {step.audience: step.ways for step in rules.steps})


def following(due: datetime, every_s: float, now: datetime) -> datetime:
    """Time of a step's next push, on its grid: a late daemon makes no drift."""
    every = timedelta(seconds=every_s)
    return due + ((now - due) // every + 1) * every


def open_pages(store: Store, now: datetime, step: Row) -> tuple[int, int]:
    """Numbers of the audience's pages that sound, and of those that keep quiet while somebody talks there."""
    if step["audience"] == "command_centre":
        return store.people.pages_open(now, "command", None), 0
    if step["audience"] == "room":
        return store.people.desks_open(now)
    return store.people.desks_open(now, step["operator"]) if step["operator"] else (0, 0)
