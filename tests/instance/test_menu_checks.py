"""Menus and screening in routing.yaml: what may be written, and what is refused with a sentence."""

from pathlib import Path

import pytest

from instance import load
from instance.examination import check
from ivr.menu import Choice
from ivr.screening_rules import ScreeningRules
from tests.fixtures import REPOSITORY, Edit


def problems(home: Path) -> list[str]:
    return [str(problem) for problem in check(home) if not problem.warning]


TREE = """
  darurat:
    prompt: menu-darurat
    patience: 5s
    repeat: "*"
    back: 0
    keys:
      1: {label: Kebakaran, lane: urgent, category: kebakaran}
      9: {label: Lagi, menu: utama}
"""
AGAIN = "    again: menu-ulang           # bagi yang tidak menekan dan tidak bersuara\n"
FIRST_KEY = "1: {label: Darurat, lane: urgent, kind: emergency}"
MENUS = [
    (
        ("1: {label: Kebakaran, lane: urgent", "1: {label: Kebakaran, lane: urgent, menu: utama"),
        "tepat satu: jalur, menu",
    ),
    (
        ('repeat: "*"', "repeat: 1"),
        'tombol "1" untuk repeat sudah menjadi pilihan di menu ini, diharapkan tombol yang lain',
    ),
    (("back: 0", "back: 9"), 'tombol "9" untuk back sudah menjadi pilihan di menu ini, diharapkan tombol yang lain'),
    (("back: 0", 'back: "*"'), 'tombol "*" dipakai untuk repeat dan back, diharapkan dua tombol yang berbeda'),
    (("back: 0", "back: 10"), 'tombol "10" tidak sah, diharapkan satu dari 0 sampai 9, * atau #'),
    (("category: kebakaran}", "category: kebakran}"), 'kategori "kebakran" tidak ada, diharapkan "kebakaran" (mungkin'),
    (
        ("category: kebakaran}", "category: kebakaran, kind: complaint}"),
        'kategori "kebakaran" berjenis "emergency", bukan "complaint", diharapkan jenis kategori itu, atau tanpa kind',
    ),
    (("menu: darurat}", "menu: darurt}"), 'menu "darurt" tidak ada, diharapkan "darurat" (mungkin'),
    (
        ("menu: darurat}", "lane: urgent, kind: emergency}"),
        'menu "darurat" tidak pernah tercapai, diharapkan tombol yang',
    ),
    (
        ("lane: urgent, category: kebakaran}\n      9: {label: Lagi, menu: utama}", "menu: darurat}"),
        'dari menu "darurat" tidak ada tombol yang sampai ke petugas, diharapkan satu tombol dengan "lane: urgent"',
    ),
    (("prompt: menu-darurat", "prompt: menu-drurat"), 'prompt "menu-drurat" tidak ada, diharapkan "menu-darurat"'),
    (("again: menu-ulang", "again: menu-ulng"), 'prompt "menu-ulng" tidak ada, diharapkan "menu-ulang" (mungkin'),
    ((AGAIN, "    language: jv\n"), 'kunci "language" tidak dikenal'),
    ((AGAIN, "    tries: 1\n"), 'kunci "tries" ditulis dua kali'),
    (("tries: 2 ", "tries: 1 "), 'jumlah ulangan "1" tidak sah, diharapkan bilangan bulat 2 sampai 5'),
    (
        ("patience: 4s", "patience: 3s"),
        'lama waktu "3s" tidak sah, diharapkan lama waktu seperti 15s, 2m atau 1h, antara 4s',
    ),
    (
        ("9: {label: Lagi, menu: utama}", "9: {label: Basa Jawa, language: jv, kind: emergency}"),
        "tombol bahasa tidak membawa jenis atau kategori, diharapkan language saja",
    ),
    (
        ("9: {label: Lagi, menu: utama}", "9: {label: Basa Sunda, language: su}"),
        '"su" tidak dikenal, diharapkan salah satu dari id, jv',
    ),
]


def tree(home: Path, *changes: tuple[str, str]) -> Path:
    """The shipped menu with a second one behind key 1, and changes."""
    path = home / "routing.yaml"
    text = path.read_text().replace(FIRST_KEY, "1: {label: Darurat, menu: darurat}", 1)
    text = text.replace("# Menu bertingkat", TREE.lstrip("\n") + "# Menu bertingkat", 1)
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path.write_text(text)
    return home


def test_a_menu_behind_a_menu(edited: Edit) -> None:
    """Keys that repeat and go back, and a key that says the category: its kind comes with it."""
    home = tree(edited())
    assert problems(home) == []
    menu = load(home, secrets=False).routing.menus.by_name["darurat"]
    assert (menu.repeat, menu.back, menu.tries, menu.patience_s) == ("*", "0", 2, 5.0)
    assert menu.keys["1"] == Choice("urgent", "emergency", None, "Kebakaran", category="kebakaran")


@pytest.mark.parametrize(("change", "sentence"), MENUS)
def test_a_wrong_menu(edited: Edit, change: tuple[str, str], sentence: str) -> None:
    """Loops without a way out, menus that are not there, keys with two meanings, prompts that cannot be heard."""
    lines = problems(tree(edited(), change))
    assert any(entry.startswith("routing.yaml:") and sentence in entry for entry in lines), lines


def test_menus_that_lead_to_each_other_only(edited: Edit) -> None:
    """Each of them is told; a caller would never get out."""
    home = tree(
        edited(),
        ("lane: urgent, category: kebakaran}", "menu: utama}"),
        ("2: {label: Pengaduan, lane: normal, kind: complaint}", "2: {label: Pengaduan, menu: darurat}"),
    )
    assert [entry.partition(": ")[2].partition(",")[0] for entry in problems(home)] == [
        'dari menu "utama" tidak ada tombol yang sampai ke petugas',
        'dari menu "darurat" tidak ada tombol yang sampai ke petugas',
    ]


def test_back_from_the_first_menu(edited: Edit) -> None:
    """No menu leads to the first one, so there is none to go back to."""
    (problem,) = problems(edited("routing.yaml", ("    tries: 2", "    back: 0\n    tries: 2")))
    assert problem.endswith('dari menu "utama" tidak ada menu untuk kembali, diharapkan menu ini tanpa back')


def test_another_language_needs_the_question_in_it(edited: Edit) -> None:
    """A text in ivr/prompts.yaml or a recording of the site's own."""
    jawa = "2: {label: Pengaduan, lane: normal, kind: complaint}\n      9: {label: Basa Jawa, language: jv}"
    home = edited(
        "routing.yaml",
        ("2: {label: Pengaduan, lane: normal, kind: complaint}", jawa),
        ("prompt: menu-utama", "prompt: sapaan"),
    )
    (problem,) = problems(home)
    assert problem.endswith(
        'prompt "sapaan" tidak ada dalam bahasa "jv", '
        'diharapkan "jv: …" di ivr/prompts.yaml, atau rekaman prompts/sapaan.jv.wav'
    )
    (home / "prompts").mkdir()
    (home / "prompts" / "sapaan.jv.wav").touch()
    assert problems(home) == []
    instance = load(home, secrets=False)
    assert {"sapaan", "menu-utama", "sambungkan"} <= instance.spoken_in["jv"]
    assert instance.script.in_language(("sapaan", "nada"), "jv") == ("sapaan.jv", "nada")
    assert instance.script.in_language(("sapaan", "nada"), None) == ("sapaan", "nada")


# -- screening


def test_the_shipped_screening_is_the_default() -> None:
    """The values that the shipped routing.yaml writes out are the defaults."""
    assert load(REPOSITORY, secrets=False).routing.screening == ScreeningRules()


def test_screening_may_be_left_out(edited: Edit) -> None:
    """Without the section, and with one that is empty."""
    home = edited()
    path = home / "routing.yaml"
    text = path.read_text()
    start, end = text.index("screening:\n"), text.index("# --- Kategori kejadian")
    for section in ("", "screening:\n", "screening: {}\n"):
        path.write_text(text[:start] + section + text[end:])
        assert load(home, secrets=False).routing.screening == ScreeningRules()


def test_every_rule_of_screening_can_be_written(edited: Edit) -> None:
    """Each name, with its unit."""
    home = edited(
        "routing.yaml",
        ("enabled: true", "enabled: tidak"),
        ("speak_patience: 2.5s", "speak_patience: 3s"),
        ("silent_hold: 60s", "silent_hold: 90s"),
        ("{tries: 2, patience: 6s}", "{tries: 0, patience: 8s}"),
        ("sample: 20", "sample: 0"),
        ("reserve: 1", "reserve: 2"),
        ("unverified_max: 30s", "unverified_max: 1m"),
        ("{calls: 5, trunk_calls: 30, within: 10m, short: 20s}", "{calls: 9, trunk_calls: 50, within: 5m, short: 10s}"),
        ("{half_life: 30d, threshold: 2, genuine_weight: 3}", "{half_life: 14d, threshold: 2.5, genuine_weight: 4}"),
    )
    assert load(home, secrets=False).routing.screening == ScreeningRules(
        enabled=False,
        challenge_tries=0,
        challenge_patience_s=8.0,
        speak_patience_s=3.0,
        silent_hold_s=90.0,
        sample=0,
        reserve=2,
        unverified_max_s=60.0,
        flood_calls=9,
        flood_trunk_calls=50,
        flood_within_s=300.0,
        flood_short_s=10.0,
        half_life_days=14.0,
        doubt_score=2.5,
        genuine_weight=4.0,
    )


def test_silent_hold_of_an_older_site_still_counts(edited: Edit) -> None:
    """It stood in site.yaml; routing.yaml goes before it."""
    home = edited("site.yaml", ("calls:\n", "calls:\n  silent_hold: 45s\n"))
    assert load(home, secrets=False).routing.screening.silent_hold_s == 60.0
    path = home / "routing.yaml"
    path.write_text(path.read_text().replace("  silent_hold: 60s", "  # silent_hold: 60s"))
    assert load(home, secrets=False).routing.screening.silent_hold_s == 45.0


SCREENING = [
    (("sample: 20", "sample: 1/20"), 'cuplikan "1/20" tidak sah, diharapkan bilangan bulat 0 sampai 1000'),
    (("threshold: 2", "threshold: dua"), 'nilai "dua" tidak sah, diharapkan bilangan 0.5 sampai 100'),
    (("genuine_weight: 3", "genuine_weight: 0.5"), 'nilai "0.5" tidak sah, diharapkan bilangan 1 sampai 100'),
    (("half_life: 30d", "half_life: 1h"), 'lama waktu "1h" tidak sah'),
    (("reserve: 1", "cadangan: 1"), 'kunci "cadangan" tidak dikenal, diharapkan'),
    (("challenge: {tries", "challenge: {trys"), 'kunci "trys" tidak dikenal, diharapkan "tries" (mungkin'),
]


@pytest.mark.parametrize(("change", "sentence"), SCREENING)
def test_wrong_rules_of_screening(edited: Edit, change: tuple[str, str], sentence: str) -> None:
    """Each with its place."""
    lines = problems(edited("routing.yaml", change))
    assert any(entry.startswith("routing.yaml:") and sentence in entry for entry in lines), lines
