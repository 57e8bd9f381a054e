"""State of the configuration on the pages: refused, waiting for a restart, not in force."""

import asyncio
from pathlib import Path

import pytest

from tests.console.desk112 import NOW, RunningConsole, console
from tests.console.live.test_live import page, snapshot
from tickets.model import Actor


async def test_refused_configuration_stands_on_the_wall_until_it_is_right(desk: RunningConsole) -> None:
    """With its sentences; gone with the next accepted one."""
    async with page(desk, "pusat", "page=overview") as socket:
        assert (await snapshot(socket))["problems"] == []
        problems = ["routing.yaml:3:1: OPD x tidak ada"]
        actor = Actor("process", "calls")
        await desk.store.write(
            lambda store: store.journal.append(desk.clock.now, "config.refused", actor, data={"problems": problems})
        )
        assert problems == (await snapshot(socket))["problems"]
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, "config.accepted", actor))
        assert (await snapshot(socket))["problems"] == []


async def test_a_change_that_waits_for_a_restart_is_no_refusal(desk: RunningConsole) -> None:
    """It stands on the wall by itself until a configuration is accepted whole."""
    async with page(desk, "pusat", "page=overview") as socket:
        assert (await snapshot(socket))["restart"] == []
        problems, actor = ["peringatan: site.yaml: baru dipakai setelah dijalankan ulang"], Actor("process", "up")
        row = ("config.restart_needed", actor)
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, *row, data={"problems": problems}))
        data = await snapshot(socket)
        assert (data["restart"], data["problems"]) == (problems, [])
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, "config.accepted", actor))
        assert (await snapshot(socket))["restart"] == []


@pytest.mark.parametrize("kind", ["refused", "waiting", "behind"])
async def test_a_console_that_starts_again_says_what_holds_of_the_configuration(tmp_path: Path, kind: str) -> None:
    """The others went on meanwhile; only a new supervisor, who says all of it anew, makes it forgotten."""
    shown = "restart" if kind == "waiting" else "problems"
    async with console(tmp_path) as before:
        data = {"edition": 1, "config": {kind: ["dulu"]}}
        await before.store.write(lambda store: store.people.beat(NOW, "steward", 1, data))
    async with console(tmp_path, users=False) as after, page(after, "pusat", "page=overview") as socket:
        async with asyncio.timeout(20):  # the page may be there before the console has read the supervisor's heartbeat
            while (await snapshot(socket))[shown] != ["dulu"]:
                pass
        row = ("config.followed", Actor("process", "up"))
        await after.store.write(lambda store: store.journal.append(NOW, *row, data={"edition": 1}))
        assert (await snapshot(socket))[shown] == []


async def test_what_is_not_in_force_stands_on_the_wall_until_it_is(desk: RunningConsole) -> None:
    """A process or Asterisk with another edition; that a change was accepted does not make it go."""
    async with page(desk, "pusat", "page=overview") as socket:
        assert (await snapshot(socket))["problems"] == []
        behind, actor = ["proses agi memakai konfigurasi edisi 1, yang berlaku edisi 2"], Actor("process", "up")
        row = ("config.not_in_force", actor)
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, *row, data={"problems": behind}))
        assert (await snapshot(socket))["problems"] == behind
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, "config.accepted", actor))
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, "config.in_force", actor))
        assert (await snapshot(socket))["problems"] == []


async def test_what_still_waits_outlives_a_change_that_is_accepted(desk: RunningConsole) -> None:
    """hours.yaml counts at once, site.yaml after a restart: the first does not hide the second."""
    async with page(desk, "pusat", "page=overview") as socket:
        await snapshot(socket)
        waiting, actor = ["peringatan: site.yaml: baru dipakai setelah dijalankan ulang"], Actor("process", "up")
        row = ("config.accepted", actor)
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, *row, data={"waiting": waiting}))
        assert (await snapshot(socket))["restart"] == waiting
