"""The link page tells what changed, who else called, and a recall, until «Sudah dibaca»."""

import re

from tests.console.desk112 import SITI, RunningConsole
from tests.console.pages.test_onetap import path_of, phone, says


async def edit(desk: RunningConsole, number: str, **fields: str) -> None:
    await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, fields, SITI))


async def read_by(desk: RunningConsole, assignment: int) -> list[tuple[str | None, str | None]]:
    rows = await desk.store.read(lambda store: store.amendments.of(assignment))
    return [(row["read_by"], row["read_via"]) for row in rows]


def shown_in(page: str) -> str:
    """The changes that a page says it shows."""
    matched = re.search(r'name="shown" value="([^"]+)"', page)
    assert matched
    return matched[1]


async def test_a_change_is_read_on_the_link_page(desk: RunningConsole) -> None:
    """Old and new value, and a button; a look reads nothing, and neither does an old page's button a newer value."""
    number, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment))
    async with phone() as mine:
        await (await mine.get(address)).read()
        await (await mine.post(address, data={"state": "diterima"})).read()
        await edit(desk, number, address="Margoyoso")
        page = await (await mine.get(address)).text()
        assert "Diubah 10.00: alamat Margoyoso" in page
        assert "Sudah dibaca" in page
        await edit(desk, number, address="Purwogondo")
        page = await (await mine.post(address, data={"state": "dibaca", "shown": shown_in(page)})).text()
        assert "Diubah 10.00: alamat Purwogondo" in page
        page = await (await mine.post(address, data={"state": "dibaca", "shown": shown_in(page)})).text()
        assert "Sudah dibaca" not in page
    assert await read_by(desk, assignment) == [("damkar.siaga", "link")]


async def test_accepting_reads_what_the_page_showed(desk: RunningConsole) -> None:
    """One tap is enough for both."""
    number, (assignment,) = await desk.ticket("damkar")
    await edit(desk, number, desa="Tengguli")
    async with phone() as mine:
        page = await (await mine.get(desk.url(path_of(assignment)))).text()
        assert "Diubah 10.00: desa Tengguli" in page
        await mine.post(desk.url(path_of(assignment)), data={"state": "diterima", "shown": shown_in(page)})
    assert await read_by(desk, assignment) == [("damkar.siaga", "link")]


async def test_a_recalled_task_says_why_until_it_is_read(desk: RunningConsole) -> None:
    """Also to a browser that comes by the recall's own message; then the link is what it was: over."""
    _, (assignment,) = await desk.ticket("damkar")
    await desk.store.write(
        lambda store: store.assignments.move(
            desk.clock.now, assignment, "dibatalkan", SITI, via="page", note="salah alamat"
        )
    )
    address = desk.url(path_of(assignment, nonce="7-1"))
    async with phone() as mine:
        page = await (await mine.get(address)).text()
        assert "DIBATALKAN 10.00: salah alamat" in page
        assert "TERIMA" not in page
        answer = await mine.post(address, data={"state": "dibaca", "shown": shown_in(page)})
        assert await says(answer) == (410, "Tugas ini sudah dibatalkan")
    assert await read_by(desk, assignment) == [("damkar.siaga", "link")]


async def test_who_is_above_the_agency_reads_nothing_in_its_name(desk: RunningConsole) -> None:
    """The command centre's link shows the change without a button, and a request of its own is refused."""
    number, (assignment,) = await desk.ticket("damkar")
    await edit(desk, number, desa="Tengguli")
    address = desk.url(path_of(assignment, contact="pusat"))
    async with phone() as mine:
        page = await (await mine.get(address)).text()
        assert ("Diubah 10.00: desa Tengguli" in page, "Sudah dibaca" in page) == (True, False)
        answer = await mine.post(address, data={"state": "dibaca", "shown": shown_in(page)})
        assert answer.status == 409
        answer = await mine.post(address, data={"state": "dibaca", "shown": "1.x"})
        assert answer.status == 400
    assert await read_by(desk, assignment) == [(None, None)]


async def test_other_callers_stand_on_the_link_page(desk: RunningConsole) -> None:
    """Row 21: a second caller was absent from it."""
    number, (assignment,) = await desk.ticket("damkar")
    other = await desk.call("c-dua", "+6281326554022")
    await edit(desk, other, description="ADA 3 ORANG TERJEBAK")
    await desk.store.write(lambda store: store.merging.merge(desk.clock.now, other, number, SITI))
    async with phone() as mine:
        page = await (await mine.get(desk.url(path_of(assignment)))).text()
    assert "Penelepon lain 10.00: ADA 3 ORANG TERJEBAK" in page
    assert "2 penelepon" in page
