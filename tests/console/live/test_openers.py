"""Presence in a ticket: pages say which one is open, and the others with it are shown at once."""

import asyncio
from typing import Any

from aiohttp import ClientWebSocketResponse

from console.live.snapshots import opened_with
from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import page, snapshot


async def until(socket: ClientWebSocketResponse, name: str, value: Any) -> None:
    """Read snapshots until this part of them is so."""
    async with asyncio.timeout(60):
        while (await snapshot(socket))[name] != value:
            pass


async def test_the_others_with_the_same_ticket_are_shown_at_once(desk: RunningConsole) -> None:
    """At a desk by what its page says; on a ticket's page by itself, also of the command centre, which has no siren."""
    number = await desk.call()
    async with page(desk, "siti", "page=operator") as siti, page(desk, "budi", "page=operator") as budi:
        await siti.send_str(f"here {number}")
        await until(siti, "open_with", {number: []})
        await budi.send_str(f"here {number}")
        await until(siti, "open_with", {number: ["Budi"]})
        await until(budi, "open_with", {number: ["Siti"]})
        async with page(desk, "pusat", f"page=ticket&number={number}") as pusat:
            await until(siti, "open_with", {number: ["Budi", "Pusat"]})
            people = [{"ticket": number, "user": name, "display": name.title()} for name in ("budi", "pusat", "siti")]
            await until(pusat, "open_here", people)
        await budi.send_str("here")
        await until(siti, "open_with", {number: []})


async def test_words_that_are_no_ticket_change_nothing(desk: RunningConsole) -> None:
    """A page's text goes into the store only where it has a ticket's shape."""
    number = await desk.call()
    async with page(desk, "siti", "page=operator") as siti:
        for text in (f"here {number}' OR 1", "here T-1", f"here  {number}", "there", f"here {number} sounding"):
            await siti.send_str(text)
        await siti.send_str(f"here {number}")
        await until(siti, "open_with", {number: []})
        rows = await desk.store.read(lambda store: store.people.opened(desk.clock.now))
    assert rows == [{"ticket": number, "user": "siti", "display": "Siti"}]


def test_who_is_alone_sees_nobody() -> None:
    """Others are told only of tickets that are open here."""
    rows = [
        {"ticket": "T-1", "user": "siti", "display": "Siti"},
        {"ticket": "T-2", "user": "siti", "display": "Siti"},
        {"ticket": "T-2", "user": "budi", "display": "Budi"},
        {"ticket": "T-3", "user": "budi", "display": "Budi"},
    ]
    assert opened_with(rows, "siti") == {"T-1": [], "T-2": ["Budi"]}
    assert opened_with(rows, "pusat") == {}
