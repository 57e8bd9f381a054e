"""The numbering plan of Indonesia over libphonenumber's: kinds of numbers, and readings of digits without +. Pure.

Sources: FTP Nasional 2000 (KM 4/2001) and PM Kominfo 14/2018: 0 for national calls, 001 007 008 009 01017 for foreign
ones, 1xx to 1xxxxxx services, 0800 free of charge, 0809 premium, 08x mobile, area codes of two or three digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType as Type

HOME = "62"
# prefixes of carriers for calls abroad, as they appear before foreign callers; 00 is the form of other countries
ABROAD = ("01017", "001", "007", "008", "009", "00")
BIG_CITIES = ("21", "22", "24", "31", "61")
MOBILE = "nomor ponsel Indonesia"
SERVICES = ("803", "804", "807", "808")
_MOBILE = (Type.MOBILE, Type.FIXED_LINE_OR_MOBILE, Type.PAGER, Type.PERSONAL_NUMBER)
# subscribers have at most ten digits with their area code; libphonenumber allows eleven
FIXED_MOST = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read digits: `e164` without +, None for short numbers."""

    kind: str
    e164: str | None
    why: str


def national(nsn: str) -> Reading | None:
    """Read a national number without its 0 (`81234567890`, `291591291`, `110`); None where it is none."""
    if nsn.startswith("1"):
        return Reading("short", None, f"nomor pendek {nsn}") if 3 <= len(nsn) <= 7 else None
    for prefix, kind, why in (("800", "tollfree", "nomor bebas pulsa"), ("809", "premium", "nomor premium")):
        if nsn.startswith(prefix):
            return Reading(kind, HOME + nsn, why) if 10 <= len(nsn) <= 12 else None
    if nsn.startswith(SERVICES):
        return Reading("service", HOME + nsn, "nomor layanan perusahaan") if 9 <= len(nsn) <= 12 else None
    return _subscriber(nsn)


def _subscriber(nsn: str) -> Reading | None:
    parsed = parse(HOME + nsn)
    if parsed is None:
        return _short_of_area(nsn)
    if phonenumbers.number_type(parsed) in _MOBILE:
        return Reading("mobile", HOME + nsn, MOBILE)
    if phonenumbers.number_type(parsed) is not Type.FIXED_LINE or len(nsn) > FIXED_MOST:
        return None
    area = area_of(nsn)
    if nsn[len(area)] in "01":  # no subscriber begins so
        return _short_of_area(nsn)
    return Reading("landline", HOME + nsn, f"telepon tetap, kode area 0{area}")


def _short_of_area(nsn: str) -> Reading | None:
    """A short number after an area code: `0291112`, `021110`."""
    for length in (2, 3):
        area, rest = nsn[:length], nsn[length:]
        is_area = area in BIG_CITIES if length == 2 else parse(f"{HOME}{area}345678") is not None
        if is_area and re.fullmatch(r"1[0-9]{2}|14[0-9]{3}", rest):
            return Reading("short", None, f"nomor pendek {rest} dengan kode area 0{area}")
    return None


def foreign(digits: str) -> Reading | None:
    """Read digits that begin with a country code; None where no such number can exist."""
    if digits.startswith(HOME):
        return national(digits[len(HOME) :].lstrip("0"))
    parsed = parse(digits)
    if parsed is None:
        return None
    region = phonenumbers.region_code_for_number(parsed) or "?"
    return Reading("foreign", digits, f"nomor luar negeri (+{parsed.country_code}, {region})")


def abroad(digits: str) -> Iterator[Reading]:
    """The readings of digits that begin with a prefix for calls abroad, most likely first."""
    for prefix in ABROAD:
        reading = foreign(digits[len(prefix) :]) if digits.startswith(prefix) else None
        if reading is not None:
            yield reading


def moves(e164: str) -> bool:
    """True where a foreign number may be a mobile's: only those can call 112 from here."""
    parsed = parse(e164)
    return parsed is not None and phonenumbers.number_type(parsed) in _MOBILE


def area_of(nsn: str) -> str:
    """The area code of a landline, without its 0."""
    return nsn[:2] if nsn.startswith(BIG_CITIES) else nsn[:3]


def parse(e164: str) -> phonenumbers.PhoneNumber | None:
    """The number of these digits by libphonenumber; None where it is not valid, or not written as it would be."""
    try:
        parsed = phonenumbers.parse(f"+{e164}")
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(parsed)
    whole = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == f"+{e164}"
    return parsed if valid and whole else None


def shown(e164: str) -> str:
    """A number as people here write it."""
    parsed = phonenumbers.parse(f"+{e164}")
    ours = e164.startswith(HOME)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if ours else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
