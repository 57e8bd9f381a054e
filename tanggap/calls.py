"""`tanggap calls`: answers the calls of the line. Wires the store, the call service and its measures."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from instance import Instance
from line.measures import measure
from line.service import CallService
from processes.running import freeze_garbage
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tickets.store.thread import StoreThread


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """Serve calls until `stop` is set; those that are there then stay in Asterisk."""
    keeper = TaskKeeper()
    store = await StoreThread(instance().var / "tanggap.db", lambda: instance().secrets.number_key).open()
    vitals.watch(store)
    service = CallService(instance, store, keeper, clock, vitals.duties)
    measure(service, vitals)
    try:
        starting = keeper.start("start", service.start())
        stopping = keeper.start("stop", stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and starting.exception() is not None:
            raise starting.exception()  # type: ignore[misc]
        freeze_garbage()  # of ARI's description, too
        await stop.wait()
    finally:
        await service.close()
        await keeper.close()
        await store.close()
