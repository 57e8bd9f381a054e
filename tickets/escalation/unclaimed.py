"""Picks due pushes while no claim can be written, from the store and from what happened since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from tickets.escalation.picking import Picked, Picker
from tickets.escalation.unwritten import Unwritten
from tickets.model import ContactChannel, DuePush, Row
from tickets.store import Store


def pick_unclaimed(picker: Picker, store: Store, unwritten: Unwritten) -> list[Picked]:
    """Pick the pushes to send now; runs in the store's reading thread, and writes nothing."""
    picked, _due = picker.pick(cast(Store, _ReadOnly(store, unwritten)))
    return picked


class _ReadOnly:
    """A store whose claims and postponements stand in `unwritten`."""

    def __init__(self, store: Store, unwritten: Unwritten) -> None:
        self.absences = store.absences
        self.snoozes = store.snoozes
        self.nudges = store.nudges
        self.tickets = store.tickets
        self.positions = store.positions
        self.assignments = _Assignments(store, unwritten)
        self.amendments = _Amendments(store)


class _Assignments:
    def __init__(self, store: Store, unwritten: Unwritten) -> None:
        self._assignments = store.assignments
        self._unwritten = unwritten
        self._claimed: dict[int, DuePush] = {}

    def claim(
        self, now: datetime, me: str, lease_s: float, limit: int, without: Iterable[ContactChannel] = ()
    ) -> list[DuePush]:
        ways, due = set(without), self._unwritten.due(self._assignments.due(now), now)
        free = [push for push in due if push.id not in self._claimed and (push.contact, push.channel) not in ways]
        self._claimed |= {push.id: push for push in free[:limit]}
        return free[:limit]

    def give_back(self, me: str, pushes: Sequence[int]) -> None:
        for push in pushes:
            self._claimed.pop(push, None)

    def put_off(self, now: datetime, way: ContactChannel, until: datetime, *, first: bool) -> None:
        self._unwritten.put_off(way, until, first=first)

    def postpone(self, push: int, me: str, due_at: datetime) -> None:
        self._unwritten.postpone(self._claimed[push], due_at)

    def step_pushes(self, push: DuePush) -> list[Row]:
        return self._assignments.step_pushes(push)

    def last_attempt(self, contact: str, channel: str, now: datetime | None = None) -> datetime | None:
        known = self._assignments.last_attempt(contact, channel, now), self._unwritten.last((contact, channel))
        return max((at for at in known if at is not None), default=None)

    def next_due(self, without: Iterable[ContactChannel] = ()) -> datetime | None:
        return None


class _Amendments:
    """Changes that were kept before the store took no more: none is planned or noted now."""

    def __init__(self, store: Store) -> None:
        self._amendments = store.amendments

    def unplanned(self) -> list[int]:
        return []

    def taken_up(self, assignment: int) -> list[Row]:
        return self._amendments.unread(assignment)
