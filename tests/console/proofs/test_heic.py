"""HEIC photos, as telephones write them: they arrive as JPEG, with their time and place, and a broken one is told."""

from pathlib import Path

import pytest

from console.api import exif
from console.api.photos import inspect
from console.proofs import heic_decoder
from console.proofs.heic import LIMIT_S, Converter, is_heic
from tests.console.desk112 import RunningConsole
from tests.console.pages.test_onetap import path_of, phone

# 64x48, blue above red, shot on 2026-11-22 at 6.59 south, 110.67 east by «Kamera RAHASIA»
FOTO = (Path(__file__).parents[1] / "foto.heic").read_bytes()


async def accepted(desk: RunningConsole) -> int:
    """A fire that Damkar has accepted."""
    _, (assignment,) = await desk.ticket("damkar")
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    return assignment


async def test_a_heic_photo_is_kept_as_jpeg_with_its_time_and_place(desk: RunningConsole) -> None:
    """Shown to everybody, without what its camera wrote about itself."""
    assignment = await accepted(desk)
    status, data = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/photos", data=FOTO)
    assert status == 201, data
    assert data["photo"].endswith(".jpg")
    kept = (desk.console.media / data["photo"]).read_bytes()
    picture = inspect(kept)
    assert picture is not None
    assert (picture.ending, picture.width, picture.height) == ("jpg", 64, 48)
    assert b"RAHASIA" not in kept
    (row,) = await desk.store.read(lambda store: store.assignments.attachments(assignment))
    assert (row["taken_at"], row["lat"], row["lon"]) == ("2026-11-22T09:58:01+07:00", -6.59, 110.67)


async def test_a_heic_photo_comes_by_a_link(desk: RunningConsole) -> None:
    """As on the agency's page."""
    _, (assignment,) = await desk.ticket("damkar")
    address = desk.url(path_of(assignment))
    async with phone() as mine:
        async with mine.get(address), mine.post(address, data={"state": "diterima"}):
            pass
        async with mine.post(f"{address}/photos", data=FOTO) as done:
            assert (done.status, ".jpg" in await done.text()) == (200, True)


@pytest.mark.parametrize(
    "data", [FOTO[:500], FOTO[:40] + b"\xff" * 700, b"....ftypheic...."], ids=["cut", "bent", "no"]
)
async def test_a_broken_heic_photo_is_told(desk: RunningConsole, data: bytes) -> None:
    """The decoder's end is not ours; nothing is kept."""
    assignment = await accepted(desk)
    status, answer = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/photos", data=data)
    assert (status, answer) == (
        400,
        {"error": "foto HEIC ini tidak bisa dibaca di 112; ambil lagi sebagai JPEG", "field": "photo"},
    )
    assert not desk.console.media.exists()


def test_heic_is_told_by_its_first_box() -> None:
    """By any of its brands; other films and pictures are none."""
    assert is_heic(FOTO)
    assert is_heic(b"\0\0\0\x18ftypXXXX\0\0\0\0mif1heic")
    for other in (b"", b"\xff\xd8\xff", b"\0\0\0\x18ftypisom\0\0\0\0isommp42", b"\0\0\0\x14ftypavif\0\0\0\0avif"):
        assert not is_heic(other)


async def test_the_jpeg_has_the_metadata_of_the_heic() -> None:
    """Time and place are read from it afterwards, as from any JPEG."""
    heic = Converter()
    jpeg = await heic.to_jpeg(FOTO)
    assert jpeg is not None
    shot = exif.read(jpeg)
    assert (shot.taken_at, shot.lat, shot.lon) == ("2026-11-22T09:58:01+07:00", -6.59, 110.67)
    assert await heic.to_jpeg(b"no photo at all") is None


def test_a_decoder_with_a_quarter_of_a_core_may_use_all_of_its_cpu_time() -> None:
    """It has the lowest priority, so that it waits long on a busy machine: that alone refuses no photo."""
    assert heic_decoder.SECONDS * 4 < LIMIT_S
