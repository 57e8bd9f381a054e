"""The test of all contacts once a week, where site.yaml asks for it: the steward asks, the escalation process sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import structlog

from instance import Instance
from instance.site import PageTestSite
from tickets.errors import Conflict, TicketError
from tickets.escalation import contact_tests
from tickets.model import Actor
from tickets.store import Store
from tickets.store.thread import StoreThread

LOOK_S = 30.0
# A machine that was off at the hour asks at most so much later: nobody is rung at a time that was not agreed.
LATE = timedelta(hours=1)
STEWARD = Actor("process", "steward")

log = structlog.get_logger(__name__)


def is_due(wish: PageTestSite | None, zone: tzinfo, now: datetime, last: datetime | None) -> bool:
    """True when this week's hour has come and no test was asked for since; `last`: the last time that one was."""
    if wish is None:
        return False
    local = now.astimezone(zone)
    hour = local.replace(hour=wish.hour, minute=0, second=0, microsecond=0)
    hour -= timedelta(days=(local.weekday() - wish.day) % 7)
    if hour > local:
        hour -= timedelta(days=7)
    done = last is not None and hour <= last <= local
    return local < hour + LATE and not done


def ask_if_due(store: Store, instance: Instance, now: datetime) -> int | None:
    """Ask for this week's test run where it is due; returns its number."""
    last, zone = store.test_pushes.last_asked(STEWARD.name), ZoneInfo(instance.site.time_zone)
    if not is_due(instance.site.page_test, zone, now, last):
        return None
    return contact_tests.ask(store, instance.routing, now, STEWARD)


async def run(instance: Callable[[], Instance], store: StoreThread, clock: Callable[[], datetime]) -> None:
    """Look again and again, until cancelled."""
    while True:
        current, now = instance(), clock()
        if current.site.page_test is not None:
            try:
                asked = await store.write(lambda store, current=current, now=now: ask_if_due(store, current, now))  # type: ignore[misc]
                if asked is not None:
                    log.info("page_test.asked", run=asked)
            except Conflict as error:  # another run is under way; tried again within the hour
                log.info("page_test.not_asked", why=str(error))
            except TicketError as error:
                log.error("page_test.not_asked", why=str(error))
        await asyncio.sleep(LOOK_S)
