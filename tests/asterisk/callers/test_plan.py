"""Telephone numbers as people and networks write them: a table, each row with the source of its form."""

import csv
from pathlib import Path

import pytest

from asterisk.callers.plan import abroad, area_of, foreign, national
from asterisk.phone_numbers import UNSURE, normalise

with (Path(__file__).parent / "numbers.csv").open(encoding="utf-8", newline="") as file:
    TABLE = [tuple(row.values()) for row in csv.DictReader(file)]


def test_the_table_is_large_and_each_row_stands_once() -> None:
    """At least 500 forms, none twice, each with its source."""
    assert len({row[0] for row in TABLE}) == len(TABLE) >= 500
    assert [row for row in TABLE if not row[4]] == []


def test_every_form_of_the_table_is_read_right() -> None:
    """Number, callable and kind of each row; a sentence says how it was read."""
    wrong = []
    for written, number, callable_, kind, source in TABLE:
        read = normalise(written)
        if (read.e164 or "", read.callable, read.kind) != (number, callable_ == "yes", kind) or not read.why:
            wrong.append((written, source, read))
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "e164", "other"),
    [
        ("+2917123456", "+622917123456", "+291 7 123 456"),
        ("+81234567890", "+6281234567890", "+81 234-56-7890"),
        ("+819012345678", "+819012345678", "0819-0123-45678"),
        ("6592345678", "+6592345678", "(0659) 2345678"),
    ],
)
def test_a_number_with_two_readings_says_so(written: str, e164: str, other: str) -> None:
    """The likelier reading counts, and the sentence names the other."""
    read = normalise(written)
    assert (read.e164, read.why.startswith(UNSURE), other in read.why) == (e164, True, True)


def test_a_site_in_a_big_city() -> None:
    """Its local numbers have seven or eight digits."""
    assert normalise("34561234", area="021").e164 == "+622134561234"
    assert normalise("591291", area="021").e164 is None


def test_readings_of_the_plan() -> None:
    """National numbers, foreign ones and those with a carrier's prefix."""
    assert [reading and reading.kind for reading in map(national, ("81234567890", "291591291", "110", "5"))] == [
        "mobile",
        "landline",
        "short",
        None,
    ]
    assert foreign("999123456789") is None
    assert [reading.e164 for reading in abroad("0016591234567")] == ["6591234567"]
    assert (area_of("2134561234"), area_of("291591291")) == ("21", "291")
