"""Words of reports: folded, their roots, their sound, and how far one is from another."""

from __future__ import annotations

import pytest

from tickets.store.search.words import LONGEST, errors_allowed, errors_between, fold, root, sound, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gudang mebel TERBAKAR, 100%!", ["gudang", "mebel", "terbakar", "100"]),
        ("Jl. Kartini_3/B", ["jl", "kartini", "3", "b"]),
        ("ada api di dapur dan di teras", ["api", "dapur", "teras"]),
        ("Café “Ñandú”", ["cafe", "nandu"]),
        ("STRAẞE", ["strasse"]),
        ("١٢ جبارا", ["١٢", "جبارا"]),
        ("\\ % * '' AND-NEAR", ["and", "near"]),
        ("x" * 10_000, ["x" * LONGEST]),
        ("", []),
    ],
)
def test_words_of(text: str, expected: list[str]) -> None:
    assert words_of(text, None, "") == expected


def test_folding_is_the_same_twice() -> None:
    """What was folded before stays as it is."""
    assert fold(fold("Ŝəßİ Ⅷ ﬁ")) == fold("Ŝəßİ Ⅷ ﬁ")


@pytest.mark.parametrize(
    "family",
    [
        "kebakaran terbakar membakar pembakaran dibakar",
        "kecelakaan celaka",
        "tabrakan menabrak tertabrak ditabrak",
        "pencurian mencuri dicuri curi",
        "perampokan rampok merampok",
        "tenggelam menenggelamkan",
        "banjir kebanjiran",
    ],
)
def test_a_family_of_words_has_one_root(family: str) -> None:
    assert len({root(word) for word in family.split()}) == 1


@pytest.mark.parametrize("word", ["air", "2026", "c3", "bangsri", "kali", "ibu"])
def test_short_words_and_numbers_are_their_own_root(word: str) -> None:
    assert root(word) == word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("krapyag", "krapyak"), ("mantengan", "mantingan"), ("ngabol", "ngabul"), ("pecangan", "pecangaan")],
)
def test_what_sounds_alike(typed: str, meant: str) -> None:
    """As operators wrote places of Jepara by ear."""
    assert sound(typed) == sound(meant)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("bangri", "bangsri", 1),
        ("bansgri", "bangsri", 1),
        ("kecapik", "kecapi", 1),
        ("rukmini", "rukmono", 2),
        ("api", "kebakaran", 3),
        ("sama", "sama", 0),
    ],
)
def test_errors(one: str, other: str, expected: int) -> None:
    """Left out, added, changed, swapped; never more than one above what is asked."""
    assert errors_between(one, other, 2) == errors_between(other, one, 2) == expected


@pytest.mark.parametrize(("word", "allowed"), [("api", 0), ("7890", 0), ("gang", 1), ("bangri", 1), ("terbakr", 2)])
def test_errors_allowed(word: str, allowed: int) -> None:
    assert errors_allowed(word) == allowed
