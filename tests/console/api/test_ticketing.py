"""Operators' changes to tickets, and their requests to the calls process."""

from tests.console.desk112 import RunningConsole


async def test_dispatch_takes_the_last_of_the_draft_with_it(desk: RunningConsole) -> None:
    """Fields and assignments in one transaction; the kind comes from the category."""
    number = await desk.call()
    fields = {"category": "kebakaran", "kecamatan": "Bangsri", "description": "gudang"}
    status, answer = await desk.ask(
        "siti", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["damkar", "pln"], "fields": fields}
    )
    assert (200, {"number": number, "dispatched": ["damkar", "pln"]}) == (status, answer)
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert (ticket["status"], ticket["kind"], ticket["operator"]) == ("dispatched", "emergency", "siti")
    assert [(row["opd"], row["state"]) for row in ticket["assignments"]] == [("damkar", "dikirim"), ("pln", "dikirim")]


async def test_a_dispatch_that_tells_an_agency_nothing_is_refused(desk: RunningConsole) -> None:
    """A dispatch needs an event and a place; a refused one writes nothing of the draft."""
    number = await desk.call()
    path = f"/api/tickets/{number}/dispatch"
    nothing = {"error": "pilih kategori atau tulis uraian dulu: OPD perlu tahu apa yang terjadi", "field": "category"}
    assert (400, nothing) == await desk.ask("siti", "POST", path, json={"opds": ["damkar"], "fields": {"address": "x"}})
    nowhere = {"error": "isi tempat atau uraian dulu: OPD perlu tahu ke mana", "field": "kecamatan"}
    fields = {"category": "kebakaran"}
    assert (400, nowhere) == await desk.ask("siti", "POST", path, json={"opds": ["damkar"], "fields": fields})
    assert await desk.ask("siti", "POST", path, json={}) == (400, {"error": "OPD belum dipilih", "field": "opds"})
    unknown = {"error": "OPD 'hantu' tidak dikenal; yang ada: damkar, pln, bpbd", "field": "opds"}
    assert (400, unknown) == await desk.ask("siti", "POST", path, json={"opds": ["hantu"]})
    ticket = await desk.store.read(lambda store: store.tickets.get(number))
    assert (ticket["category"], ticket["address"], ticket["status"]) == (None, None, "open")


async def test_the_same_agency_twice_is_a_conflict_and_a_further_one_is_not(desk: RunningConsole) -> None:
    """A double click sends nothing twice."""
    number, _ = await desk.ticket("damkar")
    path = f"/api/tickets/{number}/dispatch"
    conflict = {"error": f"tiket {number} sudah dikirim ke damkar"}
    assert (409, conflict) == await desk.ask("siti", "POST", path, json={"opds": ["damkar"]})
    both = await desk.ask("siti", "POST", path, json={"opds": ["damkar", "pln"]})
    assert (200, {"number": number, "dispatched": ["pln"]}) == both


async def test_requests_to_the_calls_process_are_journal_rows(desk: RunningConsole) -> None:
    """Presence, taking a call, ending the wrap-up; an answered call cannot be taken."""
    ticket = await desk.call(stage="waiting", lane="silent")
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "wrap_up", "c1"))
    after = await desk.store.read(lambda store: store.journal.last())
    assert await desk.ask("siti", "POST", "/api/presence", json={"wanted": "ready"}) == (202, {"asked": "ready"})
    assert await desk.ask("siti", "POST", "/api/calls/c1/take") == (202, {"asked": "c1"})
    assert await desk.ask("siti", "POST", "/api/wrap-up/done") == (202, {"asked": "ready"})
    rows = await desk.store.read(lambda store: store.journal.after(after))
    events = [
        (row["kind"], row["actor"], row["call"], row["data"]) for row in rows if row["kind"].startswith("request.")
    ]
    assert events == [
        ("request.presence", "user:siti", None, {"operator": "siti", "wanted": "ready"}),
        ("request.take", "user:siti", "c1", {"call": "c1", "operator": "siti"}),
        ("request.wrap_up_done", "user:siti", "c1", {"operator": "siti", "call": "c1"}),
    ]
    await desk.store.write(lambda store: store.calls.step(desk.clock.now, "c1", ticket, {"stage": "talking"}, ()))
    taken = {"error": "panggilan dari +6281326554021 sudah dijawab operator lain"}
    assert (409, taken) == await desk.ask("budi", "POST", "/api/calls/c1/take")
    assert await desk.ask("budi", "POST", "/api/calls/hantu/take") == (404, {"error": "panggilan hantu tidak ada"})


async def test_a_callback_is_done_once(desk: RunningConsole) -> None:
    """The second click hears that it was done."""
    await desk.call()
    await desk.store.write(lambda store: store.calls.callback(desk.clock.now, "c1", "menutup saat menunggu"))
    assert await desk.ask("siti", "POST", "/api/callbacks/1/done") == (200, {"done": 1})
    again = {"error": "tugas telepon balik 1 tidak ada atau sudah selesai"}
    assert (404, again) == await desk.ask("budi", "POST", "/api/callbacks/1/done")


async def test_a_ticket_without_a_call(desk: RunningConsole) -> None:
    """Walk-in or social media."""
    assert await desk.ask("siti", "POST", "/api/tickets", json={}) == (201, {"number": "T-20261122-0001"})


async def test_the_proposal_is_routings(desk: RunningConsole) -> None:
    """With the reason, so that the operator can judge it."""
    status, answer = await desk.ask("siti", "GET", "/api/proposal?category=kebakaran&kecamatan=Bangsri")
    assert (status, answer) == (200, {"opds": ["damkar", "pln"], "why": "kategori Kebakaran; gardu induk"})


async def test_why_not_sent_is_said_once_by_a_person(desk: RunningConsole) -> None:
    """Closed with the reason; another reason needs words; the second who says it is told."""
    number = await desk.call()
    path, fields = f"/api/tickets/{number}/not-sent", {"category": "kebakaran"}
    wordless = (400, {"error": "tulis mengapa tidak dikirim", "field": "note"})
    assert await desk.ask("siti", "POST", path, json={"reason": "other", "fields": fields}) == wordless
    status, answer = await desk.ask("siti", "POST", path, json={"reason": "malas"})
    assert (status, answer["field"]) == (400, "reason")
    done = (200, {"number": number, "reason": "talked_out", "status": "done", "undo": "close"})
    assert await desk.ask("siti", "POST", path, json={"reason": "talked_out", "fields": fields}) == done
    status, answer = await desk.ask("budi", "POST", path, json={"reason": "prank"})
    assert (status, answer["error"]) == (409, f"tiket {number} sudah selesai")
