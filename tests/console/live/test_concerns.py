"""Journal rows and the pages that they concern."""

from typing import Any

import pytest

from console.live.concerns import Ties, concerned
from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import nothing_comes, page, snapshot

OPERATOR, WALL, DAMKAR, PLN = ("operator", "siti"), ("overview", ""), ("opd", "damkar"), ("opd", "pln")
ONE, TWO = ("ticket", "T-1"), ("ticket", "T-2")
WADUL, NUMBERS, SCREENING = ("wadul", ""), ("numbers", ""), ("screening", "")
ALL = {OPERATOR, WALL, DAMKAR, PLN, ONE, TWO, WADUL, NUMBERS, SCREENING}
TIES = Ties({"damkar"}, {"T-1"})


@pytest.mark.parametrize(
    ("kind", "ticket", "data", "expected"),
    [
        ("push.sent", "T-1", {"opd": "damkar"}, {WALL, DAMKAR, ONE}),
        ("assignment.moved", "T-1", {"opd": "pln"}, {OPERATOR, WALL, DAMKAR, PLN, ONE, WADUL}),
        ("assignment.noted", "T-1", {"opd": "pln"}, {OPERATOR, WALL, DAMKAR, PLN, ONE, WADUL}),
        ("ticket.updated", "T-1", {"address": "x"}, {OPERATOR, WALL, DAMKAR, ONE, WADUL, SCREENING}),
        ("call.lane", "T-1", {"lane": "urgent"}, {OPERATOR, WALL, ONE, SCREENING}),
        ("operator.presence", None, {"operator": "siti"}, {OPERATOR, WALL}),
        ("callback.talking", "T-1", {"operator": "damkar"}, {OPERATOR, WALL, DAMKAR, ONE, SCREENING}),
        ("complaint.moved", "T-1", {}, {OPERATOR, WALL, ONE, WADUL}),
        ("test.sent", None, {"opd": "pln"}, {WALL, PLN}),
        ("test.sent", None, {"opd": None}, {WALL}),
        ("link.opened", "T-1", {"opd": "damkar"}, {ONE}),
        ("config.accepted", None, {}, ALL),
        ("number.corrected", None, {}, {ONE, TWO, NUMBERS, SCREENING}),
        ("a.kind_of_a_later_version", None, {}, {OPERATOR, WALL, SCREENING}),
    ],
)
def test_the_pages_of_a_row(kind: str, ticket: str | None, data: dict[str, Any], expected: set[Any]) -> None:
    """Those that show anything of it; `T-1` is at Damkar."""
    ties = TIES if ticket else Ties()
    assert expected == concerned(ALL, [{"kind": kind, "ticket": ticket, "data": data}], ties)


async def test_a_change_of_one_agency_reads_its_page_alone(
    desk: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eighteen agencies' pages are not read for each push of one."""
    _, (assignment,) = await desk.ticket("damkar")
    await desk.ticket("pln")
    async with page(desk, "damkar", "page=opd") as damkar, page(desk, "pln", "page=opd") as pln:
        await snapshot(damkar)
        await snapshot(pln)
        assert await nothing_comes(pln)
        read, refresh = [], desk.live._refresh

        async def counted(group: tuple[str, str]) -> None:
            read.append(group)
            await refresh(group)

        monkeypatch.setattr(desk.live, "_refresh", counted)
        body = {"state": "diterima"}
        assert (await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json=body))[0] == 200
        while (await snapshot(damkar))["open"][0]["state"] != "diterima":
            pass
        assert set(read) == {("opd", "damkar")}


async def test_a_corrected_ticket_reaches_the_agencies_that_have_it_or_its_master(desk: RunningConsole) -> None:
    """The row names no agency: who has the ticket is looked up, also through what it is merged with."""
    master, _ = await desk.ticket("damkar")
    merged = await desk.call("c-merged")
    fields = {"kind": "emergency", "category": "kebakaran", "description": "api"}
    status, _ = await desk.ask("siti", "PATCH", f"/api/tickets/{merged}", json=fields)
    assert status == 200
    status, _ = await desk.ask("siti", "POST", f"/api/tickets/{merged}/merge", json={"master": master})
    assert status == 200
    async with page(desk, "damkar", "page=opd") as damkar:
        await snapshot(damkar)
        status, _ = await desk.ask("siti", "PATCH", f"/api/tickets/{merged}", json={"description": "api membesar"})
        assert status == 200
        while (await snapshot(damkar))["open"][0]["linked"][0]["description"] != "api membesar":
            pass
