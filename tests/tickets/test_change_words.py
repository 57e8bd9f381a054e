"""Changes in words: for messages and pages, and for the telephone."""

import pytest

from tests.tickets.world import START, WIB, make_routing
from tickets.change_words import recalls, spoken, written
from tickets.model import Row, to_text

CATEGORIES = make_routing().categories


def row(field: str, before: str | None, after: str | None, about: str = "") -> Row:
    return {"field": field, "about": about, "before": before, "after": after, "changed_at": to_text(START)}


@pytest.mark.parametrize(
    ("change", "text", "speech"),
    [
        (
            row("address", "Margoyoso", "Purwogondo"),
            "Diubah 14.00: alamat Margoyoso → Purwogondo",
            "Alamat, semula Margoyoso, sekarang Purwogondo",
        ),
        (
            row("address", None, "-6.53101, 110.78102 (tautan peta)"),
            "Diubah 14.00: alamat -6.53101, 110.78102 (tautan peta)",
            "Alamat sekarang, lihat di pesan atau halaman",
        ),
        (
            row("position", None, "± 12 m, dari tautan peta: https://maps.google.com/?q=-6.5,110.7"),
            "Diubah 14.00: titik ± 12 m, dari tautan peta: https://maps.google.com/?q=-6.5,110.7",
            "Titik lokasi berubah, lihat di pesan atau halaman",
        ),
        (row("desa", None, "Kecapi"), "Diubah 14.00: desa Kecapi", "Desa sekarang, Kecapi"),
        (row("desa", "Kecapi", None), "Diubah 14.00: desa Kecapi → (dihapus)", "Desa, semula Kecapi, sekarang dihapus"),
        (
            row("category", "kebakaran", "lain"),
            "Diubah 14.00: kategori Kebakaran → lain",
            "Kategori, semula Kebakaran, sekarang lain",
        ),
        (
            row("kind", "complaint", "emergency"),
            "Diubah 14.00: jenis pengaduan → darurat",
            "Jenis, semula pengaduan, sekarang darurat",
        ),
        (
            row("description", "api", "PELAKU MEMBAWA\nSENJATA"),
            "Diubah 14.00: uraian api → PELAKU MEMBAWA SENJATA",
            "Uraian sekarang, PELAKU MEMBAWA SENJATA",
        ),
        (
            row("report", None, "Pasar: 3 orang terjebak", "T-2"),
            "Penelepon lain 14.00: Pasar: 3 orang terjebak",
            "Penelepon lain melaporkan, Pasar: 3 orang terjebak",
        ),
        (
            row("report", "Pasar: api", None, "T-2"),
            "Bukan kejadian ini 14.00: Pasar: api",
            "Satu laporan ternyata kejadian lain",
        ),
        (
            row("recall", "berangkat", "salah alamat"),
            "DIBATALKAN 14.00: salah alamat",
            "Tugas ini dibatalkan, salah alamat",
        ),
        (
            row("recall", "berangkat", "digabung ke T-1", "T-1"),
            "DIGABUNG 14.00 ke T-1: teruskan di tugas itu",
            "Tugas ini digabung ke laporan lain, teruskan tugas itu",
        ),
    ],
)
def test_each_kind_of_change(change: Row, text: str, speech: str) -> None:
    """The old and the new value to read; to hear of a story what it says now."""
    assert (written(change, CATEGORIES, WIB), spoken(change, CATEGORIES)) == (text, speech)


def test_a_long_story_is_cut_at_a_word() -> None:
    """A message and a call are no place for two whole stories."""
    story = "kata " * 300
    assert len(written(row("description", story, story + "baru"), CATEGORIES, WIB)) < 850
    assert len(spoken(row("description", None, story), CATEGORIES)) < 230


def test_a_task_that_goes_on_elsewhere_is_not_recalled() -> None:
    """Its crew is not to turn round."""
    assert recalls([row("recall", "berangkat", "salah")])
    assert not recalls([row("recall", "berangkat", "digabung ke T-1", "T-1"), row("desa", "a", "b")])
