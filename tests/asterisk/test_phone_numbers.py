"""Caller IDs of every kind become one form, and never an error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asterisk.phone_numbers import Number, normalise

MOBILE = Number("+6281234567890", "0812-3456-7890", anonymous=False, callable=True)
LOCAL = Number("+62291591291", "(0291) 591291", anonymous=False, callable=True)
NONE = Number(None, "Tanpa nomor", anonymous=True, callable=False)


@pytest.mark.parametrize(
    "raw",
    [
        "081234567890",
        "+6281234567890",
        "6281234567890",
        "006281234567890",
        "0062 812-3456-7890",
        "81234567890",
        "+62 0812 3456 7890",
        "sip:081234567890@10.0.0.1;user=phone",
        "<sip:+6281234567890@ims.contoh>",
        "tel:+6281234567890",
    ],
)
def test_a_mobile_in_every_shape(raw: str) -> None:
    """Trunks leave out or add +, 00, 62 and 0 as they like."""
    assert normalise(raw) == MOBILE


@pytest.mark.parametrize("raw", ["591291", "0291591291", "(0291) 591291", "+62291591291", "62291591291"])
def test_a_local_number_gets_the_area_code(raw: str) -> None:
    """Six digits without a code are a line of the town."""
    assert normalise(raw) == LOCAL


@pytest.mark.parametrize(
    "raw", [None, "", "  ", "anonymous", "Anonymous", "unknown", "Restricted", "sip:anonymous@anonymous.invalid", "s"]
)
def test_no_number_is_a_case_of_its_own(raw: str | None) -> None:
    """Withheld numbers are anonymous, not an error."""
    assert normalise(raw) == NONE


@pytest.mark.parametrize("raw", ["0000", "0000000000", "9111234567", "490154203237518"])
def test_no_sim_card(raw: str) -> None:
    """Emergency calls without a SIM show zeros, 911 and part of an IMEI, or an IMEI."""
    assert normalise(raw) == Number(None, f"Tanpa kartu SIM ({raw})", anonymous=True, callable=False)


@pytest.mark.parametrize("raw", ["110", "112", "14045", "op1", "++62812", "0812"])
def test_what_is_no_full_number_is_shown_as_it_came(raw: str) -> None:
    """Short numbers and names of phones are neither anonymous nor called back."""
    assert normalise(raw) == Number(None, raw, anonymous=False, callable=False)


def test_foreign_numbers() -> None:
    """Another country's number keeps its code."""
    assert normalise("006591234567") == Number("+6591234567", "+65 9123 4567", anonymous=False, callable=True)


def test_the_name_counts_only_without_a_number() -> None:
    """Some trunks put the number into the name; a person's name is no number."""
    assert normalise("anonymous", "081234567890") == MOBILE
    assert normalise("", "Budi") == NONE
    assert normalise("591291", "081234567890") == LOCAL


@given(st.one_of(st.none(), st.text(max_size=300)), st.one_of(st.none(), st.text(max_size=300)))
def test_hostile_input_is_never_an_error(raw: str | None, name: str | None) -> None:
    """Whatever comes: a short printable text, and a callable number only in E.164."""
    number = normalise(raw, name)
    assert number.display.isprintable()
    assert len(number.display) <= 60
    assert number.callable == (number.e164 is not None)
    assert number.e164 is None or (number.e164[0] == "+" and number.e164[1:].isascii() and number.e164[1:].isdigit())


@given(st.text("0123456789+ -()", max_size=40))
@example("00537200000")
@example("4327432828")
def test_a_number_in_e164_stays_as_it_is(raw: str) -> None:
    """Normalising twice changes nothing: what was kept of a caller is dialled as it was read, never somebody else."""
    number = normalise(raw)
    if number.e164:
        assert normalise(number.e164).e164 == number.e164


@pytest.mark.parametrize(
    ("raw", "e164", "also"),
    [
        ("00537200000", "+62537200000", "+53 7 200000"),  # Kuala Pembuang, or a landline in Cuba
        ("537200000", "+62537200000", "+53 7 200000"),
        ("+537200000", "+62537200000", "+53 7 200000"),
        ("0081648705964", "+6281648705964", "+81 6-4870-5964"),  # a mobile, or a landline in Osaka
        ("4327432828", "+624327432828", "+43 2743 2828"),  # Bau-Bau, or a landline in Austria
    ],
)
def test_a_landline_abroad_is_no_caller(raw: str, e164: str, also: str) -> None:
    """It cannot call 112 here: with +, 00 or without, the same digits are one number of ours, and said to be unsure."""
    number = normalise(raw)
    assert number.e164 == e164
    assert number.why.startswith("tidak pasti: ") and f"bisa juga {also}" in number.why


@pytest.mark.parametrize("raw", ["006591234567", "6591234567", "+6591234567", "00818012345678", "+818012345678"])
def test_a_mobile_abroad_stays_abroad(raw: str) -> None:
    """A guest's telephone may call here."""
    number = normalise(raw)
    assert (number.kind, normalise(number.e164).e164) == ("foreign", number.e164)


@pytest.mark.parametrize("raw", ["9" * 10_000, "x" * 10_000, "\0\r\nVia: x", "'; DROP TABLE calls--"])
def test_long_and_odd(raw: str) -> None:
    """Long and binary texts are shown short and never called."""
    number = normalise(raw)
    assert (number.e164, number.callable, number.anonymous) == (None, False, False)
