"""`tanggap agi`: the fail-safe with tickets, while the calls process is away. Wires store and FastAGI server."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from asterisk.agi import AgiServer
from instance import Instance
from instance.spill_place import spill_files
from line.call_writer import READ_BACK_S, CallWriter
from line.failsafe_desk import FailsafeDesk
from processes.heartbeat import Heartbeat
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tickets.store.thread import StoreThread

# a write that takes longer is spilled; the fail-safe goes on without a ticket after 2 s
LIMIT_S = 1.5


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """Serve Asterisk's fail-safe branch until `stop` is set."""
    keeper = TaskKeeper()
    store = await StoreThread(instance().var / "tanggap.db").open()
    vitals.watch(store)
    writer = await CallWriter(store, spill_files(instance(), "agi"), clock, keeper.start, "agi", LIMIT_S).open()
    desk = FailsafeDesk(instance, store, writer, clock)
    server = AgiServer("127.0.0.1", instance().site.asterisk.agi_port, desk.serve)
    try:
        await server.start()
        heart = Heartbeat(store, clock, "agi", vitals.beat, data=lambda: {"edition": instance().edition})
        vitals.duties.start(keeper.start, "beat", heart.beat)
        vitals.duties.start(keeper.start, "ledger", writer.keep, limit_s=READ_BACK_S, restarts=False)
        await stop.wait()
    finally:
        await server.close()
        await writer.close()
        await keeper.close()
        await store.close()
