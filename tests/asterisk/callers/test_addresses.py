"""One header row with commas equals several rows."""

import pytest

from asterisk.callers.addresses import split


@pytest.mark.parametrize(
    ("rows", "addresses"),
    [
        (["<sip:+6281@ims>, <tel:+6281>"], ("<sip:+6281@ims>", "<tel:+6281>")),
        (["<sip:+6281@ims>,<tel:+6281>"], ("<sip:+6281@ims>", "<tel:+6281>")),
        (["<sip:+6281@ims>", "<tel:+6281>"], ("<sip:+6281@ims>", "<tel:+6281>")),
        (['"Budi, Siti" <sip:1@x>, "B\\", C" <tel:2>'], ('"Budi, Siti" <sip:1@x>', '"B\\", C" <tel:2>')),
        (
            ["<sip:1@x?Reason=a,b>;index=1, <sip:2@x>;index=1.1"],
            ("<sip:1@x?Reason=a,b>;index=1", "<sip:2@x>;index=1.1"),
        ),
        (["", " , ,"], ()),
        (['"open <sip:1@x>, <sip:2@x>'], ('"open <sip:1@x>, <sip:2@x>',)),
    ],
)
def test_a_comma_separates_only_outside_of_quotes_and_brackets(rows: list[str], addresses: tuple[str, ...]) -> None:
    """RFC 3261 7.3.1; rows that are broken are no error."""
    assert split(rows) == addresses


def test_many_long_rows_are_cut() -> None:
    """At most 16 addresses of 512 letters."""
    assert [len(address) for address in split(["x" * 9999] * 99)] == [512] * 16
