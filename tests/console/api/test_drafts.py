"""One text and two people: nobody's words are overwritten unseen, and what has ended or was erased stays so."""

from typing import Any

from tests.console.desk112 import SITI, RunningConsole
from tickets.model import Actor
from tickets.store import Store


async def written(desk: RunningConsole, number: str, field: str) -> Any:
    """A field of a ticket as it stands in the store."""
    return (await desk.store.read(lambda store: store.tickets.get(number)))[field]


async def save(desk: RunningConsole, user: str, number: str, **fields: Any) -> tuple[int, Any]:
    """One save of a form."""
    return await desk.ask(user, "PATCH", f"/api/tickets/{number}", json=fields)


async def done_ticket(desk: RunningConsole) -> str:
    """A ticket that was closed."""
    number = await desk.call()
    changes = {"reporter_name": "Bu Rahayu", "reporter_number": "0812-1111-2222"}
    await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, changes, SITI))
    await desk.store.write(lambda store: store.tickets.close(desk.clock.now, number, SITI, "selesai di telepon"))
    return number


async def test_an_old_draft_does_not_write_over_a_colleagues_words(desk: RunningConsole) -> None:
    """Case 09: it was typed over an empty field, and a colleague has corrected the field since."""
    number = await desk.call()
    assert (await save(desk, "budi", number, address="Jl. Kartini 3, belakang pasar"))[0] == 200
    over = {"fields": {"address": ""}, "draft": "a-page-of-siti-1", "turn": 1}
    status, answer = await save(desk, "siti", number, address="Jl. Kartini", description="asap", over=over)
    assert (status, answer["field"]) == (409, "address")
    assert await written(desk, number, "address") == "Jl. Kartini 3, belakang pasar"
    assert await written(desk, number, "description") == "asap"  # nobody else wrote there
    (conflict,) = answer["conflicts"]
    values = {"field": "address", "yours": "Jl. Kartini", "theirs": "Jl. Kartini 3, belakang pasar", "base": None}
    assert {**conflict, **values, "by": "Budi", "at": desk.clock.now.isoformat(timespec="microseconds")} == conflict


async def test_a_page_of_a_user_who_left_writes_nothing_in_anothers_name(desk: RunningConsole) -> None:
    """Its session ended, its text waits, and somebody else logs in at the same browser: neither saved nor sent."""
    number = await desk.call()
    over = {"fields": {"address": ""}, "draft": "a-page-of-siti-1", "turn": 1, "user": "siti"}
    refused = "ketikan ini milik siti, dan di peramban ini sekarang masuk budi; muat ulang halaman"
    status, answer = await save(desk, "budi", number, address="Jl. Kartini", over=over)
    assert (status, answer) == (409, {"error": refused})
    sent = {"opds": ["damkar"], "fields": {"category": "kebakaran", "address": "Jl. Kartini"}, "over": over}
    status, answer = await desk.ask("budi", "POST", f"/api/tickets/{number}/dispatch", json=sent)
    assert (status, answer) == (409, {"error": refused})
    assert await written(desk, number, "address") is None
    assert (await save(desk, "siti", number, address="Jl. Kartini", over=over))[0] == 200


async def test_a_page_that_knows_no_base_overwrites_nobody(desk: RunningConsole) -> None:
    """It was loaded before an upgrade: another person's field is refused and named, which ends its repetitions."""
    number = await desk.call()
    assert (await save(desk, "budi", number, address="Jl. Kartini 3"))[0] == 200
    status, answer = await save(desk, "siti", number, address="Jl. Kartini")
    assert (status, answer["field"]) == (409, "address")
    assert answer["error"] == "alamat sudah diisi Budi: Jl. Kartini 3"
    assert await written(desk, number, "address") == "Jl. Kartini 3"
    assert (await save(desk, "budi", number, address="Jl. Kartini 5"))[0] == 200


async def test_a_dispatch_with_a_stale_place_goes_nowhere(desk: RunningConsole) -> None:
    """A neighbour of case 09: the crew must not be sent to the older address; nothing of the request is kept."""
    number = await desk.call()
    fields = {"category": "kebakaran", "kecamatan": "Bangsri", "address": "Jl. Kartini 3"}
    assert (await save(desk, "budi", number, **fields))[0] == 200
    stale = {"opds": ["damkar"], "fields": {"address": "Jl. Kartini"}}
    status, answer = await desk.ask("siti", "POST", f"/api/tickets/{number}/dispatch", json=stale)
    assert (status, answer["field"]) == (409, "address")
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert (ticket["assignments"], ticket["place"]["address"]) == ([], "Jl. Kartini 3")


async def test_an_ended_ticket_takes_no_edits(desk: RunningConsole) -> None:
    """Case 09: it is opened again first, with a reason that stands in the history."""
    number = await done_ticket(desk)
    status, answer = await save(desk, "siti", number, address="Jl. Kartini")
    refused = f"tiket {number} sudah selesai; tekan «Buka lagi» dan tulis alasan sebelum mengubah isinya"
    assert (status, answer) == (409, {"error": refused, "ended": True})
    path = f"/api/tickets/{number}/reopen"
    reason = {"error": "alasan belum diisi", "field": "reason"}
    assert await desk.ask("budi", "POST", path, json={"reason": " "}) == (400, reason)
    assert await desk.ask("budi", "POST", path, json={"reason": "alamat salah"}) == (200, {"number": number})
    assert (await save(desk, "siti", number, address="Jl. Kartini"))[0] == 200
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    rows = [(row["actor"], row["data"]) for row in ticket["timeline"] if row["kind"] == "ticket.reopened"]
    assert (ticket["status"], rows) == ("open", [("user:budi", {"reason": "alamat salah"})])


async def test_an_erased_name_does_not_come_back_from_a_draft(desk: RunningConsole) -> None:
    """Case 28 (UU PDP 27/2022): also not into a ticket that was opened again, and not from a page without a mark."""
    number = await done_ticket(desk)

    def erase(store: Store) -> None:
        store.erasure.run(desk.clock.now, "+6281326554021", Actor("process", "cli"), "permintaan", reports=True)

    await desk.store.write(erase)
    over = {"fields": {"reporter_name": ""}, "draft": "a-page-of-siti-1", "turn": 1, "erasures": 0}
    for more in ({"over": over}, {}):
        status, _ = await save(desk, "siti", number, reporter_name="Bu Rahayu", **more)
        assert (status, await written(desk, number, "reporter_name")) == (409, None)
    await desk.ask("budi", "POST", f"/api/tickets/{number}/reopen", json={"reason": "menelepon lagi"})
    for more in ({"over": over}, {}):
        status, answer = await save(desk, "siti", number, reporter_name="Bu Rahayu", **more)
        assert (status, await written(desk, number, "reporter_name")) == (409, None)
        assert answer == {"error": f"data pribadi tiket {number} sudah dihapus; ketikan lama dibuang", "erased": True}
    erasures = await written(desk, number, "erasures")
    fresh = over | {"erasures": erasures}
    assert (await save(desk, "siti", number, reporter_name="Bu Tuti", over=fresh))[0] == 200


async def test_any_operator_recalls_a_wrong_agency(desk: RunningConsole) -> None:
    """Cases 16 and 90: from the form, with a reason."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/cancel"
    assert await desk.ask("budi", "POST", path, json={}) == (400, {"error": "alasan belum diisi", "field": "reason"})
    status, answer = await desk.ask("budi", "POST", path, json={"reason": "salah OPD"})
    assert (status, answer["state"]) == (200, "dibatalkan")
