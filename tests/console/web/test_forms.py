"""Hostile and clumsy requests: each gets a sentence, and nothing of it is kept."""

import json
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.console.desk112 import RunningConsole

BIG = 10 * 1024 * 1024
HTML = {"Accept": "text/html"}


KNOWN = "kind, category, kecamatan, desa, address, description, reporter_name, reporter_number"
KINDS = "emergency, complaint, information, prank, silent, unknown"
UNSTORABLE = "isian description memuat huruf yang tidak bisa disimpan"
TOO_LONG = "isian description terlalu panjang: 5001 huruf, paling banyak 5000"


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({}, None, None),
        ({"nama": "x"}, "nama", f"isian tidak dikenal: nama; yang ada: {KNOWN}, over"),
        ({"category": "hantu"}, "category", "kategori 'hantu' tidak dikenal; yang ada: kebakaran, listrik"),
        ({"category": ["kebakaran"]}, "category", "kategori harus teks"),
        ({"kecamatan": "Atlantis"}, "kecamatan", "kecamatan 'Atlantis' tidak ada di daftar Kabupaten Uji"),
        ({"kind": "santai"}, None, f"jenis 'santai' tidak dikenal; yang ada: {KINDS}"),
        ({"description": "a" * 5001}, "description", TOO_LONG),
        ({"description": "a\x00b"}, "description", UNSTORABLE),
        ({"description": "\ud800"}, "description", UNSTORABLE),
        ({"address": 5}, "address", "isian address harus teks"),
    ],
)
async def test_a_draft_is_checked_field_by_field(
    desk: RunningConsole, body: Any, field: str | None, sentence: str | None
) -> None:
    """The answer names the field, the ticket stays as it was."""
    number = await desk.call()
    before = await desk.store.read(lambda store: store.tickets.get(number))
    status, answer = await desk.ask("siti", "PATCH", f"/api/tickets/{number}", data=json.dumps(body))
    if sentence is None:
        assert (status, answer["saved"]) == (200, [])
    else:
        assert (400, {"error": sentence} | ({"field": field} if field else {})) == (status, answer)
        assert before == await desk.store.read(lambda store: store.tickets.get(number))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 30000, b"NaN"])
async def test_what_is_no_json_object_is_refused(desk: RunningConsole, body: bytes) -> None:
    """Broken text, other shapes, and nesting that would break a parser."""
    status, answer = await desk.ask("siti", "POST", "/api/presence", data=body)
    assert status == 400
    assert answer["error"] in (
        "isian tidak bisa dibaca: yang diharapkan JSON",
        "isian tidak bisa dibaca: yang diharapkan objek JSON",
        "keadaan belum diisi",
    )


async def test_markup_is_text(desk: RunningConsole) -> None:
    """Stored and given back as it was typed; pages render it as text."""
    number = await desk.call()
    evil = "<script>alert(1)</script>' OR 1=1 --"
    assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"description": evil}))[0] == 200
    assert evil == (await desk.ask("siti", "GET", f"/api/tickets/{number}"))[1]["description"]


@pytest.mark.parametrize("path", ["T-20261122-9999", "x", "..%2f..%2fetc%2fpasswd", "%00", "'%20OR%201=1", "a" * 3000])
async def test_an_unknown_ticket_is_a_404_with_a_sentence(desk: RunningConsole, path: str) -> None:
    """For fetches as JSON, for people as a page."""
    status, answer = await desk.ask("siti", "GET", f"/api/tickets/{path}")
    assert status == 404
    assert answer["error"].endswith("tidak ada")
    status, page = await desk.ask("siti", "GET", f"/tiket/{path}", headers=HTML)
    assert status == 404
    assert "tidak ada.</h1>" in page


async def test_unknown_paths_and_methods_have_sentences(desk: RunningConsole) -> None:
    """In Indonesian, as a page for people."""
    status, page = await desk.ask("siti", "GET", "/nirgends", headers=HTML)
    assert (status, "Halaman /nirgends tidak ada." in page) == (404, True)
    assert await desk.ask("siti", "DELETE", "/api/presence") == (
        405,
        {"error": "cara DELETE tidak berlaku untuk /api/presence"},
    )


async def test_a_body_of_10_mb_is_a_413_with_a_sentence(desk: RunningConsole) -> None:
    """On a form, on a photo, and on the login form, where it comes from anybody."""
    _, (assignment,) = await desk.ticket("damkar")
    too_big = {"error": f"isian terlalu besar: {BIG} byte, paling banyak 65536"}
    assert (413, too_big) == await desk.ask("siti", "POST", "/api/presence", data=BytesIO(b"x" * BIG))
    sentence = {"error": "kiriman terlalu besar: paling banyak 8 MB"}
    assert (413, sentence) == await desk.ask(
        "damkar", "POST", f"/api/assignments/{assignment}/photos", data=BytesIO(b"x" * BIG)
    )
    assert (413, sentence) == await desk.ask(None, "POST", "/masuk", data={"nama": BytesIO(b"x" * BIG)})


async def test_a_body_without_a_length_is_counted_as_it_comes(desk: RunningConsole) -> None:
    """Chunks without an end do not fill the memory."""

    async def chunks() -> Any:
        for _ in range(160):
            yield b"x" * 65536

    session = await desk.session("siti")
    async with session, session.post(desk.url("/api/presence"), data=chunks()) as answer:
        assert (answer.status, await answer.json()) == (413, {"error": "kiriman terlalu besar: paling banyak 8 MB"})


async def test_numbers_in_paths_are_numbers(desk: RunningConsole) -> None:
    """Letters find no route, and more digits than the store has are a 404."""
    assert (await desk.ask("pusat", "POST", "/api/assignments/x/cancel", json={"reason": "r"}))[0] == 404
    status, answer = await desk.ask("pusat", "POST", f"/api/assignments/{'9' * 40}/cancel", json={"reason": "r"})
    assert (status, answer) == (404, {"error": "penugasan 99999999999999999999… tidak ada"})


async def test_a_store_that_cannot_be_written_is_said(desk: RunningConsole) -> None:
    """Disk full or locked: 503, and the page keeps what was typed."""
    await desk.store.close()
    async with ClientSession() as session, session.get(desk.url("/health")) as answer:
        assert (answer.status, await answer.json()) == (503, {"error": "basis data sudah ditutup"})
