"""`tanggap explain`: the same flow that handles real calls, told in sentences."""

from dataclasses import replace
from pathlib import Path

import pytest

from instance import Instance, load
from ivr.screening_rules import ScreeningRules
from tanggap.explain import explain, parse_at
from tests.ivr.playbook import TREE

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def instance() -> Instance:
    return load(REPOSITORY, secrets=False)


def test_at_nine_in_the_evening_it_is_closed_and_says_why(instance: Instance) -> None:
    """21:00:00 is closed; key 1 leaves a message."""
    explanation = explain(instance, parse_at("2026-11-22T21:00", instance), "081234567890", "1")
    assert explanation.outcome == "closed"
    assert explanation.lines[:2] == [
        "Panggilan dari 0812-3456-7890 (+6281234567890), Minggu 22 November 2026 pukul 21.00 WIB.",
        "Tutup: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB; "
        "buka lagi Senin 23 November 2026 pukul 07.00 WIB.",
    ]
    assert "Tombol 1: meninggalkan pesan." in explanation.lines
    assert explanation.data["changes_at"] == "2026-11-23T07:00:00+07:00"
    assert (explanation.data["open"], explanation.data["stage"], explanation.data["lane"]) == (False, "recording", None)


def test_a_second_earlier_it_is_open(instance: Instance) -> None:
    """20:59:59 is open: key 1 goes to the urgent lane and rings an operator."""
    explanation = explain(instance, parse_at("2026-11-22T20:59:59", instance), "081234567890", "1")
    assert explanation.outcome == "queued"
    assert explanation.lines[1] == "Buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB."
    assert explanation.lines[-2:] == [
        "Jalur mendesak, laporan darurat.",
        "Berdering 15 detik di operator siap yang paling lama menganggur, lalu di berikutnya, lalu di semua.",
    ]
    assert (explanation.data["lane"], explanation.data["kind"]) == ("urgent", "emergency")


def test_who_presses_nothing_is_asked_twice_and_stands_in_the_silent_lane(instance: Instance) -> None:
    """No key, no sound: never an error, never hung up at once."""
    explanation = explain(instance, parse_at("2026-11-22T12:00", instance), None, "")
    assert explanation.outcome == "silent"
    assert explanation.lines[0].startswith("Panggilan dari Tanpa nomor (tidak bisa ditelepon balik)")
    assert explanation.lines.count("Tidak ada tombol selama 4 detik.") == 2
    assert explanation.lines[-2].startswith("Jalur hening: tidak membunyikan telepon")


def test_wrong_keys_reach_a_person(instance: Instance) -> None:
    """Two wrong keys are a sign of a person: urgent, marked."""
    explanation = explain(instance, parse_at("2026-11-22T12:00", instance), "0000", "789")
    assert (explanation.outcome, explanation.data["lane"], explanation.data["mark"]) == (
        "queued",
        "urgent",
        "salah tombol",
    )
    assert "Tombol 9 setelah itu tidak mengubah apa pun." in explanation.lines


def test_a_category_and_a_place_show_who_is_pushed(instance: Instance) -> None:
    """A fire on Karimunjawa goes to its post, and the ladder is told step by step."""
    at = parse_at("2026-11-22T12:00", instance)
    explanation = explain(instance, at, "081234567890", "1", category="kebakaran", kecamatan="Karimunjawa")
    assert explanation.data["proposal"]["opds"] == ["karimunjawa", "bpbd"]
    assert (
        "  setelah 0 detik: karimunjawa.siaga (page), karimunjawa.siaga (call), setiap 30 detik sampai OPD menjawab"
        in explanation.lines
    )


def told(instance: Instance, keys: str, **more: object) -> list[str]:
    """The sentences between the opening hours and the way of ringing."""
    at = parse_at("2026-11-22T12:00", instance)
    lines = explain(instance, at, "081234567890", keys, **more).lines  # type: ignore[arg-type]
    return lines[2 : next(number for number, line in enumerate(lines) if line.startswith("Berdering"))]


def with_menus(instance: Instance, **changes: object) -> Instance:
    """The shipped instance with the menus of tests.ivr.playbook.TREE."""
    routing = replace(instance.routing, menus=TREE.menus, **changes)  # type: ignore[arg-type]
    return replace(instance, routing=routing)


CONNECTING = (
    "Penelepon mendengar: «Anda kami sambungkan dengan petugas. Percakapan ini direkam. "
    "Penyalahgunaan dapat dikenai sanksi hukum.»"
)
EMERGENCIES = "Kebakaran tekan satu, kesehatan dua, kecelakaan tiga, polisi empat, bencana lima."
FIRST = "Penelepon mendengar: «Jepara Tanggap 112. Darurat tekan satu, pengaduan dua, basa Jawa sembilan.»"


def test_menus_are_walked_key_by_key(instance: Instance) -> None:
    """Sub-menus, the keys that repeat and go back, and the category that a key says."""
    lines = told(with_menus(instance), "1*0*11")
    assert lines == [
        FIRST,
        "Tombol 1: Darurat, lalu menu «darurat».",
        f"Penelepon mendengar: «{EMERGENCIES}»",
        "Tombol *: ucapan diulang.",
        f"Penelepon mendengar: «{EMERGENCIES}»",
        "Tombol 0: kembali ke menu sebelumnya.",
        FIRST,
        "Tombol *: ucapan diulang.",
        FIRST,
        "Tombol 1: Darurat, lalu menu «darurat».",
        f"Penelepon mendengar: «{EMERGENCIES}»",
        "Tombol 1: Kebakaran, kategori Kebakaran.",
        CONNECTING,
        "Jalur mendesak, laporan darurat.",
    ]


def test_a_category_said_by_a_key_shows_who_is_proposed(instance: Instance) -> None:
    """Without --category: the key chose it."""
    explanation = explain(with_menus(instance), parse_at("2026-11-22T12:00", instance), None, "11", kecamatan="Kedung")
    assert explanation.data["category"] == "kebakaran"
    assert explanation.data["proposal"]["opds"] == ["damkar", "pln"]


def test_javanese_is_heard_where_there_is_any(instance: Instance) -> None:
    """The rest is Indonesian."""
    lines = told(with_menus(instance), "92")
    assert lines[1:4] == [
        "Tombol 9: Basa Jawa.",
        "Penelepon mendengar: «Jepara Tanggap 112. Darurat pencet setunggal, wadul kalih.»",
        "Tombol 2: Pengaduan.",
    ]
    assert lines[4].startswith("Penelepon mendengar: «Panjenengan kula sambungaken")


def test_a_doubted_call_meets_the_challenge(instance: Instance) -> None:
    """The two digits of this example, pressed or not."""
    asked = [
        "Diragukan: reputasi nomornya buruk.",
        "Penelepon mendengar: «Jepara Tanggap 112. Darurat, tekan satu. Pengaduan, tekan dua.»",
        "Tombol 1: Darurat.",
        "Tantangan: dua angka, berbeda pada setiap panggilan.",
        "Penelepon mendengar: «Untuk disambungkan, tekan dua angka ini:»",
    ]
    passed = told(instance, "1759", doubt="reputation")
    assert passed[:5] == asked
    assert passed[5:] == [
        "Penelepon mendengar: «lima»",
        "Penelepon mendengar: «sembilan»",
        "Tombol 7: bukan angka yang diminta.",
        "Tombol 5: angka pertama benar.",
        "Tombol 9: angka kedua benar, tantangan dilewati.",
        CONNECTING,
        "Jalur mendesak, laporan darurat.",
        "Karena diragukan, di belakang penelepon lain di jalur itu.",
    ]
    failed = told(instance, "1", doubt="reputation")
    assert failed.count("Tidak ada tombol selama 6 detik.") == 2
    assert failed[-2:] == [
        "Jalur belum terverifikasi, laporan darurat, ditandai «tanpa angka».",
        "Dilayani setelah jalur lain; 1 operator siap disisakan bagi jalur lain, "
        "sampai panggilan ini menunggu 30 detik.",
    ]


def test_who_speaks_is_put_through(instance: Instance) -> None:
    """Clean: urgent; doubted: unverified, without a challenge."""
    assert told(instance, "", speaks=True)[1:] == [
        "Penelepon berbicara.",
        "Tidak ada tombol selama 2,5 detik.",
        CONNECTING,
        "Jalur mendesak, ditandai «tanpa tombol».",
    ]
    assert "Jalur belum terverifikasi, ditandai «tanpa tombol»." in told(instance, "", speaks=True, doubt="flood")


def test_screening_switched_off_is_told(instance: Instance) -> None:
    """No menu; keys mean nothing."""
    off = replace(instance, routing=replace(instance.routing, screening=ScreeningRules(enabled=False)))
    assert told(off, "1") == [
        "Penyaringan dimatikan (enabled: false): tidak ada menu.",
        "Penelepon mendengar: «Jepara Tanggap 112.»",
        "Tombol 1: tidak ditanyakan, hanya dicatat.",
        CONNECTING,
        "Jalur mendesak.",
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-22T21:00", "2026-11-22T21:00:00+07:00"),
        ("2026-11-22 21:00:30", "2026-11-22T21:00:30+07:00"),
        ("2026-11-22T14:00Z", "2026-11-22T14:00:00+00:00"),
        ("2026-11-22T21:00+09:00", "2026-11-22T21:00:00+09:00"),
    ],
)
def test_a_moment_without_a_zone_is_the_sites(instance: Instance, text: str, iso: str) -> None:
    """WIB unless another zone is written."""
    assert parse_at(text, instance).isoformat() == iso


@pytest.mark.parametrize("text", ["", "besok", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "21:00"])
def test_a_wrong_moment_is_a_sentence(instance: Instance, text: str) -> None:
    """The error repeats what was typed and says what was expected."""
    with pytest.raises(ValueError) as raised:
        parse_at(text, instance)
    assert str(raised.value) == f'waktu "{text}" tidak sah, diharapkan seperti 2026-11-22T21:00'


def test_wrong_keys_and_categories_are_sentences(instance: Instance) -> None:
    """Only keys that a telephone has, only categories that routing.yaml has."""
    at = parse_at("2026-11-22T12:00", instance)
    with pytest.raises(ValueError) as raised:
        explain(instance, at, None, "1x")
    assert str(raised.value) == 'tombol "x" tidak ada, diharapkan 0 sampai 9, * atau #'
    with pytest.raises(ValueError) as raised:
        explain(instance, at, None, "1", category="kebakran")
    assert str(raised.value) == 'kategori "kebakran" tidak ada, diharapkan "kebakaran" (mungkin itu maksudnya)'


@pytest.mark.parametrize(
    ("from_", "line", "callable_"),
    [
        ("+291591291", "Nomornya: telepon tetap, kode area 0291.", True),
        (
            "9111234567",
            "Nomornya: telepon tanpa kartu SIM: tidak bisa ditelepon balik; dikenali lagi bila menelepon lagi.",
            False,
        ),
        (None, "Nomornya: nomor tidak dikirim atau disembunyikan.", False),
    ],
)
def test_the_reading_of_the_number_is_explained(
    instance: Instance, from_: str | None, line: str, callable_: bool
) -> None:
    """The same function decides as for a call, and says why."""
    explanation = explain(instance, parse_at("2026-11-23T10:00", instance), from_, "1")
    assert explanation.lines[2] == line
    assert explanation.data["callable"] is callable_
