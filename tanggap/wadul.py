"""The duties of the escalation process for complaints: the bridge to the government's application, and the terms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import aiohttp
import structlog

from instance import Instance, secrets_file
from tickets.complaints.bridge import Application, Bridge
from tickets.complaints.overdue import act, late
from tickets.errors import TicketError
from tickets.store.thread import StoreThread

LOOK_S = 30.0
# the government's application may be slow with each of several complaints
LIMIT_S = 120.0

log = structlog.get_logger(__name__)


def start(
    begin: Callable[..., object],
    instance: Callable[[], Instance],
    store: StoreThread,
    http: aiohttp.ClientSession,
    clock: Callable[[], datetime],
) -> None:
    """Start both duties with `begin(name, work, limit_s=…, vital=…)`; neither waits for a push."""
    bridge = Bridge(store, http, clock, lambda: application(instance()), lambda: instance().routing)
    begin("wadul-bridge", bridge.run, limit_s=LIMIT_S, vital=False)
    begin("wadul-clock", lambda: watch(instance, store, clock), limit_s=LIMIT_S, vital=False)


def application(instance: Instance) -> Application:
    """The government's application that site.yaml names, with the present key of var/secrets.json."""

    def key() -> bytes:
        return secrets_file.present(instance.home, instance.secrets).wadul_key.encode()

    site = instance.site
    return Application(site.wadul.url or "", key, site.wadul.give_up_s, ZoneInfo(site.time_zone))


async def watch(instance: Callable[[], Instance], store: StoreThread, clock: Callable[[], datetime]) -> None:
    """Look for late complaints until cancelled."""
    while True:
        current, now = instance(), clock()
        for ticket, term in await store.read(partial(late, terms=current.terms, now=now)):
            try:
                await store.write(
                    partial(act, routing=current.routing, terms=current.terms, now=now, ticket=ticket, term=term)
                )
            except TicketError as error:  # go on with the other complaints; the next round tries this one again
                log.exception("wadul.overdue_failed", ticket=ticket, error=str(error))
        await asyncio.sleep(LOOK_S)
