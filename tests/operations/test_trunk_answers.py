"""Trunks that fall silent: told when they had answered before, in the heartbeat, over a restart, and no others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asterisk.site import Trunk
from instance import Instance, load
from operations.trunk_answers import TrunkAnswers
from tests.fixtures import Edit
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Sbcs:
    """Answers, or does not, by the trunk's name; the time goes on by a minute with each round."""

    def __init__(self, instance: Instance, store: StoreThread) -> None:
        self.there = {"telkom": True, "icon": True, "bisu": False}
        trunks = tuple(Trunk(name, ("192.0.2.9",), contact=f"sip:192.0.2.9;n={name}") for name in self.there)
        site = replace(instance.site, asterisk=replace(instance.site.asterisk, trunks=trunks))
        self.instance, self.store, self.now = replace(instance, site=site), store, NOON
        self.watch = self.begun()

    def begun(self) -> TrunkAnswers:
        """A process that begins."""
        return TrunkAnswers(lambda: self.instance, self.store, lambda: self.now, "steward", self.ask)

    async def ask(self, trunk: Trunk) -> bool:
        """One question."""
        return self.there[trunk.name]

    async def look(self, times: int = 1) -> dict[str, str | None]:
        """So many rounds."""
        for _ in range(times):
            self.now += timedelta(minutes=1)
            await self.watch.look()
        return self.watch.state()


@pytest.fixture
async def sbcs(edited: Edit, tmp_path: Path) -> AsyncIterator[Sbcs]:
    """Three trunks, of which one never answers."""
    instance = load(edited())
    store = await StoreThread(tmp_path / "tanggap.db").open()
    yield Sbcs(instance, store)
    await store.close()


async def test_a_trunk_that_falls_silent_is_told_with_the_time(sbcs: Sbcs) -> None:
    """After the second question without an answer; when it answers again it is well. One that never did is not told."""
    assert await sbcs.look() == {"telkom": None, "icon": None}
    sbcs.there["telkom"] = False
    assert await sbcs.look() == {"telkom": None, "icon": None}
    since = "2026-11-22T05:03:00.000000+00:00"
    assert await sbcs.look() == {"telkom": since, "icon": None}
    assert await sbcs.look(3) == {"telkom": since, "icon": None}
    sbcs.there["telkom"] = True
    assert await sbcs.look() == {"telkom": None, "icon": None}


async def test_a_single_lost_answer_is_no_silence(sbcs: Sbcs) -> None:
    """Packets are lost: only questions in a row count."""
    for there in (True, False, True, False, True):
        sbcs.there["telkom"] = there
        assert (await sbcs.look())["telkom"] is None


async def test_the_next_process_goes_on_with_what_was_known(sbcs: Sbcs) -> None:
    """A supervisor that was started anew while a trunk is silent still tells it, and since when; a trunk that is in the
    configuration no more is forgotten."""
    await sbcs.look()
    sbcs.there["telkom"] = sbcs.there["icon"] = False
    state = await sbcs.look(2)
    await sbcs.store.write(lambda store: store.people.beat(sbcs.now, "steward", 1, {"trunks": state}))
    trunks = tuple(trunk for trunk in sbcs.instance.site.asterisk.trunks if trunk.name != "icon")
    site = replace(sbcs.instance.site, asterisk=replace(sbcs.instance.site.asterisk, trunks=trunks))
    sbcs.instance = replace(sbcs.instance, site=site)
    sbcs.watch = sbcs.begun()
    assert await sbcs.look() == {"telkom": state["telkom"]}
