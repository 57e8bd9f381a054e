"""Of all that a network sends of a caller, one part counts, and a sentence says which."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.callers.identity import Rows, decide, from_lines, from_variable

WITHHELD = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'
MOBILE = "+6281234567890"


def rows(*asserted: str, own: str = WITHHELD, **others: str) -> Rows:
    """The rows of a call as the dialplan's variable has them."""
    pairs = [("pai", row) for row in asserted] + [("from", own)] + list(others.items())
    return from_variable("&".join(f"{name}={quote(row, safe='')}" for name, row in pairs))


@pytest.mark.parametrize(
    "asserted",
    [
        ("<sip:+6281234567890@ims>, <tel:+6281234567890>",),
        ("<tel:+6281234567890>, <sip:+6281234567890@ims>",),
        ('"Budi" <sip:+6281234567890@ims>, "Budi" <tel:+6281234567890>',),
        ("<sip:+6281234567890@ims>,<tel:+6281234567890>",),
        ("<sip:+6281234567890@ims>", "<tel:+6281234567890>"),
        ("<sip:budi.santoso@ims>, <tel:+6281234567890>",),
        ("tel:+6281234567890",),
    ],
)
@pytest.mark.parametrize("own", [WITHHELD, "<sip:081999999999@sbc>;tag=1"])
def test_the_networks_word_counts_in_every_shape(asserted: tuple[str, ...], own: str) -> None:
    """One row equals two; the spoofable From never outweighs it; the first number that can be rung counts."""
    number = decide(rows(*asserted, own=own)).number
    assert (number.e164, number.callable) == (MOBILE, True)
    assert "P-Asserted-Identity" in number.why
    assert ("disembunyikan" in number.why) == (own == WITHHELD)


def test_without_the_networks_word() -> None:
    """Remote-Party-ID is its older form; then the caller's own word counts, preferred before From."""
    own = "<sip:081999000111@sbc>;tag=1"
    assert decide(rows(own=own, rpid='"x" <sip:081234567890@sbc>;party=calling')).number.e164 == MOBILE
    assert decide(rows(own=own, ppi="<sip:081234567890@sbc>")).number.e164 == MOBILE
    assert decide(rows(own=own)).number.e164 == "+6281999000111"
    assert decide(rows("<sip:unavailable@unknown.invalid>", own=own)).number.e164 == "+6281999000111"


def test_privacy_asks_to_hide_and_the_number_stays() -> None:
    """An emergency line gets the number of a caller who hides it, and says so (RFC 3323)."""
    number = decide(rows("<tel:+6281234567890>", own="<sip:081234567890@sbc>", privacy="id;critical")).number
    assert (number.e164, "disembunyikan" in number.why) == (MOBILE, True)
    assert "disembunyikan" not in decide(rows("<tel:+6281234567890>", own="<tel:+62811>", privacy="none")).number.why


def test_a_phone_without_sim_is_the_networks_word_too() -> None:
    """It counts before what the phone itself claims."""
    number = decide(rows("<sip:013456789012345@ims;user=phone>", own="<sip:081234567890@sbc>")).number
    assert (number.kind, number.callable, number.device) == ("simless", False, "imei-01345678901234")


def test_nothing_sent_is_asterisks_own_reading() -> None:
    """Calls without these rows are read by the channel's caller ID, also where the number stands in the name."""
    assert decide({}, "081234567890").number.e164 == MOBILE
    assert decide(rows(), "anonymous", "081234567890").number.e164 == MOBILE
    assert decide(rows()).number.kind == "withheld"
    assert decide(rows(own='"081234567890" <sip:anonymous@sbc>')).number.e164 == MOBILE


def test_whoever_passed_the_call_on_is_named() -> None:
    """The first one first: Diversion grows on top, History-Info at its end with our own number."""
    diverted = rows("<tel:+6281234567890>", diversion="<sip:119@b>;reason=unconditional, <sip:110@a>;counter=1")
    assert decide(diverted).passed_on == ("110", "119")
    history = "<sip:110@a?Reason=SIP%3Bcause%3D302>;index=1, <sip:112@us;cause=302>;index=1.1"
    assert decide(rows("<tel:+6281234567890>", history=history)).passed_on == ("110",)
    assert decide(rows("<tel:+6281234567890>", history="<sip:112@us>;index=1")).passed_on == ()


def test_rows_as_they_stand_in_a_message() -> None:
    """For people who ask with what their carrier sent."""
    text = "From: <sip:anonymous@anonymous.invalid>;tag=1\r\nP-Asserted-Identity: <sip:x@ims>, <tel:+6281234567890>\r\n"
    assert decide(from_lines(text)).number.e164 == MOBILE
    assert from_lines("081234567890") == {}


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_hostile_rows_are_never_an_error(asserted: str, own: str, diverted: str) -> None:
    """Whatever a network sends: a number that can be rung is in E.164."""
    caller = decide(rows(asserted, own=own, diversion=diverted, history=diverted), own)
    assert not caller.number.callable or caller.number.e164
    assert all(shown.isprintable() and len(shown) <= 60 for shown in caller.passed_on)
    assert decide(from_variable(asserted), own).number.display.isprintable()
