"""One-time links: a look changes nothing, one tap accepts, and nobody does anything with a link that is not theirs."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from playwright.async_api import Browser, expect

from tests.console.api.test_assigning import png
from tests.console.desk112 import LINK_KEY, NOW, SITI, RunningConsole
from tickets import links
from tickets.links import Link
from tickets.model import Actor

PERSON = {"Accept": "text/html"}
IN_TIME_MS = 30_000


def path_of(assignment: int, contact: str = "damkar.siaga", nonce: str = "1-1", **more: Any) -> str:
    """The address of a link, as a message carries it."""
    link = Link(assignment, contact, links.PURPOSE, NOW + links.GOOD_FOR, nonce)
    return f"/t/{links.sign(LINK_KEY, replace(link, **more))}"


@asynccontextmanager
async def phone() -> AsyncIterator[ClientSession]:
    """A browser of its own."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=PERSON) as session:
        yield session


async def says(answer: ClientResponse) -> tuple[int, str]:
    """The status and the one sentence of a refusal's page."""
    matched = re.search(r"<h1>(.*?)\.</h1>", await answer.text())
    return answer.status, matched[1] if matched else ""


async def state_of(desk: RunningConsole, assignment: int) -> tuple[str, str | None]:
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    return row["state"], row["acknowledged_by"]


async def rows(desk: RunningConsole, kind: str) -> list[Any]:
    rows = await desk.store.read(lambda store: store.journal.after(0, 10_000))
    return [(row["actor"], row["data"].get("why")) for row in rows if row["kind"] == kind]


async def test_who_is_above_knows_and_does_not_answer(desk: RunningConsole) -> None:
    """The command centre's link shows the agency's telephones and «Saya tahu»; no button of the agency."""
    routing = desk.console.setting.routing
    damkar = replace(routing.opds["damkar"], phone="+62291591113")
    desk.console.take(replace(desk.console.setting, routing=replace(routing, opds=routing.opds | {"damkar": damkar})))
    _, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment, "pusat"))
    async with phone() as mine:
        async with mine.get(address) as shown:
            text = await shown.text()
        assert ("TERIMA" in text, "Bukan wewenang" in text, "tel:+62291591113" in text) == (False, False, True)
        assert "Saya tahu, saya tangani" in text
        async with mine.post(address, data={"state": "diterima"}) as refused:
            assert (refused.status, "Hanya Damkar yang bisa menjawab" in await refused.text()) == (409, True)
        async with mine.post(address, data={"state": "tahu"}) as done:
            text = await done.text()
            assert (done.status, "Tercatat: Anda tahu dan menangani" in text) == (200, True)
    assert await state_of(desk, assignment) == ("dikirim", None)


async def test_one_tap_accepts_and_the_browser_goes_on(desk: RunningConsole) -> None:
    """GET changes nothing, however often; POST accepts; then state by state in this browser alone, with proof."""
    _, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment))
    async with phone() as mine, phone() as other:
        for _ in range(3):
            async with mine.get(address) as shown:
                text = await shown.text()
                assert (shown.status, "TERIMA" in text, "Pelapor" in text) == (200, True, False)
        assert await state_of(desk, assignment) == ("dikirim", None)
        async with mine.post(address, data={"state": "diterima"}) as done:
            assert (done.status, "Berangkat" in await done.text()) == (200, True)
        assert await state_of(desk, assignment) == ("diterima", "damkar.siaga")
        used = "Tautan ini sudah dipakai; laporan ini sudah dijawab Siaga damkar pukul 10.00"
        async with other.get(address) as shown:
            assert await says(shown) == (410, used)
        async with other.post(address, data={"state": "berangkat"}) as shown:
            assert await says(shown) == (410, used)
        async with mine.post(address, data={"state": "diterima"}) as again:  # the first answer was lost on its way
            assert again.status == 200
        for state in ("berangkat", "di_lokasi"):
            async with mine.post(address, data={"state": state}) as done:
                assert done.status == 200
        async with mine.post(address, data={"state": "selesai"}) as refused:
            text = await refused.text()
            assert (refused.status, "Sebelum selesai, tambahkan foto" in text) == (400, True)
        async with mine.post(f"{address}/photos", data=png()) as done:
            matched = re.search(r"/media/[\w.-]+", await done.text())
            assert (done.status, bool(matched)) == (200, True)
        assert matched
        async with mine.get(address + matched[0]) as picture, other.get(address + matched[0]) as denied:
            assert (picture.status, await picture.read(), denied.status) == (200, png(), 410)
        async with mine.post(address, data={"state": "selesai"}) as done:
            assert (done.status, "Terima kasih" in await done.text()) == (200, True)
    assert await state_of(desk, assignment) == ("selesai", "damkar.siaga")
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert row["via"] == "link"
    assert await rows(desk, "link.refused") == [("contact:damkar.siaga", used[0].lower() + used[1:])]  # not twice


@pytest.mark.parametrize(
    ("more", "status", "sentence"),
    [
        ({"expires_at": NOW}, 410, "Tautan ini sudah kedaluwarsa; tunggu pesan berikutnya atau telepon 112"),
        ({"purpose": "lain"}, 410, "Tautan ini untuk keperluan lain"),
        ({"contact": "damkar.pensiun"}, 410, "Tautan ini dicabut: kontaknya tidak lagi bertugas"),
        ({"contact": "pln.siaga"}, 410, "Tautan ini dicabut: kontaknya tidak lagi bertugas"),
    ],
)
async def test_a_link_that_opens_nothing_says_why(
    desk: RunningConsole, more: dict[str, Any], status: int, sentence: str
) -> None:
    """Old, for something else, of a contact that is gone, of another agency: a page, a row, and no effect."""
    _, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment, **more))
    async with phone() as mine:
        async with mine.get(address) as shown:
            assert await says(shown) == (status, sentence)
        async with mine.post(address, data={"state": "diterima"}) as shown:
            assert await says(shown) == (status, sentence)
        async with mine.post(f"{address}/photos", data=png()) as shown:
            assert await says(shown) == (status, sentence)
        async with mine.post(f"{address}/opened") as shown:
            assert shown.status == status
    assert (await state_of(desk, assignment), desk.console.media.exists()) == (("dikirim", None), False)
    assert [why for _, why in await rows(desk, "link.refused")] == [sentence[0].lower() + sentence[1:]]


async def test_a_forged_link_opens_nothing(desk: RunningConsole) -> None:
    """Another key, another assignment under a right signature, nonsense: 403, one row in ten seconds, no effect."""
    _, (assignment,) = await desk.ticket("damkar")
    right = path_of(assignment)
    other = path_of(assignment + 1).split(".")[0] + "." + right.split(".")[1]
    async with phone() as mine:
        for forged in (other, right[:-1], f"{right}x", "/t/x", "/t/.x", f"/t/{'a' * 900}"):
            async with mine.get(desk.url(forged)) as shown:
                assert await says(shown) == (403, "Tautan ini tidak sah")
            async with mine.post(desk.url(forged), data={"state": "diterima"}) as shown:
                assert await says(shown) == (403, "Tautan ini tidak sah")
    assert await state_of(desk, assignment) == ("dikirim", None)
    assert await rows(desk, "link.refused") == [("process:console", "tautan ini tidak sah")]
    desk.console.link_key = lambda: ""
    async with phone() as mine, mine.get(desk.url(right)) as shown:  # a lost secret opens nothing to anybody
        assert shown.status == 403


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("dibatalkan", "Tugas ini sudah dibatalkan"), ("bukan_wewenang", "Tugas ini sudah ditarik dari Damkar")],
)
async def test_a_closed_assignment(desk: RunningConsole, state: str, sentence: str) -> None:
    """Taken back by the command centre, handed to others: the link of the message says so."""
    _, (assignment,) = await desk.ticket("damkar")
    await desk.store.write(lambda store: store.assignments.move(NOW, assignment, state, SITI, via="command", note="x"))
    async with phone() as mine, mine.post(desk.url(path_of(assignment)), data={"state": "diterima"}) as shown:
        assert await says(shown) == (410, sentence)
    assert (await state_of(desk, assignment))[0] == state


async def test_two_people_at_once(desk: RunningConsole) -> None:
    """Two contacts tap «TERIMA» of links of their own: one accepts, the other reads who did, and may go on from there;
    the link that could not accept is not spent."""
    _, (assignment,) = await desk.ticket("damkar")
    await desk.store.write(
        lambda store: store.assignments.move(NOW, assignment, "diterima", Actor("contact", "pusat"), via="link")
    )
    async with phone() as mine:
        address = desk.url(path_of(assignment))
        async with mine.post(address, data={"state": "diterima"}) as late:
            text = await late.text()
            sentence = "Laporan ini sudah «Diterima»; laporan ini sudah dijawab Pusat kendali pukul 10.00."
            assert (late.status, sentence in text) == (409, True)
            assert ('class="bar fine"' in text, 'class="bar bad"' in text) == (True, False)  # nothing is wrong
        async with mine.post(address, data={"state": "berangkat"}) as done:
            assert done.status == 200
    assert await state_of(desk, assignment) == ("berangkat", "pusat")
    acknowledged = await rows(desk, "assignment.acknowledged")
    assert [actor for actor, _ in acknowledged] == ["contact:pusat"]


async def test_not_ours_by_link_names_a_taker(desk: RunningConsole) -> None:
    """As on the page: the taker has the ticket in the same transaction; what is missing is said, and nothing spent."""
    number, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment))
    async with phone() as mine:
        async with mine.post(address, data={"state": "bukan_wewenang", "taker": "pln"}) as refused:
            assert (refused.status, "Alasan belum diisi" in await refused.text()) == (400, True)
        body = {"state": "bukan_wewenang", "taker": "pln", "reason": "kabel"}
        async with mine.get(address), mine.post(address, data=body) as done:
            assert (done.status, "Terima kasih" in await done.text()) == (200, True)
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert [(row["opd"], row["state"]) for row in ticket["assignments"]] == [
        ("damkar", "bukan_wewenang"),
        ("pln", "dikirim"),
    ]


async def test_nothing_of_the_link_leaks(desk: RunningConsole) -> None:
    """No index, no cache, no referrer to others; another assignment stays shut to the same browser; another site may
    not press the button."""
    _, (assignment,) = await desk.ticket("damkar")
    _, (two,) = await desk.ticket("pln")
    address = desk.url(path_of(assignment))
    async with phone() as mine:
        async with mine.get(address) as shown:
            headers = shown.headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["X-Robots-Tag"] == "noindex, nofollow"
            cookie = shown.cookies["tugas"]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/t/")
        async with mine.post(address, data={"state": "diterima"}, headers={"Sec-Fetch-Site": "cross-site"}) as shown:
            assert shown.status == 403
        async with mine.post(address, data={"state": "diterima"}):
            pass
        other = desk.url(path_of(two, "pln.siaga", nonce="1-1", expires_at=NOW))
        async with mine.get(other) as shown:
            assert shown.status == 410
    assert await state_of(desk, two) == ("dikirim", None)


async def test_a_later_link_of_the_same_assignment_opens_in_the_same_browser(desk: RunningConsole) -> None:
    """The reminder's link opens where the first was used, also after its time; elsewhere it does the next step."""
    _, (assignment,) = await desk.ticket("damkar")
    async with phone() as mine:
        async with (
            mine.get(desk.url(path_of(assignment))),
            mine.post(desk.url(path_of(assignment)), data={"state": "diterima"}),
        ):
            pass
        desk.clock.now = NOW + timedelta(days=4)
        async with mine.get(desk.url(path_of(assignment))) as shown:
            assert (shown.status, "Berangkat" in await shown.text()) == (200, True)
        reminder = path_of(assignment, nonce="1-9", expires_at=NOW + timedelta(days=5))
        async with phone() as other, other.post(desk.url(reminder), data={"state": "berangkat"}):
            pass
    assert await state_of(desk, assignment) == ("berangkat", "damkar.siaga")


@pytest.mark.long
async def test_on_a_telephone(desk: RunningConsole, browser: Browser) -> None:
    """A real browser: the page is noted as read, one tap accepts and shows the next step; without a script too."""
    _, (assignment,) = await desk.ticket("damkar")
    size = {"width": 390, "height": 844}
    page = await browser.new_page(viewport=size, base_url=desk.url("/"))  # type: ignore[arg-type]
    await page.goto(path_of(assignment))
    button = page.get_by_role("button", name="TERIMA", exact=True)
    box = await button.bounding_box()
    assert box
    assert box["y"] + box["height"] < 400 and box["height"] >= 60  # under the thumb, without scrolling
    await button.click()
    await expect(page.get_by_role("button", name="Berangkat")).to_be_visible(timeout=IN_TIME_MS)
    assert await rows(desk, "link.opened") == [("contact:damkar.siaga", None)]
    await page.close()
    plain = await browser.new_page(java_script_enabled=False, base_url=desk.url("/"))
    await plain.goto(path_of(assignment, nonce="2-1"))
    await plain.get_by_role("button", name="Berangkat").click()
    await expect(plain.get_by_role("button", name="Tiba di lokasi")).to_be_visible(timeout=IN_TIME_MS)
    await plain.close()
    assert await state_of(desk, assignment) == ("berangkat", "damkar.siaga")


async def test_a_refused_proof_is_told_with_what_to_do(desk: RunningConsole) -> None:
    """No picture, one too many, a task that has ended: the page of the task with the sentence, and the way on; a script
    gets the sentence alone."""
    _, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment))
    on = "Ambil foto baru dengan kamera lalu kirim lagi, atau tulis catatan hasil."
    async with phone() as mine:
        async with mine.get(address), mine.post(address, data={"state": "diterima"}):
            pass
        async with mine.post(f"{address}/photos", data=b"bukan gambar") as shown:
            text = await shown.text()
        assert (shown.status, "Foto TIDAK diterima 112: foto bukan gambar" in text, on in text) == (400, True, True)
        assert "Catatan hasil" in text  # the form is at hand
        async with mine.post(address, data={"state": "selesai", "note": "padam"}):
            pass
        async with mine.post(f"{address}/photos", data=png()) as shown:
            assert (shown.status, "TIDAK diterima 112: penugasan" in await shown.text()) == (409, True)
        async with mine.post(f"{address}/photos", data=png(), headers={"Accept": "*/*"}) as shown:
            assert (shown.status, "error" in await shown.json()) == (409, True)


async def test_a_step_by_link_is_taken_back(desk: RunningConsole) -> None:
    """The page offers it for seconds, in the browser that took the step; afterwards it can be accepted anew."""
    _, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment))
    async with phone() as mine, phone() as other:
        async with mine.get(address), mine.post(address, data={"state": "diterima"}) as done:
            assert "Urungkan «Diterima»" in await done.text()
        async with other.post(address, data={"state": "urungkan"}) as refused:
            assert refused.status == 410
        async with mine.post(address, data={"state": "urungkan"}) as done:
            assert (done.status, ">TERIMA<" in await done.text()) == (200, True)
        assert await state_of(desk, assignment) == ("dikirim", None)
        async with mine.post(address, data={"state": "diterima"}):
            pass
        desk.clock.now += timedelta(seconds=21)
        async with mine.get(address) as shown:
            assert "Urungkan" not in await shown.text()
        async with mine.post(address, data={"state": "urungkan"}) as late:
            assert (late.status, "Terlambat" in await late.text()) == (409, True)
    assert (await state_of(desk, assignment))[0] == "diterima"
