"""Two browsers type into one ticket while the network is cut at random: no word that was called saved is lost."""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, rings
from tests.console.browser.test_two_people import opens
from tests.console.desk112 import RunningConsole

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECONDS = float(os.environ.get("TANGGAP_TWO_BROWSERS_S", "12"))
FIELDS = ("address", "description")
# The page in one look: its texts, its status, the fields in conflict, and both of their texts.
LOOK = """fields => ({
  texts: Object.fromEntries(fields.map((name) => [name, document.getElementById(name)?.value ?? ""])),
  saved: document.querySelector(".saved")?.textContent ?? "",
  sides: [...document.querySelectorAll(".conflict .text")].map((side) => side.textContent),
})"""


@dataclass
class Hands:
    """A person at a browser, and the words that the person has seen as saved, or in a conflict."""

    name: str
    page: Page
    chance: random.Random
    words: int = 0
    cuts: int = 0
    choices: int = 0
    saved: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    async def look(self) -> bool:
        """Note what is shown; True while there is something to choose."""
        shown = await self.page.evaluate(LOOK, list(FIELDS))
        for side in shown["sides"]:
            self.seen |= set(side.split())
        if shown["saved"].startswith("Tersimpan 1"):
            for text in shown["texts"].values():
                self.saved |= set(text.split())
        return bool(shown["sides"])

    async def work(self, until: float) -> None:
        """Type words at the ends of fields, choose, and lose the network now and then."""
        while time.monotonic() < until:
            if await self.look():
                self.choices += 1
                await self.page.keyboard.press(self.chance.choice(("Alt+t", "Alt+k")))
            elif self.chance.random() < 0.15:
                self.cuts += 1
                await self.page.context.set_offline(True)
                await asyncio.sleep(self.chance.uniform(0.1, 1.5))
                await self.page.context.set_offline(False)
            else:
                await self.type()

    async def type(self) -> None:
        """One more word."""
        self.words += 1
        await self.page.locator(f"#{self.chance.choice(FIELDS)}").focus()
        await self.page.keyboard.press("Control+End")
        await self.page.keyboard.type(f" {self.name}{self.words}", delay=self.chance.uniform(5, 60))
        await asyncio.sleep(self.chance.uniform(0, 0.6))

    async def settle(self) -> None:
        """With the network back, until everything is saved or chosen."""
        async with asyncio.timeout(90):
            while True:
                if await self.look():
                    await self.page.keyboard.press("Alt+k")
                elif (await self.page.locator(".saved").text_content() or "").startswith("Tersimpan"):
                    return
                await asyncio.sleep(0.1)


async def test_every_word_that_was_called_saved_is_there_or_was_seen(desk: RunningConsole, browser: Browser) -> None:
    """12 s as it stands, 60 s with TANGGAP_TWO_BROWSERS_S=60; the seed is said where it fails."""
    seed = int(os.environ.get("TANGGAP_SEED", str(random.randrange(10**6))))
    async with page(browser, desk, "siti") as siti, page(browser, desk, "budi") as budi:
        number = await rings(desk, "siti")
        await expect(siti.locator("#category")).to_be_visible(timeout=IN_TIME_MS)
        await opens(budi, desk, number)
        hands = [Hands(name, at, random.Random(seed + len(name))) for name, at in (("a", siti), ("bb", budi))]
        until = time.monotonic() + SECONDS
        await asyncio.gather(*(hand.work(until) for hand in hands))
        for _ in range(2):  # a choice of the second may be a conflict of the first
            for hand in hands:
                await hand.settle()
        ticket = await desk.store.read(lambda store: store.tickets.get(number))
        there = {word for name in FIELDS for word in (ticket[name] or "").split()}
        seen = hands[0].seen | hands[1].seen
        saved = hands[0].saved | hands[1].saved
        figures = [(hand.words, hand.cuts, hand.choices) for hand in hands]
        print(f"seed {seed}: (words, cuts, choices) {figures}; saved {len(saved)}, on the ticket {len(there)}")
        assert saved - there - seen == set(), f"seed {seed}"
        assert len(saved) > 5
