"""The wrapping of a number comes off, whatever it is."""

import pytest

from asterisk.callers.written import Written, unwrap


@pytest.mark.parametrize(
    "raw",
    [
        "+62 812-3456-7890",
        '"Budi, Siti" <sip:+6281234567890@ims.contoh;user=phone>;tag=1',
        "<tel:+62-812-3456-7890;cpc=ordinary>",
        "sip:%2B6281234567890:sandi@sbc",
        "‪+62 812 3456 7890‬",
        "WA +62 812 3456 7890 (Siti)",
    ],
)
def test_one_number_in_many_wrappings(raw: str) -> None:
    """Name, scheme, host, parameters, labels and separators are no part of it."""
    assert unwrap(raw) == Written("+6281234567890", "6281234567890", plus=True)


def test_parameters_that_count() -> None:
    """The phone-context in digits and the extension are kept; a domain as context says nothing."""
    assert unwrap("tel:591291;phone-context=+62-291;ext=12") == Written(
        "591291", "591291", context="62291", extension="12"
    )
    assert unwrap("tel:112;phone-context=ims.contoh").context == ""


def test_hosts_of_nobody() -> None:
    """A host that ends in .invalid, or a host alone, names nobody."""
    assert unwrap("sip:081234567890@anonymous.invalid").nobody
    assert unwrap("sip:10.0.0.1").nobody
    assert not unwrap("sip:081234567890@invalid.contoh").nobody


@pytest.mark.parametrize("raw", [None, "", "\udcff\udcfe", "9" * 10_000, "<" * 500, "%" * 99 + "@", "sip:", ";;;=@;"])
def test_nothing_is_an_error(raw: str | None) -> None:
    """Whatever comes, no digits come of it."""
    assert unwrap(raw).digits == ""
