"""Every process does its duties under a name that is watched, also while there is no Asterisk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from instance import Instance, load
from operations import steward
from processes.running import Main
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tanggap import agi, calls, console, escalate
from tests.asterisk.rig import free_site
from tests.fixtures import Edit

DAEMON = {"escalate-cycle", "escalate-follow", "escalate-beat", "escalate-unsent"}
DUTIES = {
    "agi": (agi.run, {"beat", "ledger"}),
    "calls": (calls.run, {"presence"}),  # the others as soon as Asterisk is there
    "console": (
        console.run,
        {"follow", "tick", "push", "beat", "certificate", "configuration", "retention", "search", "storage"},
    ),
    "escalate": (escalate.run, DAEMON | {"escalate", "answers", "page-tests", "wadul-bridge", "wadul-clock"}),
    "steward": (steward.run, {"beat", "applying", "asterisk", "ballast", "page-test", "backup", "refused"}),
}


def an_instance(edited: Edit) -> Instance:
    """The shipped configuration on free ports; nothing listens there."""
    instance = load(edited())
    asterisk = free_site()
    site = instance.site
    ports = replace(site.asterisk, http_port=asterisk.http_port, ami_port=asterisk.ami_port, agi_port=asterisk.agi_port)
    web = replace(site.console, port=free_site().http_port, tls=False)
    return replace(instance, site=replace(site, asterisk=ports, console=web))


@pytest.mark.parametrize("name", DUTIES)
async def test_the_duties_of_a_process(edited: Edit, name: str) -> None:
    """They are there by name, all of them move, and nothing is left when the process is told to stop."""
    main: Main
    main, names = DUTIES[name]
    instance, stop, vitals, keeper = an_instance(edited), asyncio.Event(), Vitals(name), TaskKeeper()
    running = keeper.start("main", main(lambda: instance, lambda: datetime.now(UTC), stop, vitals))
    async with asyncio.timeout(20):
        while {duty.name for duty in vitals.duties} != names:
            assert not running.done()
            await asyncio.sleep(0.01)
    vitals.duties.look(1)
    assert vitals.duties.troubles == {}
    stop.set()
    async with asyncio.timeout(20):
        await running
    await keeper.close()
    vitals.stopping()
