"""The duty that watches trunks: what is told on the wall, in the journal and in metrics, and when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asterisk.errors import LaunchError
from asterisk.site import AsteriskSite, Trunk
from asterisk.trunks.settings import Outgoing, Registration, Wire
from operations.trunks.watching import LOOKS, TrunkWatch
from tests.asterisk.test_render import SITE
from tickets.model import Row
from tickets.store.thread import StoreThread

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
TELKOM = Trunk(
    "telkom", ("192.0.2.10",), contact="sip:192.0.2.10", spare=("sip:192.0.2.11:5060",), wire=Wire(qualify_s=15)
)
VOIP = Trunk("voip", (), outgoing=Outgoing(user="u"), registration=Registration("sip:ims.contoh"))
KANTOR = Trunk("kantor", ("192.0.2.50",), channels=4, reserve=1)
SERVES = {
    "pjsip show contacts": "  Contact:  trunk-telkom/sip:192.0.2.10 1f3a Avail  3.1\n"
    "  Contact:  trunk-telkom-2/sip:192.0.2.11:5060 2f3a Avail  3.1\n  Contact:  op1/sip:op1@x 3f Unavail nan\n",
    "pjsip show registrations": " trunk-voip/sip:ims.contoh   trunk-voip   Registered  (exp. 3595s)\n",
    "core show channels concise": "PJSIP/trunk-kantor-0000001f!line!s!2!Up\nPJSIP/op1-00000002!a!s!1!Up\n",
}


class Console:
    """Asterisk's control socket: what it says, or that it says nothing."""

    def __init__(self) -> None:
        self.texts = dict(SERVES)
        self.away = False

    async def command(self, line: str, limit_s: float = 5.0) -> str:
        """The text of a command."""
        if self.away:
            raise LaunchError("mati")
        return self.texts[line]

    def says(self, command: str, before: str, after: str) -> None:
        """Change one word of a text."""
        assert before in self.texts[command]
        self.texts[command] = self.texts[command].replace(before, after, 1)


class World:
    """A watch over three trunks, a store, and a clock that is set by hand."""

    def __init__(self, store: StoreThread) -> None:
        self.store, self.console, self.now = store, Console(), NOW
        self.site: AsteriskSite = replace(SITE, trunks=(TELKOM, VOIP, KANTOR))
        self.watch = TrunkWatch(self.console, lambda: self.site, store, lambda: self.now, "steward")

    async def looks(self, times: int = LOOKS) -> list[tuple[str, str]]:
        """Look so many times, five seconds apart; the trunks in trouble after it."""
        for _ in range(times):
            self.now += timedelta(seconds=5)
            await self.watch.look()
        return [(row["trunk"], row["kind"]) for row in await self.rows()]

    async def rows(self) -> list[Row]:
        """What the wall shows."""
        rows: list[Row] = await self.store.read(lambda store: store.trunk_troubles.all())
        return rows

    async def journal(self) -> list[tuple[str, str, str]]:
        """Rows of trunks in the journal."""
        rows = await self.store.read(lambda store: store.journal.after(0))
        return [(row["kind"], row["data"]["trunk"], row["data"]["trouble"]) for row in rows]

    def metrics(self) -> dict[tuple[str, str], float]:
        """The metrics by name and trunk."""
        samples = [sample for metric in self.watch.collect() for sample in metric.samples]
        return {(sample.name, sample.labels["trunk"]): sample.value for sample in samples}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An open store and the watch."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    yield World(store)
    await store.close()


async def test_trunks_that_serve_are_told_by_metrics_alone(world: World) -> None:
    """Nothing on the wall, nothing in the journal."""
    assert await world.looks(3) == []
    assert await world.journal() == []
    assert world.metrics() == {
        ("tanggap_trunk_up", "telkom"): 1,
        ("tanggap_trunk_registered", "voip"): 1,
        ("tanggap_trunk_channels", "kantor"): 1,
    }


async def test_a_silent_trunk_stands_on_the_wall_until_it_answers(world: World) -> None:
    """After two looks; `since` stays, the second contact's silence changes the sentence, and the end is told."""
    world.console.says("pjsip show contacts", "Avail", "Unavail")
    assert await world.looks(1) == []
    assert await world.looks(1) == [("telkom", "partly")]
    [row] = await world.rows()
    assert row["sentence"] == "192.0.2.10 dari trunk telkom tidak menjawab; dipakai 192.0.2.11"
    world.console.says("pjsip show contacts", " Avail", " Unavail")
    assert await world.looks() == [("telkom", "silent")]
    [row] = await world.rows()
    assert row["sentence"] == "trunk telkom tidak menjawab (192.0.2.10 dan 192.0.2.11): panggilan keluar tidak bisa"
    since = row["since"]
    assert await world.looks(5) == [("telkom", "silent")]
    assert [row["since"] for row in await world.rows()] == [since]
    assert world.metrics()["tanggap_trunk_up", "telkom"] == 0
    world.console.texts = dict(SERVES)
    assert await world.looks(1) == []
    assert await world.journal() == [
        ("trunk.trouble", "telkom", "partly"),
        ("trunk.trouble", "telkom", "silent"),
        ("trunk.well", "telkom", "silent"),
    ]


@pytest.mark.parametrize(
    ("state", "why"),
    [("Rejected ", "operator menolak user atau kata sandinya"), ("Unregistered", "server tidak menjawab")],
)
async def test_a_trunk_that_is_not_registered(world: World, state: str, why: str) -> None:
    """The sentence says why."""
    world.console.says("pjsip show registrations", "Registered", state)
    assert await world.looks() == [("voip", "unregistered")]
    [row] = await world.rows()
    assert row["sentence"] == f"trunk voip tidak terdaftar di ims.contoh: {why}; panggilan masuk mungkin tidak sampai"


async def test_a_full_trunk_is_told_at_once(world: World) -> None:
    """As soon as only the channels of callers are left; its end at once, too."""
    world.console.texts["core show channels concise"] = "".join(f"PJSIP/trunk-kantor-0000000{n}!x\n" for n in range(3))
    assert await world.looks(1) == [("kantor", "full")]
    [row] = await world.rows()
    assert row["sentence"] == (
        "3 dari 4 saluran trunk kantor dipakai, 1 terakhir untuk penelepon: panggilan keluar menunggu"
    )
    world.console.texts = dict(SERVES)
    assert await world.looks(1) == []


async def test_an_asterisk_that_is_away_says_nothing_of_trunks(world: World) -> None:
    """Its own alarm tells that; what is first asked after a start is no trouble either."""
    world.console.says("pjsip show contacts", "Avail", "NonQual")
    world.console.says("pjsip show contacts", " Avail", " Unknown")
    assert await world.looks(3) == []
    world.console.away = True
    assert await world.looks(3) == []
    assert world.metrics() == {}


async def test_a_trunk_that_left_the_configuration_leaves_the_wall(world: World) -> None:
    """Also where the supervisor was started anew meanwhile."""
    world.console.says("pjsip show registrations", "Registered", "Rejected")
    await world.looks()
    world.site = replace(SITE, trunks=(TELKOM,))
    world.watch = TrunkWatch(world.console, lambda: world.site, world.store, lambda: world.now, "steward")
    assert await world.looks(1) == []
