"""Numbers as trunks want them dialled, and who calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asterisk.site import Trunk
from asterisk.trunks.outgoing import caller, dialled, endpoint, headers
from asterisk.trunks.settings import NumberForm, Outgoing

TRUNK = Trunk("telkom", ("192.0.2.10",), contact="sip:sbc.contoh:5060")
FORMS: list[tuple[str, NumberForm, str]] = [
    ("+6281234567890", "+62", "+6281234567890"),
    ("+6281234567890", "62", "6281234567890"),
    ("+6281234567890", "0", "081234567890"),
    ("+62291591112", "0", "0291591112"),
    ("+6591234567", "0", "+6591234567"),
    ("+6591234567", "62", "6591234567"),
    ("123", "0", "123"),
    ("123", "62", "123"),
]


@pytest.mark.parametrize(("number", "form", "expected"), FORMS)
def test_a_number_in_the_form_of_its_trunk(number: str, form: NumberForm, expected: str) -> None:
    """A foreign number gets no 0, and a short one stays."""
    assert dialled(number, form, "62") == expected


def test_the_endpoint_and_the_caller_of_a_trunk() -> None:
    """The number of the activation letter instead of ours, where there is one."""
    trunk = replace(TRUNK, outgoing=Outgoing(caller="0291112", number_form="0"))
    assert endpoint(trunk, "+6281234567890", "62") == "PJSIP/081234567890@trunk-telkom"
    assert (caller(trunk, "112"), caller(TRUNK, "112"), caller(None, "112")) == ("0291112", "112", "112")


def test_a_preferred_identity_is_a_header_of_the_call() -> None:
    """At the carrier's domain; of PAI and Remote-Party-ID Asterisk writes the rows itself."""
    assert headers(TRUNK, "112") == {}
    for domain, host in (("", "sbc.contoh"), ("ims.contoh", "ims.contoh"), ("2001:db8::1", "[2001:db8::1]")):
        trunk = replace(TRUNK, outgoing=Outgoing(asserts="ppi", from_domain=domain))
        assert headers(trunk, "112") == {"PJSIP_HEADER(add,P-Preferred-Identity)": f"<sip:112@{host}>"}
