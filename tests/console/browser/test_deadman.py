"""Alarms of the pages themselves, in a real Chromium: a process is gone, or the server says nothing any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from console.live import client
from console.live.snapshots import SNAPSHOTS
from instance import REPOSITORY, load
from tests.console.browser.test_browser import IN_TIME_MS, page, talks
from tests.console.desk112 import RunningConsole
from tickets.store import Store

pytestmark = pytest.mark.browser
SILENT_MS = 30_000  # ten seconds of silence, three ticks, and a busy machine
ARMED = "async (siren) => (await import(siren)).armed()"
# when the page began each of its sounds
NOTE_SOUNDS = """() => {
    window.sounds = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { sounds.push(performance.now()); return start.call(this, at); };
}"""


async def all_alive(desk: RunningConsole, *but: str, asterisk: bool = True) -> None:
    """The processes say that they live, all but these."""

    def beat(store: Store) -> None:
        for name in {"calls", "agi", "escalate", "steward"} - set(but):
            store.people.beat(desk.clock.now, name, 1, {"asterisk": asterisk})

    await desk.store.write(beat)


def pauses(moments: list[float]) -> list[float]:
    """The time between each of them and the next."""
    return [after - before for before, after in pairwise(moments)]


async def alarms(opened: Page) -> list[float]:
    """The moments of the page's three tones, in seconds of its own clock."""
    beeps = [at / 1000 for at in await opened.evaluate("window.sounds")]
    assert len(beeps) % 3 == 0
    return beeps[::3]


async def heard(opened: Page, count: int) -> list[float]:
    """Its alarms once there are so many; the clock of the page goes ahead, second by second."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while len(moments := await alarms(opened)) < count:
            await opened.clock.run_for(1000)
    return moments


async def bottom(opened: Page, selector: str, *, top: bool = False) -> float:
    """The lower (or upper) edge of an element on the screen."""
    box = await opened.locator(selector).bounding_box()
    assert box is not None
    return box["y"] + (0 if top else box["height"])


@asynccontextmanager
async def sounding(browser: Browser, desk: RunningConsole, user: str) -> AsyncIterator[Page]:
    """A page whose sound is on."""
    async with page(browser, desk, user) as opened:
        await opened.locator(".clock").click()  # browsers let a page sound only after one, and in their own time
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while not await opened.evaluate(ARMED, f"/static/{desk.console.version}/js/shared/siren.js"):
                await asyncio.sleep(0.05)
        await opened.evaluate(NOTE_SOUNDS)
        yield opened


async def test_the_wall_shouts_when_a_process_is_gone(desk: RunningConsole, browser: Browser) -> None:
    """A red bar for each, a flashing title, and tones until they live again."""
    await all_alive(desk)
    async with sounding(browser, desk, "pusat") as wall:
        await expect(wall.locator("body")).not_to_have_attribute("data-alarm", "on")
        await expect(wall.locator(".bar.bad")).to_have_count(0)
        await desk.store.write(lambda store: store.connection.run("DELETE FROM heartbeats WHERE process != 'calls'"))
        await expect(wall.get_by_text("ESKALASI TIDAK HIDUP: OPD tidak didorong.")).to_be_visible(timeout=IN_TIME_MS)
        await expect(wall.get_by_text("Jalur cadangan tidak hidup")).to_be_visible()
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "on")
        await expect(wall).to_have_title("● SISTEM BERMASALAH", timeout=IN_TIME_MS)
        assert await alarms(wall) != []
        await all_alive(desk)
        await expect(wall.locator(".bar.bad")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "")


async def test_the_wall_shouts_when_asterisk_is_gone(desk: RunningConsole, browser: Browser) -> None:
    """The calls process lives and has no Asterisk: callers hear nothing."""
    await all_alive(desk, asterisk=False)
    async with sounding(browser, desk, "pusat") as wall:
        await expect(wall.get_by_text("ASTERISK TIDAK TERSAMBUNG")).to_be_visible(timeout=IN_TIME_MS)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "on")
        await all_alive(desk)
        await expect(wall.get_by_text("ASTERISK TIDAK TERSAMBUNG")).to_have_count(0, timeout=IN_TIME_MS)


async def test_pages_say_by_themselves_that_the_server_is_gone(desk: RunningConsole, browser: Browser) -> None:
    """Nobody is there to tell them. After ten seconds the wall shows a large bar and sounds every two seconds. Desks
    are told calmly what to do meanwhile: an agency with an alarm each quarter of a minute, an operator with one each
    minute, whose bar does not push the agencies below the fold."""
    await all_alive(desk)
    desk.console.take(replace(desk.console.setting, routing=load(REPOSITORY, secrets=False).routing))
    await talks(desk, "siti", mark="tanpa tombol")
    async with (
        sounding(browser, desk, "pusat") as wall,
        sounding(browser, desk, "siti") as siti,
        sounding(browser, desk, "damkar") as damkar,
    ):
        await expect(wall.locator(".bar.bad")).to_have_count(0)
        await siti.set_viewport_size({"width": 1366, "height": 768})
        await expect(siti.locator(".quick button")).to_have_count(8)
        await desk.die()
        for opened in (wall, siti, damkar):  # its clock is ours from here on, and the ten seconds are over
            await opened.clock.install()
            await opened.clock.fast_forward(10_000)
        await expect(wall.locator("body")).to_have_attribute("data-deadman", "lost", timeout=SILENT_MS)
        await expect(wall.locator(".bar.shout")).to_contain_text("HALAMAN INI TIDAK MENERIMA KABAR")
        await expect(wall).to_have_title("● TERPUTUS", timeout=IN_TIME_MS)
        for desks, words in (
            (siti, "Telepon Anda tetap berdering: layani penelepon, catat laporan di kertas"),
            (damkar, "tugas baru tidak masuk ke sini. Hubungi pusat kendali 112 lewat telepon."),
        ):
            await expect(desks.get_by_text(words)).to_be_visible(timeout=IN_TIME_MS)
            await expect(desks.locator(".bar.shout")).to_have_count(0)
        assert await bottom(siti, "#opds") <= await bottom(siti, ".actions", top=True) <= 768 - 44
        assert all(pause > 1.5 for pause in pauses(await heard(wall, 4)))
        assert all(pause > 14 for pause in pauses(await heard(damkar, 3)))
        assert len(await heard(siti, 1)) == 1
        assert all(pause > 59 for pause in pauses(await heard(siti, 2)))


async def test_the_wall_shouts_when_the_server_is_blind(
    desk: RunningConsole, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server speaks and cannot read its store: that is no news either."""
    await all_alive(desk)
    monkeypatch.setattr(client, "BEAT_S", 0.3)
    async with sounding(browser, desk, "pusat") as wall:
        # a page that is not connected yet would never be: its first snapshot is read before its socket opens
        await expect(wall.locator(".link-state")).to_have_text("tersambung", timeout=IN_TIME_MS)
        await expect(wall.locator(".bar.bad")).to_have_count(0)

        def unreadable(*_: object) -> None:
            raise OSError("disk I/O error")

        with monkeypatch.context() as broken:
            broken.setitem(SNAPSHOTS, "overview", unreadable)  # type: ignore[arg-type]
            async with asyncio.timeout(IN_TIME_MS / 1000):
                while not (desk.live.clients and all(page.blind for page in desk.live._clients)):
                    await asyncio.sleep(0.05)
            beats = asyncio.Event()

            async def write(page: client.Client, text: str, before: Any = client.Client._write) -> None:
                await before(page, text)
                beats.set()

            broken.setattr(client.Client, "_write", write)
            await wall.clock.install()
            for _ in range(8):  # not twelve seconds at once: beats go on, so that the socket does not count as dead
                await wall.clock.fast_forward(1500)
                for _ in range(2):  # the second of them was begun after the leap
                    beats.clear()
                    async with asyncio.timeout(IN_TIME_MS / 1000):
                        await beats.wait()
                await wall.wait_for_timeout(100)
            await expect(wall.locator("body")).to_have_attribute("data-deadman", "lost", timeout=SILENT_MS)
            await expect(wall.locator(".link-state")).to_have_text("tersambung")
        await expect(wall.locator("body")).to_have_attribute("data-deadman", "", timeout=IN_TIME_MS)
        await expect(wall.locator(".bar.shout")).to_have_count(0)


async def test_an_agency_is_told_when_pushes_may_be_late(desk: RunningConsole, browser: Browser) -> None:
    """The escalation is gone: a calm bar, no siren."""
    await all_alive(desk, "escalate")
    async with page(browser, desk, "damkar") as opened:
        await expect(opened.get_by_text("Gangguan di pusat 112")).to_be_visible(timeout=IN_TIME_MS)
        await all_alive(desk)
        await expect(opened.get_by_text("Gangguan di pusat 112")).to_have_count(0, timeout=IN_TIME_MS)


async def test_a_push_that_nobody_sends_raises_the_alarm(desk: RunningConsole, browser: Browser) -> None:
    """The daemon says that it lives, and yet the oldest due push waits for more than ten seconds: the wall sounds, the
    operators and the agency read it; over as soon as it is sent."""
    await all_alive(desk)
    _, (assignment,) = await desk.ticket("damkar")
    async with sounding(browser, desk, "pusat") as wall, page(browser, desk, "siti") as siti:
        desk.clock.now += timedelta(seconds=9)
        await all_alive(desk)
        await expect(wall.locator(".tile.hot")).to_have_count(1, timeout=IN_TIME_MS)
        await expect(wall.locator(".bar.bad")).to_have_count(0)
        desk.clock.now += timedelta(seconds=2)
        await all_alive(desk)
        await expect(wall.locator(".bar.bad")).to_contain_text("DORONGAN TERLAMBAT", timeout=IN_TIME_MS)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "on")
        assert await alarms(wall) != []
        await expect(siti.locator(".bar.bad")).to_contain_text("Telepon OPD langsung", timeout=IN_TIME_MS)
        moment = desk.live._moments.at(desk.console.setting, desk.clock.now)
        assert (await desk.store.read(lambda store: SNAPSHOTS["opd"](store, moment, "damkar")))["disturbed"]
        claimed = await desk.store.write(lambda store: store.assignments.claim(desk.clock.now, "escalate", 15.0, 10))
        assert [push.assignment for push in claimed] == [assignment]
        await all_alive(desk)
        await expect(wall.locator(".bar.bad")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(siti.locator(".bar.bad")).to_have_count(0)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "")
