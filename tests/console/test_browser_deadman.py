"""Alarms of the pages themselves, in a real Chromium: a process is gone, or the server says nothing any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from console.snapshots import SNAPSHOTS
from tests.console.desk112 import Console
from tests.console.test_browser import IN_TIME_MS, page
from tickets.store import Store

pytestmark = pytest.mark.browser
SILENT_MS = 30_000  # ten seconds of silence, three ticks, and a busy machine
# every sound that the page makes, counted instead of heard
COUNT_SOUNDS = """() => { window.sounds = 0; const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.sounds += 1; return start.call(this, at); }; }"""


async def all_alive(desk: Console, *but: str, asterisk: bool = True) -> None:
    """The processes say that they live, all but these."""

    def beat(store: Store) -> None:
        for name in {"calls", "agi", "escalate", "steward"} - set(but):
            store.people.beat(desk.clock.now, name, 1, {"asterisk": asterisk})

    await desk.store.write(beat)


async def sounds(opened: Page) -> int:
    """How many tones the page has begun since they are counted."""
    return int(await opened.evaluate("window.sounds"))


@asynccontextmanager
async def sounding(browser: Browser, desk: Console, user: str) -> AsyncIterator[Page]:
    """A page whose sound is on."""
    async with page(browser, desk, user) as opened:
        await opened.locator(".clock").click()  # browsers let a page sound only after one
        await opened.evaluate(COUNT_SOUNDS)
        yield opened


async def test_the_wall_shouts_when_a_process_is_gone(desk: Console, browser: Browser) -> None:
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
        assert await sounds(wall) >= 3
        await all_alive(desk)
        await expect(wall.locator(".bar.bad")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "")


async def test_the_wall_shouts_when_asterisk_is_gone(desk: Console, browser: Browser) -> None:
    """The calls process lives and has no Asterisk: callers hear nothing."""
    await all_alive(desk, asterisk=False)
    async with sounding(browser, desk, "pusat") as wall:
        await expect(wall.get_by_text("ASTERISK TIDAK TERSAMBUNG")).to_be_visible(timeout=IN_TIME_MS)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "on")
        await all_alive(desk)
        await expect(wall.get_by_text("ASTERISK TIDAK TERSAMBUNG")).to_have_count(0, timeout=IN_TIME_MS)


async def test_the_wall_shouts_by_itself_when_the_server_is_gone(desk: Console, browser: Browser) -> None:
    """Nobody is there to tell it: after ten seconds a large bar, the title, and tones every two seconds."""
    await all_alive(desk)
    async with sounding(browser, desk, "pusat") as wall:
        await expect(wall.locator(".bar.bad")).to_have_count(0)
        await desk.server.close()
        await expect(wall.locator("body")).to_have_attribute("data-deadman", "lost", timeout=SILENT_MS)
        await expect(wall.locator(".bar.shout")).to_contain_text("HALAMAN INI TIDAK MENERIMA KABAR")
        await expect(wall).to_have_title("● TERPUTUS", timeout=IN_TIME_MS)
        before = await sounds(wall)
        await wall.wait_for_timeout(5000)
        assert await sounds(wall) - before >= 6


async def test_the_wall_shouts_when_the_server_is_blind(
    desk: Console, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server speaks and cannot read its store: that is no news either."""
    await all_alive(desk)
    async with sounding(browser, desk, "pusat") as wall:
        await expect(wall.locator(".bar.bad")).to_have_count(0)

        def unreadable(*_: object) -> None:
            raise OSError("disk I/O error")

        with monkeypatch.context() as broken:
            broken.setitem(SNAPSHOTS, "overview", unreadable)  # type: ignore[arg-type]
            await expect(wall.locator("body")).to_have_attribute("data-deadman", "lost", timeout=SILENT_MS)
        await expect(wall.locator("body")).to_have_attribute("data-deadman", "", timeout=IN_TIME_MS)
        await expect(wall.locator(".bar.shout")).to_have_count(0)


@pytest.mark.parametrize(
    ("user", "words", "most"),
    [
        ("siti", "Telepon Anda tetap berdering: layani penelepon, catat laporan di kertas", 3),
        ("damkar", "tugas baru tidak masuk ke sini. Hubungi pusat kendali 112 lewat telepon.", 3),
    ],
)
async def test_desks_are_told_calmly(desk: Console, browser: Browser, user: str, words: str, most: int) -> None:
    """What to do meanwhile, three tones once, and no more within five seconds."""
    async with sounding(browser, desk, user) as opened:
        await desk.server.close()
        await expect(opened.get_by_text(words)).to_be_visible(timeout=SILENT_MS)
        await opened.wait_for_timeout(5000)
        assert await sounds(opened) == most
        await expect(opened.locator(".bar.shout")).to_have_count(0)


async def test_an_agency_is_told_when_pushes_may_be_late(desk: Console, browser: Browser) -> None:
    """The escalation is gone: a calm bar, no siren."""
    await all_alive(desk, "escalate")
    async with page(browser, desk, "damkar") as opened:
        await expect(opened.get_by_text("Gangguan di pusat 112")).to_be_visible(timeout=IN_TIME_MS)
        await all_alive(desk)
        await expect(opened.get_by_text("Gangguan di pusat 112")).to_have_count(0, timeout=IN_TIME_MS)


async def test_a_push_that_nobody_sends_raises_the_alarm(desk: Console, browser: Browser) -> None:
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
        assert await sounds(wall) >= 3
        await expect(siti.locator(".bar.bad")).to_contain_text("Telepon OPD langsung", timeout=IN_TIME_MS)
        moment = desk.live._moments.at(desk.desk.setting, desk.clock.now)
        assert (await desk.store.read(lambda store: SNAPSHOTS["opd"](store, moment, "damkar")))["disturbed"]
        claimed = await desk.store.write(lambda store: store.assignments.claim(desk.clock.now, "escalate", 15.0, 10))
        assert [push.assignment for push in claimed] == [assignment]
        await all_alive(desk)
        await expect(wall.locator(".bar.bad")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(siti.locator(".bar.bad")).to_have_count(0)
        await expect(wall.locator("body")).to_have_attribute("data-alarm", "")
