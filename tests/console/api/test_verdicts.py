"""Verdicts on calls: one press, changeable, by who may; numbers and the report for those who see them."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import timedelta
from typing import Any

import pytest

from console.live.today import Today
from tests.console.desk112 import SITI, RunningConsole
from tickets.model import Actor, Row, to_text
from tickets.store import Store

NUMBER = "+6281326554021"


async def judge(desk: RunningConsole, user: str, number: str, kind: str, **more: Any) -> tuple[int, Any]:
    return await desk.ask(user, "POST", f"/api/tickets/{number}/verdict", json={"kind": kind, **more})


async def talked(desk: RunningConsole, call: str = "c1", operator: str = "siti", **columns: Any) -> str:
    """A call that an operator talked on and that is over; its ticket."""
    at = desk.clock.now
    times = {"answered_at": to_text(at), "talking_at": to_text(at), "ended_at": to_text(at + timedelta(seconds=50))}
    over = {"stage": "ended", "outcome": "talked", "lane": "urgent", "operator": operator, "keys": "1"}
    return await desk.call(call, **(times | {"ringing_at": to_text(at)} | over | columns))


async def verdict_of(desk: RunningConsole, number: str) -> Row | None:
    return await desk.store.read(lambda store: store.reputations.of_ticket(number))


async def test_a_verdict_closes_the_ticket_or_keeps_it(desk: RunningConsole) -> None:
    """One key for a prank, and one that takes it back; the last of the draft goes with it."""
    number = await talked(desk)
    answer = {"number": number, "verdict": "prank", "kind": "prank", "status": "closed"}
    assert (200, answer) == await judge(desk, "siti", number, "prank", fields={"description": "anak-anak"})
    answer = {"number": number, "verdict": "genuine", "kind": "unknown", "status": "open"}
    assert (200, answer) == await judge(desk, "siti", number, "genuine")
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert (ticket["verdict"], ticket["description"]) == ("genuine", "anak-anak")
    wrong = {
        "error": "putusan 'emergency' tidak dikenal; yang ada: genuine, prank, information, silent",
        "field": "kind",
    }
    assert (400, wrong) == await judge(desk, "siti", number, "emergency")


async def test_no_prank_while_an_agency_works_on_it(desk: RunningConsole) -> None:
    """409 with a sentence, and nothing of the draft is kept either."""
    busy, _ = await desk.ticket("damkar")
    status, answer = await judge(desk, "siti", busy, "prank", fields={"address": "x"})
    assert (409, f"tiket {busy} masih ditangani OPD; batalkan dulu penugasannya") == (status, answer["error"])
    ticket = await desk.store.read(lambda store: store.tickets.get(busy))
    assert (ticket["kind"], ticket["address"], await verdict_of(desk, busy)) == ("emergency", None, None)


async def test_an_operator_judges_own_calls(desk: RunningConsole) -> None:
    """Not those of a colleague; those that nobody answered, yes, but not over a colleague's verdict."""
    number = await talked(desk)
    other = {"error": "panggilan ini dilayani siti; minta admin bila penilaiannya salah"}
    assert (403, other) == await judge(desk, "budi", number, "prank")
    nobodys = await desk.call("c2", None, outcome="silent", stage="ended")
    assert (await judge(desk, "budi", nobodys, "silent"))[0] == 200
    judged = {"error": "panggilan ini sudah dinilai budi; minta admin bila penilaiannya salah"}
    assert (403, judged) == await judge(desk, "siti", nobodys, "prank")
    assert (await judge(desk, "budi", nobodys, "prank"))[0] == 200
    assert (await judge(desk, "damkar", nobodys, "genuine"))[0] == 403


async def test_who_handed_a_caller_over_may_judge_too(desk: RunningConsole) -> None:
    """The first operator has heard the caller."""
    number = await talked(desk, operator="budi")
    data = {"operator": "siti"}
    await desk.store.write(
        lambda store: store.journal.append(desk.clock.now, "call.talking", SITI, call="c1", ticket=number, data=data)
    )
    assert (await judge(desk, "siti", number, "prank"))[0] == 200


async def test_a_correction_needs_a_reason_and_stays(desk: RunningConsole) -> None:
    """By the command centre or an admin; the operator cannot press it away, nor does a dispatch."""
    number = await talked(desk)
    await judge(desk, "siti", number, "prank")
    missing = {"error": "tulis alasan mengubah penilaian siti", "field": "reason"}
    assert (400, missing) == await judge(desk, "admin", number, "information")
    assert (await judge(desk, "admin", number, "information", reason="bertanya jam buka"))[0] == 200
    corrected = {"error": "panggilan ini sudah dinilai admin; minta admin bila penilaiannya salah"}
    assert (403, corrected) == await judge(desk, "siti", number, "prank")
    fields = {"category": "kebakaran", "kecamatan": "Bangsri"}
    path = f"/api/tickets/{number}/dispatch"
    assert (await desk.ask("siti", "POST", path, json={"opds": ["damkar"], "fields": fields}))[0] == 200
    verdict = await verdict_of(desk, number)
    assert verdict and (verdict["verdict"], verdict["by"], verdict["reason"]) == (
        "information",
        "admin",
        "bertanya jam buka",
    )


async def test_a_dispatch_says_that_the_call_was_genuine(desk: RunningConsole) -> None:
    """No press more; an operator's own «prank» before it was a mistake."""
    number = await talked(desk)
    await judge(desk, "siti", number, "prank")
    fields = {"category": "kebakaran", "kecamatan": "Bangsri"}
    path = f"/api/tickets/{number}/dispatch"
    assert (await desk.ask("siti", "POST", path, json={"opds": ["damkar"], "fields": fields}))[0] == 200
    verdict = await verdict_of(desk, number)
    assert verdict and (verdict["verdict"], verdict["by"]) == ("genuine", "siti")


async def snapshot(desk: RunningConsole, user: str, page: str, **query: str) -> Any:
    """The first snapshot of a page."""
    session = await desk.session(user)
    async with session, session.ws_connect(desk.url(f"/live?page={page}")) as socket:
        while True:
            message = json.loads((await socket.receive()).data)
            if message["type"] == "snapshot":
                return message["data"]


async def test_the_pop_tells_pranks_and_genuine_reports(desk: RunningConsole) -> None:
    """A genuine report stays in sight behind many pranks; the score and the doubt are there."""
    number = await talked(desk, "g")
    await judge(desk, "siti", number, "genuine")
    for count in range(8):
        desk.clock.now += timedelta(minutes=10)
        ticket = await talked(desk, f"p{count}")
        await judge(desk, "siti", ticket, "prank")
    await desk.call("now", stage="ringing", lane="urgent")
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "ringing", "now"))
    pop = (await snapshot(desk, "siti", "operator"))["pop"]
    assert [row["verdict"] for row in pop["history"]] == ["genuine"] + ["prank"] * 3
    assert (pop["reputation"]["genuine"], pop["reputation"]["prank"], pop["reputation"]["score"]) == (1, 8, 5.0)
    assert pop["ticket"]["verdict"] is None


async def test_the_overview_shows_todays_figures(desk: RunningConsole) -> None:
    """Live: they follow a verdict."""
    number = await talked(desk)
    assert (await snapshot(desk, "pusat", "overview"))["screening"]["judged"] == 0
    await judge(desk, "siti", number, "prank")
    async with asyncio.timeout(10):  # a busy machine makes them a little later
        while (figures := (await snapshot(desk, "pusat", "overview"))["screening"])["judged"] != 1:
            await asyncio.sleep(0.1)
    assert figures["pranks_that_rang"]["k"] == 1


async def test_figures_are_not_made_all_the_time(desk: RunningConsole) -> None:
    """Figures that took a second are made again after twenty; those of a new day at once."""
    clock = {"s": 100.0}

    def seconds() -> float:
        clock["s"] += 0.5
        return clock["s"]

    today, midnight = Today(seconds), desk.console.setting.midnight(desk.clock.now)

    async def calls_at(day: int = 0) -> int:
        figures = await desk.store.read(lambda store: today.of(store, midnight + timedelta(days=day)))
        return int(figures["calls"])

    await talked(desk)
    assert await calls_at() == 1
    await talked(desk, "c2")
    assert await calls_at() == 1
    clock["s"] += 20
    assert await calls_at() == 2
    assert await calls_at(1) == 0


async def test_the_list_of_calls_to_judge(desk: RunningConsole) -> None:
    """For staff; it empties as they are judged."""
    number = await talked(desk)
    rows = (await snapshot(desk, "siti", "screening"))["unjudged"]
    assert (rows["count"], rows["rows"][0]["ticket"]) == (1, number)
    await judge(desk, "siti", number, "prank")
    assert (await snapshot(desk, "siti", "screening"))["unjudged"] == {"count": 0, "rows": []}


async def test_the_report(desk: RunningConsole) -> None:
    """The last seven days unless told; a wrong day names its field."""
    await judge(desk, "siti", await talked(desk), "prank")
    status, data = await desk.ask("siti", "GET", "/api/report/screening")
    assert (status, data["from"], data["to"], len(data["days"])) == (200, "2026-11-16", "2026-11-22", 7)
    assert data["total"]["rung_by_pranks"]["k"] == 1
    status, body = await desk.ask("pusat", "GET", "/api/report/screening?from=2026-11-22&to=2026-11-22")
    assert body["total"] == data["total"]
    wrong = {"error": "isian from bukan tanggal: 'x', diharapkan misalnya 2026-11-22", "field": "from"}
    assert (400, wrong) == await desk.ask("siti", "GET", "/api/report/screening?from=x")
    for query in ("to=0001-01-03", "from=9999-12-31&to=9999-12-31", "from=0001-01-01"):
        status, _ = await desk.ask("siti", "GET", f"/api/report/screening?{query}")
        assert status == 400, query


async def prankster(desk: RunningConsole) -> list[str]:
    """A number with three pranks; their tickets."""
    tickets = [await talked(desk, f"c{count}") for count in range(3)]
    for number in tickets:
        await judge(desk, "siti", number, "prank")
    return tickets


async def test_an_admin_sees_and_corrects_a_number(desk: RunningConsole) -> None:
    """Found by any part of it, corrected with a reason, all its verdicts or one."""
    tickets = await prankster(desk)
    status, data = await desk.ask("admin", "GET", "/api/numbers?q=0813-2655&doubted=1")
    (row,) = data["rows"]
    assert (status, row["number"], row["score"], row["doubt"]) == (200, NUMBER, 3.0, "reputation")
    status, body = await desk.ask("admin", "POST", "/api/numbers/show", json={"who": "0813 2655 4021"})
    assert (status, len(body["verdicts"]), len(body["calls"])) == (200, 3, 3)
    change = {"who": row["hash"], "verdict": "genuine", "reason": "telepon sekolah"}
    status, after = await desk.ask("admin", "POST", "/api/numbers/correct", json=change | {"ticket": tickets[0]})
    assert (status, after["changed"], after["score"]) == (200, 1, -1.0)
    status, after = await desk.ask("admin", "POST", "/api/numbers/correct", json=change)
    assert (status, after["changed"], after["score"], after["doubt"]) == (200, 2, -9.0, None)
    nothing = {"error": "alasan belum diisi", "field": "reason"}
    assert (400, nothing) == await desk.ask("admin", "POST", "/api/numbers/correct", json=change | {"reason": " "})


async def test_an_admin_erases_a_number(desk: RunningConsole) -> None:
    """The score stays, by the hash; unknown and erased numbers are sentences."""
    await prankster(desk)
    erasure = {"who": NUMBER, "reason": "diminta pemilik"}
    assert await desk.ask("admin", "POST", "/api/numbers/erase", json=erasure) == (200, {"calls": 3})
    _, data = await desk.ask("admin", "GET", "/api/numbers")
    assert [(row["number"], row["score"]) for row in data["rows"]] == [(None, 3.0)]
    again = {"error": "nomor ini sudah dihapus"}
    assert (409, again) == await desk.ask("admin", "POST", "/api/numbers/erase", json=erasure)
    unknown = {"error": "nomor +628999999999 tidak ada: belum pernah menelepon, atau sudah dihapus tanpa putusan"}
    assert (404, unknown) == await desk.ask("admin", "POST", "/api/numbers/show", json={"who": "08999999999"})
    calls = await desk.store.read(lambda store: store.calls.since(desk.clock.now - timedelta(days=1)))
    assert {call["number"] for call in calls} == {None}


async def test_the_export_is_told_in_the_journal(desk: RunningConsole) -> None:
    """An export names the user and the count."""
    await prankster(desk)
    status, text = await desk.ask("admin", "GET", "/api/numbers.csv")
    assert (status, [row["number"] for row in csv.DictReader(text.splitlines())]) == (200, [NUMBER])
    row = await desk.store.read(lambda store: store.boards.newest("number.exported"))
    assert row and (row["actor"], row["data"]) == ("user:admin", {"numbers": 1})


@pytest.mark.parametrize("user", ["siti", "pusat", "damkar"])
async def test_nobody_else_sees_numbers(desk: RunningConsole, user: str) -> None:
    """Neither list nor page nor socket."""
    for path in ("/nomor", "/api/numbers", "/api/numbers.csv", "/live?page=numbers"):
        assert (path, (await desk.ask(user, "GET", path))[0]) == (path, 403)


async def test_a_lost_key_is_told_to_the_admin(desk: RunningConsole) -> None:
    """Verdicts under another key whose number is gone count no more."""
    number = await talked(desk)
    await judge(desk, "siti", number, "prank")

    def other_key(store: Store) -> None:
        store.numbers.erase(desk.clock.now, NUMBER, Actor("user", "admin"), "x")
        store.connection.run("UPDATE verdicts SET key = 'lama'")

    await desk.store.write(other_key)
    assert (await snapshot(desk, "admin", "numbers"))["lost"] == 1
