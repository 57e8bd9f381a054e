"""Phones without a SIM card get a mark that their next call has again."""

import pytest

from asterisk.callers.devices import of_digits, of_text
from asterisk.phone_numbers import normalise


@pytest.mark.parametrize(
    ("digits", "mark"),
    [
        ("490154203237518", "imei-49015420323751"),
        ("490154203237510", "imei-49015420323751"),
        ("49015420323751", "imei-49015420323751"),
        ("4901542032375101", "imei-49015420323751"),
        ("013456789012345", "imei-01345678901234"),
        ("510101234567890", "imsi-510101234567890"),
        ("9111234567", "911-1234567"),
        ("19111234567", "911-1234567"),
        ("0000000000", ""),
        ("081234567890", None),
        ("110", None),
    ],
)
def test_marks_of_digits(digits: str, mark: str | None) -> None:
    """The check digit and the software version are no part of a device; zeros know nobody again."""
    assert of_digits(digits) == mark


def test_marks_of_words() -> None:
    """A URN names the device; a word only says that there is no SIM."""
    assert of_text("urn:gsma:imei:90420156-025763-0") == "imei-90420156025763"
    assert of_text("sip:imei-353918051234560@ims") == "imei-35391805123456"
    assert of_text("No SIM") == ""
    assert of_text("simon") is None


@pytest.mark.parametrize("raw", ["013456789012345", "sip:013456789012345@ims", "+6213456789012345"])
def test_one_telephone_in_each_shape_of_a_network(raw: str) -> None:
    """Also where a network took the 0 of the device for that of a national number; nobody rings it."""
    number = normalise(raw)
    assert (number.device, number.e164, number.callable) == ("imei-01345678901234", None, False)
