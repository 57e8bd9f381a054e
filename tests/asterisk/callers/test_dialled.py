"""Networks hand on what was dialled in many forms; each is known as one of our numbers, and another number is not."""

import pytest

from asterisk.callers.dialled import is_meant


@pytest.mark.parametrize("dialled", ["112", "+62112", "62112", "0062112", "0291112", "291112", "+62291112", "62291112"])
def test_one_of_our_numbers_in_each_form(dialled: str) -> None:
    """However the number stands in site.yaml."""
    assert is_meant(dialled, ["112"])
    assert is_meant(dialled, ["110", "+62112"])


@pytest.mark.parametrize("dialled", ["999", "110", "", "s", "1112", "0291110", "112112", "sos", "62"])
def test_another_number(dialled: str) -> None:
    """It is answered all the same; the doctor says that it is dialled."""
    assert not is_meant(dialled, ["112"])


def test_a_long_number_of_ours() -> None:
    """A line beside 112 that the carrier hands on in full."""
    assert all(is_meant(form, ["0291591112"]) for form in ("+62291591112", "591112", "291591112"))
