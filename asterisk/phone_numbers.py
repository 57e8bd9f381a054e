"""Normalises a caller's number as the network sent it, so that it can be compared, shown and called back."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

HIDDEN = frozenset(
    {"", "anonymous", "anonim", "unknown", "restricted", "private", "unavailable", "withheld", "none", "asterisk", "s"}
)
LONGEST = 64
SEPARATORS = str.maketrans("", "", " -.()/\u00a0")
NO_NUMBER = "Tanpa nomor"
NO_SIM = "Tanpa kartu SIM"


@dataclass(frozen=True, slots=True)
class Number:
    """A normalised number; `e164` is None without a full one, `anonymous` true where none, or no person's, was sent."""

    e164: str | None
    display: str
    anonymous: bool
    callable: bool


def normalise(raw: str | None, name: str | None = None, country: str = "62", area: str = "0291") -> Number:
    """Normalise a caller ID of any shape and length; never raises.

    `name` (caller ID name) counts only where `raw` is missing and it is itself a full number."""
    bare = _bare(raw)
    if bare.casefold() in HIDDEN:
        named = _full(_bare(name), country, area)
        return _known(named, country) if named else Number(None, NO_NUMBER, anonymous=True, callable=False)
    if _is_simless(bare):
        return Number(None, f"{NO_SIM} ({bare[:20]})", anonymous=True, callable=False)
    full = _full(bare, country, area)
    return _known(full, country) if full else Number(None, _shown(bare), anonymous=False, callable=False)


def _bare(raw: str | None) -> str:
    """Strip a number of its URI and of separators; a text that is too long is cut."""
    text = re.sub(r"^<?(?:sips?|tel):", "", (raw or "")[: LONGEST * 2].strip(), flags=re.IGNORECASE)
    text = re.split(r"[@;>]", text, maxsplit=1)[0].strip().strip('"')
    squeezed = text.translate(SEPARATORS)
    return (squeezed if re.fullmatch(r"\+?[0-9]*", squeezed) else text)[:LONGEST]


def _is_simless(text: str) -> bool:
    """Recognise a call without a SIM card: zeros, 911 and seven digits of the IMEI, an IMEI or IMSI in full."""
    if re.fullmatch(r"\+?0{3,}|911[0-9]{7}", text):
        return True
    return bool(re.fullmatch(r"[0-9]{14,16}", text)) and not text.startswith(("0", "62")) and len(text) > 13


def _full(text: str, country: str, area: str) -> str | None:
    """The number in E.164; None for short numbers and other texts."""
    match = re.fullmatch(r"(\+?)([0-9]{5,20})", text)
    if not match:
        return None
    digits = _international(match[2], bool(match[1]), country, area)
    if digits is None:
        return None
    if digits.startswith(f"{country}0"):
        digits = country + digits[len(country) :].lstrip("0")
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    return f"+{digits}" if phonenumbers.is_possible_number(parsed) else None


def _international(digits: str, plus: bool, country: str, area: str) -> str | None:
    """The digits with their country code, also where the trunk left out +, 00 or the leading 0."""
    if plus:
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0"):
        return country + digits[1:]
    if len(digits) >= 10 and digits.startswith(country):
        return digits
    if 9 <= len(digits) <= 12 and digits.startswith("8"):
        return country + digits
    if 6 <= len(digits) <= 8 and digits[0] not in "01":
        return country + area.lstrip("0") + digits
    return digits if len(digits) >= 9 else None


def _known(e164: str, country: str) -> Number:
    parsed = phonenumbers.parse(e164)
    ours = str(parsed.country_code) == country
    style = phonenumbers.PhoneNumberFormat.NATIONAL if ours else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return Number(e164, phonenumbers.format_number(parsed, style), anonymous=False, callable=True)


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:40]
