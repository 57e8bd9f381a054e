"""Searches over the console: what is asked, what is answered, what the journal keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from console.api.searching import SHOWN
from tests.console.desk112 import SITI, RunningConsole
from tickets.store import Store
from tickets.store.search.searches import Searches
from tickets.store.thread import READERS


async def find(desk: RunningConsole, user: str = "siti", **body: Any) -> tuple[int, Any]:
    return await desk.ask(user, "POST", "/api/search", json=body)


async def looks(desk: RunningConsole) -> list[Any]:
    rows = await desk.store.read(lambda store: store.journal.after(0))
    return [(row["actor"], row["data"]) for row in rows if row["kind"] == "search.made"]


async def test_a_hit_and_its_row_in_the_journal(desk: RunningConsole) -> None:
    """The row stands before the answer; what was typed stands in none."""
    number, _ = await desk.ticket("damkar")
    status, answer = await find(desk, text="0813-2655-4021", state="dispatched", to="2099-01-01")
    assert (status, answer["by"], answer["more"], answer["next"]) == (200, "phone", False, None)
    (hit,) = answer["hits"]
    assert (hit["ticket"], hit["agencies"], hit["caller"]["number"]) == (number, ["damkar"], "+6281326554021")
    shown = {"by": "phone", "tickets": [number], "filters": ["state", "to"]}
    assert await looks(desk) == [("user:siti", shown)]


def smoke(desk: RunningConsole, count: int, store: Store) -> None:
    """So many reports of smoke."""
    with store.transaction():
        for _n in range(count):
            number = store.tickets.create(desk.clock.now, "20261122", SITI)
            store.tickets.update(desk.clock.now, number, {"description": "asap tebal"}, SITI)


async def test_a_page_has_so_many_and_says_where_the_next_begins(desk: RunningConsole) -> None:
    await desk.store.write(partial(smoke, desk, SHOWN + 3))
    _status, first = await find(desk, text="asap")
    _status, rest = await find(desk, text="asap", before=first["next"])
    assert (len(first["hits"]), len(rest["hits"]), rest["next"]) == (SHOWN, 3, None)


async def test_the_rows_of_a_page_are_read_at_once(desk: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """On every reading connection, while the look is written down: the disk is waited for once; in their order."""
    await desk.store.write(partial(smoke, desk, SHOWN))
    together = Barrier(READERS + 1)

    def met(job: Callable[..., Any], *arguments: Any) -> Any:
        together.wait(timeout=20)
        return job(*arguments)

    for name in ("hits", "note"):
        job = getattr(Searches, name)
        monkeypatch.setattr(Searches, name, lambda *arguments, job=job: met(job, *arguments))
    status, answer = await find(desk, text="asap")
    assert status == 200
    shown = [hit["ticket"] for hit in answer["hits"]]
    assert (len(shown), shown) == (SHOWN, sorted(shown, reverse=True))


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        ({}, "isian TEXT kosong; diharapkan nomor tiket, nomor telepon atau kata-kata", "text"),
        ({"text": "x" * 301}, "yang dicari terlalu panjang: 301 huruf, paling banyak 300", "text"),
        ({"text": ["x"]}, "yang dicari harus teks", "text"),
        (
            {"text": "x", "from": "kemarin"},
            "hari pertama bukan tanggal: 'kemarin', diharapkan misalnya 2026-11-22",
            "from",
        ),
        (
            {"text": "x", "state": "x"},
            "isian state 'x' tidak dikenal; yang ada: open, dispatched, done, closed",
            "state",
        ),
    ],
)
async def test_what_cannot_be_searched_for(desk: RunningConsole, body: Any, error: str, field: str) -> None:
    """A sentence, its field, and no row."""
    assert await find(desk, **body) == (400, {"error": error, "field": field})
    assert await looks(desk) == []


@pytest.mark.parametrize("text", ["' OR 1=1 --", '"*"', "NEAR(a b)", "%%%", "((((", "\\", "a AND NOT b"])
async def test_hostile_text_finds_nothing(desk: RunningConsole, text: str) -> None:
    await desk.ticket("damkar")
    status, answer = await find(desk, text=text)
    assert (status, answer["hits"]) == (200, [])
