"""Complaints over the console: filed, sorted, raised, looked up by everybody, entered from social media."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.console.desk112 import RunningConsole
from tickets.complaints import tracking

LEAK = {"category": "listrik", "kecamatan": "Bangsri", "description": "Padam sejak kemarin, rumah Bu Nur"}


async def filed(desk: RunningConsole, call: str = "c1", **fields: str) -> tuple[str, str]:
    """A complaint that siti took on the telephone; its ticket and tracking number."""
    number = await desk.call(call, stage="talking", operator="siti")
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{number}/wadul", json={"fields": LEAK | fields})
    assert (status, answer["state"]) == (200, "masuk"), answer
    return number, answer["tracking"]


async def state(desk: RunningConsole, number: str) -> str:
    """Its state in the store."""
    row = await desk.store.read(lambda store: store.complaints.get(number))
    return str(row["state"])


async def pushes(desk: RunningConsole, number: str) -> list[tuple[str, str, float]]:
    """The open pushes of a ticket: agency, phase, interval."""
    sql = """SELECT a.opd, p.phase, p.every_s FROM pushes p JOIN assignments a ON a.id = p.assignment
        WHERE a.ticket = :number AND p.done_at IS NULL ORDER BY p.id"""
    rows = await desk.store.read(lambda store: store.connection.all(sql, number=number))
    return [tuple(row.values()) for row in rows]


async def patience(desk: RunningConsole, assignment: int) -> float:
    """The seconds that an assignment may stay as it is before it is pushed again."""
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    return float(row["follow_up_s"])


async def act(desk: RunningConsole, number: str, path: str, user: str = "pusat", **body: Any) -> tuple[int, Any]:
    """One of the inbox's buttons."""
    return await desk.ask(user, "POST", f"/api/wadul/{number}/{path}", json=body)


async def test_filed_twice_is_one_number(desk: RunningConsole) -> None:
    """A caller is told one number, however often the button is pressed; nothing to complain of is refused."""
    number, tracked = await filed(desk)
    again = await desk.ask("siti", "POST", f"/api/tickets/{number}/wadul", json={})
    assert again == (200, {"number": number, "tracking": tracked, "state": "masuk"})
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert (ticket["kind"], ticket["verdict"], ticket["status"]) == ("complaint", "genuine", "open")
    empty = await desk.call("c2")
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{empty}/wadul", json={})
    assert (status, answer["field"]) == (400, "category")
    assert await desk.store.read(lambda store: store.complaints.find(empty)) is None


async def test_the_inbox_passes_on_and_the_agency_ends_it(desk: RunningConsole) -> None:
    """Verified, given away, accepted, done; the public answer is written afterwards."""
    number, _ = await filed(desk)
    status, row = await act(desk, number, "pass", opds=["pln"])
    assert (status, row["state"], row["clock"]["what"], row["clock"]["left"]) == (200, "diteruskan", "answer", 5)
    assert (409, {"error": f"tiket {number} sudah dikirim ke pln"}) == await act(desk, number, "pass", opds=["pln"])
    (task,) = row["assignments"]
    assert await patience(desk, task["id"]) == 2 * 86400  # who accepted a complaint is not nagged after minutes
    for step in ("diterima", "selesai"):
        path = f"/api/assignments/{task['id']}/move"
        assert (await desk.ask("pln", "POST", path, json={"state": step, "note": "trafo diganti"}))[0] == 200
    assert await state(desk, number) == "selesai"
    status, row = await act(desk, number, "answer", answer="Trafo sudah diganti.")
    assert (status, row["text"], row["clock"]) == (200, "Trafo sudah diganti.", None)


async def test_a_complaint_becomes_an_emergency_and_a_complaint_again(desk: RunningConsole) -> None:
    """In one transaction: other pushes, from now, in the state that the assignment has; never without an agency."""
    number, _ = await filed(desk)
    status, answer = await act(desk, number, "raise", reason="kabel menyala")
    assert (status, answer["field"]) == (400, "opds")
    assert await state(desk, number) == "masuk"
    status, row = await act(desk, number, "raise", reason="kabel menyala", opds=["pln"])
    assert (status, row["state"], row["kind"]) == (200, "darurat", "emergency")
    assert await pushes(desk, number) == [("pln", "dikirim", 30.0)]
    assert (await act(desk, number, "lower", reason="sudah aman"))[1]["state"] == "diteruskan"
    path = f"/api/assignments/{row['assignments'][0]['id']}/move"
    assert (await desk.ask("pln", "POST", path, json={"state": "diterima"}))[0] == 200
    desk.clock.now += timedelta(minutes=1)
    assert (await act(desk, number, "raise", reason="menyala lagi"))[1]["state"] == "darurat"
    assert await pushes(desk, number) == [("pln", "diterima", 30.0)]
    assert await patience(desk, row["assignments"][0]["id"]) == 600
    due = await desk.store.read(lambda store: store.assignments.next_due())
    assert due == desk.clock.now


async def test_an_operator_who_hears_of_danger_raises_it_in_the_form(desk: RunningConsole) -> None:
    """The draft's kind is enough: agencies that have it are pushed anew."""
    number, _ = await filed(desk)
    await act(desk, number, "pass", opds=["pln"])
    await desk.store.write(lambda store: [store.outbox.drop(), store.connection.run("UPDATE pushes SET done_at = 'x'")])
    status, _answer = await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"kind": "emergency"})
    assert (status, await state(desk, number)) == (200, "darurat")
    assert await pushes(desk, number) == [("pln", "dikirim", 30.0)]


async def test_everybody_may_look_it_up_and_learns_nothing_of_the_caller(desk: RunningConsole) -> None:
    """State, days, agency, answer; a slip is told at once; guessing is braked; names, places and words stay inside."""
    number, tracked = await filed(desk, reporter_name="Nur Hidayah", address="Gang Mawar")
    await act(desk, number, "pass", opds=["pln"])
    async with ClientSession() as anybody:
        async with anybody.get(desk.url(f"/lacak?nomor={tracking.shown(tracked)}")) as answer:
            page = await answer.text()
        assert answer.status == 200
        for word in ("Sudah diteruskan", "Minggu 22 November 2026", "PLN", "Listrik padam"):
            assert word in page
        for word in ("Nur", "Mawar", "Bangsri", "Padam", number, "siti", "0813"):
            assert word not in page, word
        slip = tracked[:-1] + str((int(tracked[-1]) + 1) % 10)
        for _ in range(8):
            async with anybody.get(desk.url(f"/lacak?nomor={slip}")) as answer:
                assert answer.status == 404
                assert "periksa lagi kedelapan angkanya" in await answer.text()
        unknown = [other for other in (tracking.new() for _ in range(9)) if other != tracked]
        answers = []
        for other in unknown:
            async with anybody.get(desk.url(f"/lacak?nomor={other}")) as answer:
                answers.append(answer.status)
        assert answers[:5] == [404] * 5
        assert set(answers[5:]) == {429}
    async with ClientSession(headers={"Accept": "text/html"}) as anybody, anybody.get(desk.url("/lacak")) as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("link", [None, "javascript:alert(1)", "ftp://x", "contoh.go.id", "https://"])
async def test_a_social_complaint_needs_its_link(desk: RunningConsole, link: str | None) -> None:
    """Nothing else may become something to click on."""
    status, answer = await desk.ask("pln", "POST", "/api/wadul", json=LEAK | {"link": link})
    assert (status, answer["field"]) == (400, "link")


async def test_a_social_complaint_stays_with_its_agency_or_goes_to_the_inbox(desk: RunningConsole) -> None:
    """The own agency has it at once; others' go to the inbox; an agency does not read the inbox."""
    post = LEAK | {"link": "https://medsos.contoh/p/1"}
    status, own = await desk.ask("pln", "POST", "/api/wadul", json=post)
    assert (status, await state(desk, own["number"])) == (201, "diteruskan")
    status, others = await desk.ask("pln", "POST", "/api/wadul", json=post | {"to_inbox": True})
    assert (status, await state(desk, others["number"])) == (201, "masuk")
    row = await desk.store.read(lambda store: store.complaints.show(own["number"]))
    assert (row["source"], row["link"], row["filed_by"]) == ("sosial", "https://medsos.contoh/p/1", "pln")
    assert [entry["opd"] for entry in row["assignments"]] == ["pln"]
    assert (await desk.ask("pln", "GET", "/api/wadul"))[0] == 403
    status, data = await desk.ask("siti", "GET", f"/api/wadul?q={own['tracking']}")
    assert (status, [entry["ticket"] for entry in data["rows"]]) == (200, [own["number"]])
    wrong = await desk.ask("pln", "POST", "/api/wadul", json=post | {"to_inbox": "ya"})
    assert wrong == (400, {"error": "to_inbox harus true atau false", "field": "to_inbox"})


async def test_what_is_no_complaint_has_no_inbox(desk: RunningConsole) -> None:
    """A fire is neither passed on nor rejected there."""
    number, _ = await desk.ticket("damkar")
    bodies = {"pass": {"opds": ["pln"]}, "reject": {"reason": "x"}, "answer": {"answer": "x"}, "lower": {"reason": "x"}}
    for path, body in bodies.items():
        assert await act(desk, number, path, **body) == (404, {"error": f"tiket {number} bukan aduan"}), path
    nothing = f"tiket {number} tidak punya kiriman yang menunggu"
    assert await act(desk, number, "resend") == (404, {"error": nothing})
