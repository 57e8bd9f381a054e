"""Numbers of tickets and days, in all the ways in which people write them."""

from __future__ import annotations

from datetime import date

import pytest

from tickets.cases.search_text import cleaned, compact_day, day_in, tickets_in


@pytest.mark.parametrize(
    "text",
    [
        "T-20261129-0001", "t-20261129-0001", "T202611290001", "T20261129-0001", "t 20261129 0001", "20261129-0001",
        "20261129 0001", "202611290001", "T-20261129-1", "t 20261129 1", "#T-20261129-0001", "T–20261129–0001",
        "T-20261129-0001.", "«T-20261129-0001»", "tiket T-20261129-0001", "Tiket no. T-20261129-0001",
        "nomor tiket 20261129-0001", "Ｔ－２０２６１１２９－０００１", "T/20261129/0001", " T-20261129-0001\n",
    ],
)  # fmt: skip
def test_the_number_of_a_ticket(text: str) -> None:
    """With or without dashes, letter, zeros, in a sentence's signs."""
    assert tickets_in(cleaned(text))[0] == "T-20261129-0001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T-20261129", ("T-20261129",)),
        ("T-20261129-1", ("T-20261129-0001", "T-20261129-1")),
        ("T-20261129-s12", ("T-20261129-S12",)),
        ("T-20261129-10001", ("T-20261129-10001",)),
        ("20261129", ()),
        ("20261329-0001", ()),
        ("081234567890", ()),
        ("6281234567890", ()),
        ("48271930", ()),
        ("4827-1930", ()),
        ("T-2026", ()),
        ("T-20261129-0001-2", ()),
        ("", ()),
        ("tiket", ()),
    ],
)
def test_what_else_may_be_one(text: str, expected: tuple[str, ...]) -> None:
    """A day's tickets by their beginning; telephones and complaints are none."""
    assert tickets_in(cleaned(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["29-11-2026", "29/11/2026", "29.11.2026", "2026-11-29", "2026/11/29", "29 November 2026",
     "29 nov 2026", "29 NOPEMBER 2026", "29–11–2026", "29-11-2026."],
)  # fmt: skip
def test_a_day(text: str) -> None:
    assert day_in(cleaned(text)) == date(2026, 11, 29)


@pytest.mark.parametrize(
    "text",
    ["31-02-2026", "29 11 2026", "20261129", "29-13-2026", "29-11-26", "29 api 2026", "2026", "29", "", "0812-34-5678"],
)
def test_what_is_no_day(text: str) -> None:
    assert day_in(cleaned(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("20261129", date(2026, 11, 29)), ("20261329", None), ("48271930", None), ("2026112", None)]
)
def test_eight_digits_may_be_a_day(text: str, expected: date | None) -> None:
    assert compact_day(text) == expected
