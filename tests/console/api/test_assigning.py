"""The answers of agencies; none touches another's assignment."""

import struct
import zlib

import pytest

from console.live.snapshots import SNAPSHOTS, Moments, opd
from tests.console.desk112 import RunningConsole
from tickets.cases import steps
from tickets.model import to_text


def png(width: int = 3, height: int = 2) -> bytes:
    """The smallest whole picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80\x40\x20" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def test_an_assignment_goes_from_sent_to_done(desk: RunningConsole) -> None:
    """Each step once; the ladder of the first state ends with the first answer, the ticket with the last."""
    number, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/move"
    for state in ("diterima", "berangkat", "di_lokasi"):
        status, answer = await desk.ask("damkar", "POST", path, json={"state": state})
        assert (200, state, "damkar") == (status, answer["state"], answer["acknowledged_by"])
    proof = {"error": "sebelum selesai, tambahkan foto, tautan, atau catatan tertulis", "field": "note"}
    assert (400, proof) == await desk.ask("damkar", "POST", path, json={"state": "selesai"})
    assert _state(await desk.ask("damkar", "POST", path, json={"state": "selesai", "note": "padam"})) == (
        200,
        "selesai",
    )
    status, answer = await desk.ask("damkar", "POST", path, json={"state": "diterima"})
    assert (status, "sudah «selesai»" in answer["error"]) == (409, True)
    assert (await desk.store.read(lambda store: store.tickets.get(number)))["status"] == "done"


def _state(pair: tuple[int, dict[str, str]]) -> tuple[int, str]:
    return pair[0], pair[1]["state"]


async def test_an_agency_cannot_touch_another_ones(desk: RunningConsole) -> None:
    """It is not even told that it exists; nothing changes."""
    _, (assignment,) = await desk.ticket("damkar")
    absent = (404, {"error": f"penugasan {assignment} tidak ada"})
    assert absent == await desk.ask("pln", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    assert absent == await desk.ask(
        "pln", "POST", f"/api/assignments/{assignment}/decline", json={"reason": "x", "taker": "112"}
    )
    assert absent == await desk.ask("pln", "POST", f"/api/assignments/{assignment}/photos", data=png())
    assert (await desk.store.read(lambda store: store.assignments.get(assignment)))["state"] == "dikirim"
    assert not desk.console.media.exists()


async def test_not_ours_names_a_taker_who_has_it_at_once(desk: RunningConsole) -> None:
    """The ticket is never without an agency; the note says why and who."""
    number, (assignment,) = await desk.ticket("damkar")
    body = {"reason": "kabel listrik", "taker": "pln"}
    assert _state(await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/decline", json=body)) == (
        200,
        "bukan_wewenang",
    )
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert ticket["status"] == "dispatched"
    handed = [(row["opd"], row["state"], row["note"]) for row in ticket["assignments"]]
    assert handed == [("damkar", "bukan_wewenang", "kabel listrik (yang berwenang: PLN)"), ("pln", "dikirim", None)]


async def test_not_ours_and_nobody_known_goes_back_to_the_operators(desk: RunningConsole) -> None:
    """It is open again and stands on every operator's page."""
    number, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/decline"
    missing = {"error": "alasan belum diisi", "field": "reason"}
    assert (400, missing) == await desk.ask("damkar", "POST", path, json={"taker": "112"})
    own = {"error": "pilih OPD lain sebagai yang berwenang", "field": "taker"}
    assert (400, own) == await desk.ask("damkar", "POST", path, json={"taker": "damkar", "reason": "x"})
    assert _state(await desk.ask("damkar", "POST", path, json={"taker": "112", "reason": "salah alamat"})) == (
        200,
        "bukan_wewenang",
    )
    returned = await desk.store.read(lambda store: store.boards.returned())
    assert [(number, "salah alamat (yang berwenang: operator 112)")] == [(r["number"], r["note"]) for r in returned]


async def test_the_command_centre_cancels_with_a_reason(desk: RunningConsole) -> None:
    """Without one it is refused."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/cancel"
    missing = {"error": "alasan belum diisi", "field": "reason"}
    assert (400, missing) == await desk.ask("pusat", "POST", path, json={})
    assert _state(await desk.ask("pusat", "POST", path, json={"reason": "laporan ganda"})) == (200, "dibatalkan")


async def test_an_answer_by_telephone_is_written_down_with_its_source(desk: RunningConsole) -> None:
    """An operator may end the siren for an agency, but says who answered."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/move"
    missing = {"error": "tulis siapa yang menjawab dan lewat apa", "field": "note"}
    assert (400, missing) == await desk.ask("siti", "POST", path, json={"state": "diterima"})
    body = {"state": "diterima", "note": "Pak Joko, telepon meja"}
    assert _state(await desk.ask("siti", "POST", path, json=body)) == (200, "diterima")
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert (row["acknowledged_by"], row["via"], row["note"]) == ("siti", "operator", "Pak Joko, telepon meja")


@pytest.mark.parametrize("user", ["pusat", "admin"])
async def test_nobody_above_answers_on_a_page(desk: RunningConsole, user: str) -> None:
    """Not even with a note of who answered: an operator writes that down, who heard it."""
    _, (assignment,) = await desk.ticket("damkar")
    body = {"state": "diterima", "note": "Pak Joko, telepon"}
    refused = {"error": "hanya OPD yang bisa menjawab; jawaban lewat telepon dicatat operator 112"}
    assert (409, refused) == await desk.ask(user, "POST", f"/api/assignments/{assignment}/move", json=body)
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_at"]) == ("dikirim", None)


async def test_the_command_centre_knows_and_is_quiet_for_itself(desk: RunningConsole) -> None:
    """Its contact alone; shown on the wall, the ticket's page and the operators'; the agency is pushed on."""
    number, (assignment,) = await desk.ticket("damkar")
    status, answer = await desk.ask("pusat", "POST", f"/api/assignments/{assignment}/known", json={})
    assert (status, answer["id"]) == (200, assignment)
    quiet = await desk.store.read(lambda store: store.snoozes.at(desk.clock.now))
    assert {key: to_text(end) for key, end in quiet.items()} == {(assignment, "pusat"): answer["until"]}
    moment = Moments().at(desk.console.setting, desk.clock.now)
    for page, subject in (("overview", ""), ("ticket", number), ("operator", "siti")):
        shown = await desk.store.read(lambda store, page=page, subject=subject: SNAPSHOTS[page](store, moment, subject))  # type: ignore[misc]
        assert [(row["contact"], row["opd"]) for row in shown["known"]] == [("pusat", "damkar")]
    open_pushes = await desk.store.read(
        lambda store: store.connection.all("SELECT contact FROM pushes WHERE done_at IS NULL")
    )
    assert [row["contact"] for row in open_pushes] == ["damkar.siaga"]


async def test_the_command_centre_gives_a_silent_agencys_task_to_another(desk: RunningConsole) -> None:
    """Reassigned, and not declined in the agency's name."""
    number, (assignment,) = await desk.ticket("damkar")
    body = {"reason": "tidak menjawab", "taker": "bpbd"}
    answer = await desk.ask("pusat", "POST", f"/api/assignments/{assignment}/decline", json=body)
    assert _state(answer) == (200, "dibatalkan")
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert [(row["opd"], row["state"]) for row in ticket["assignments"]] == [
        ("damkar", "dibatalkan"),
        ("bpbd", "dikirim"),
    ]


async def test_what_one_agency_gave_back_is_seen_while_another_has_the_ticket(desk: RunningConsole) -> None:
    """On every operator's list, until a third agency has it or an operator says why none is needed."""
    number, (first, _second) = await desk.ticket("damkar", "pln")
    body = {"reason": "bukan api", "taker": "112"}
    assert _state(await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json=body)) == (
        200,
        "bukan_wewenang",
    )
    returned = await desk.store.read(lambda store: store.boards.returned())
    assert [(row["number"], row["opd"], row["status"]) for row in returned] == [(number, "damkar", "dispatched")]
    assert await desk.store.read(lambda store: store.boards.returned_count()) == 1
    path = f"/api/tickets/{number}/returned"
    assert (await desk.ask("siti", "POST", path, json={"note": ""}))[0] == 400
    assert (await desk.ask("siti", "POST", path, json={"note": "PLN cukup"}))[0] == 200
    assert await desk.store.read(lambda store: store.boards.returned()) == []
    assert (await desk.ask("siti", "POST", path, json={"note": "lagi"}))[0] == 409


async def test_a_third_agency_settles_what_came_back(desk: RunningConsole) -> None:
    """Sent on by an operator: it leaves the list."""
    number, (first, _second) = await desk.ticket("damkar", "pln")
    body = {"reason": "bukan api", "taker": "112"}
    await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json=body)
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["bpbd"]}))[0] == 200
    assert await desk.store.read(lambda store: store.boards.returned()) == []


async def test_a_photo_is_kept_and_shown_to_those_with_a_right(desk: RunningConsole) -> None:
    """Its own agency and the staff see it; another agency and strangers do not."""
    _, (assignment,) = await desk.ticket("damkar")
    status, answer = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/photos", data=png())
    assert status == 201
    for user in ("damkar", "siti", "pusat"):
        async with await desk.session(user) as session, session.get(desk.url(answer["url"])) as response:
            assert (200, "image/png", png()) == (response.status, response.content_type, await response.read())
            assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert await desk.ask("pln", "GET", answer["url"]) == (404, {"error": "foto tidak ada"})
    assert (await desk.ask(None, "GET", answer["url"]))[0] == 401
    for name in ("..%2ftanggap.db", "a.png", ".%2e/tanggap.db"):
        assert (await desk.ask("pusat", "GET", f"/media/{name}"))[0] == 404


async def test_what_is_no_photo_is_said_and_not_kept(desk: RunningConsole) -> None:
    """By its bytes, whatever it calls itself."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/photos"
    wrong = {"error": "foto bukan gambar: yang diharapkan JPEG, PNG, WebP atau HEIC yang utuh", "field": "photo"}
    for data in (b"<html><script>", b"%PDF-1.7", png()[:-20], b"\xff\xd8\xff\xe0 halo", b"GIF89a\x01\0\x01\0"):
        headers = {"Content-Type": "image/jpeg"}
        assert (400, wrong) == await desk.ask("damkar", "POST", path, data=data, headers=headers)
    none = {"error": "foto belum dipilih", "field": "photo"}
    assert (400, none) == await desk.ask("damkar", "POST", path, data=b"")
    assert not desk.console.media.exists()
    assert await desk.store.read(lambda store: store.assignments.attachments(assignment)) == []


async def test_a_link_is_an_address_of_the_web(desk: RunningConsole) -> None:
    """Nothing else becomes something to click on."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/move"
    await desk.ask("damkar", "POST", path, json={"state": "diterima"})
    wrong = {"error": "tautan tidak benar: yang diharapkan alamat yang diawali https://", "field": "link"}
    for link in ("javascript:alert(1)", "data:text/html,x", "https://", "http://[", "https://a b"):
        assert (400, wrong) == await desk.ask("damkar", "POST", path, json={"state": "selesai", "link": link})
    body = {"state": "selesai", "link": "https://instagram.com/p/1"}
    assert _state(await desk.ask("damkar", "POST", path, json=body)) == (200, "selesai")


async def test_an_assignment_takes_so_many_photos_and_no_more(
    desk: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agency's login cannot fill the disk; what was refused leaves no file."""
    monkeypatch.setattr(steps, "MOST_ATTACHMENTS", 2)
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/photos"
    assert [(await desk.ask("damkar", "POST", path, data=png()))[0] for _ in range(3)] == [201, 201, 409]
    assert len(list(desk.console.media.iterdir())) == 2


async def test_an_agency_reads_what_the_others_answered(desk: RunningConsole) -> None:
    """State and note of each other agency of the incident, at once; none of another ticket, and no time of its own."""
    _, (mine, other) = await desk.ticket("damkar", "pln")
    await desk.ticket("bpbd")
    moment = desk.live._moments.at(desk.console.setting, desk.clock.now)

    async def others() -> list[tuple[str, str, str | None]]:
        (task,) = (await desk.store.read(lambda store: opd(store, moment, "damkar")))["open"]
        assert task["id"] == mine
        return [(row["opd"], row["state"], row["note"]) for row in task["others"]]

    assert await others() == [("pln", "dikirim", None)]
    body = {"state": "diterima", "note": "listrik dipadamkan"}
    assert (await desk.ask("pln", "POST", f"/api/assignments/{other}/move", json=body))[0] == 200
    assert await others() == [("pln", "diterima", "listrik dipadamkan")]
