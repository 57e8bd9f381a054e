"""Calls that go out over a trunk: the number as its carrier wants it dialled, and who it is shown as calling. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from asterisk.trunks.settings import NumberForm, Trunk, host


def dialled(number: str, form: NumberForm, country_code: str) -> str:
    """A full number (E.164) in the form of a trunk; a short number stays, a foreign one never gets a 0."""
    if not number.startswith("+"):
        return number
    digits = number[1:]
    if form == "0":
        return f"0{digits[len(country_code) :]}" if digits.startswith(country_code) else number
    return digits if form == "62" else number


def endpoint(trunk: Trunk, number: str, country_code: str) -> str:
    """The endpoint by which Asterisk dials a number over a trunk."""
    return f"PJSIP/{dialled(number, trunk.outgoing.number_form, country_code)}@{trunk.endpoint}"


def caller(trunk: Trunk | None, number: str) -> str:
    """The number that a called phone shows; `number`: the site's own."""
    return (trunk.outgoing.caller if trunk else "") or number


def headers(trunk: Trunk, number: str) -> Mapping[str, str]:
    """Channel variables that add header rows to a call over a trunk (RFC 3325 9.2)."""
    if trunk.outgoing.asserts != "ppi":
        return {}
    domain = trunk.outgoing.from_domain or host(trunk.contact)
    domain = f"[{domain}]" if ":" in domain else domain
    return {"PJSIP_HEADER(add,P-Preferred-Identity)": f"<sip:{caller(trunk, number)}@{domain}>"}
