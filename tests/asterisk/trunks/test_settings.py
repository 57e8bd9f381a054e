"""SIP URIs and addresses of a trunk, as they are written."""

from __future__ import annotations

import pytest

from asterisk.trunks.settings import Trunk, Wire, host, is_name, is_tls


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sip:192.0.2.1:5060", "192.0.2.1"),
        ("sips:user@sbc.contoh.id;transport=tcp", "sbc.contoh.id"),
        ("sip:[2001:db8::1]:5061;lr", "2001:db8::1"),
        ("tel:+62", ""),
    ],
)
def test_the_host_of_a_uri(uri: str, expected: str) -> None:
    """Without user, port, parameters and brackets."""
    assert host(uri) == expected


def test_names_addresses_and_tls() -> None:
    """A DNS name is neither an address nor a network; TLS is meant by scheme, parameter or setting."""
    assert [is_name(word) for word in ("sbc.id", "10.0.0.0/8", "2001:db8::1", "fe80::a")] == [True, False, False, False]
    assert [is_tls(uri) for uri in ("sips:a.id", "sip:a.id;transport=TLS", "sip:a.id")] == [True, True, False]
    assert Trunk("t1", (), contact="sip:a.id", wire=Wire(transport="tls")).tls
    assert Trunk("t1", ("2001:db8::1",)).ipv6
    assert Trunk("t1", (), contact="sip:[2001:db8::1]").ipv6
    assert not Trunk("t1", ("10.0.0.1",), contact="sip:a.id").ipv6
