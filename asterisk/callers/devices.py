"""Phones without a SIM card: forms in which networks send their emergency calls, and marks to know them again. Pure.

TS 23.003: an IMEI has 14 digits and a check digit (0 in signalling), an IMEISV 16 digits; an IMSI has at most 15.
J-STD-036: 911 and the last seven digits of the device's own number."""

from __future__ import annotations

import re

WORDS = re.compile(r"(?:no|tanpa|without|non)[-_. ]*(?:kartu[-_. ]*)?u?sim|sim-?less|uninitiali[sz]ed", re.IGNORECASE)
_URN = re.compile(r"urn:gsma:imei:([0-9-]{14,20})|imei[-:= ]*([0-9-]{14,20})", re.IGNORECASE)
INDONESIA = "510"  # its mobile country code, with which no device number begins


def of_text(text: str) -> str | None:
    """The mark of a phone that is named in words or by a URN: empty where it cannot be known again; None: no such."""
    match = _URN.search(text)
    if match:
        return _imei(re.sub(r"[^0-9]", "", match[1] or match[2]))
    return "" if WORDS.search(text) else None


def of_digits(digits: str) -> str | None:
    """The mark of digits that are no telephone number; as `of_text`."""
    if re.fullmatch(r"0{3,}", digits):
        return ""
    if match := re.fullmatch(r"1?911([0-9]{7})", digits):
        return f"911-{match[1]}"
    if not re.fullmatch(r"[0-9]{14,16}", digits):
        return None
    if len(digits) == 15 and digits.startswith(INDONESIA):
        return f"imsi-{digits}"
    return _imei(digits)


def _imei(digits: str) -> str:
    return f"imei-{digits[:14]}"
