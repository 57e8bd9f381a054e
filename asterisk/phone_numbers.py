"""Reads a caller's number as the network or a person wrote it, so that it can be compared, shown and called back.

The Indonesian reading comes first; a number that cannot be called back is said so and never guessed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from asterisk.callers import devices, hidden, plan
from asterisk.callers.plan import Reading
from asterisk.callers.written import Written, unwrap

NO_NUMBER = "Tanpa nomor"
NO_SIM = "Tanpa kartu SIM"
UNSURE = "tidak pasti: "
# kinds that nobody calls back: a premium number costs, and a company's service number rings at a machine
_RUNG = ("mobile", "landline", "foreign", "tollfree")


@dataclass(frozen=True, slots=True)
class Number:
    """A caller's number; `e164` is None without a full one, `anonymous` true where none, or no person's, was sent.

    `kind`: mobile, landline, foreign, tollfree, premium, service, short, simless, withheld or unknown; `why` says in a
    sentence how it was read. `device` is the mark of a phone without a SIM card, by which its next call is known."""

    e164: str | None
    display: str
    anonymous: bool
    callable: bool
    kind: str = field(default="unknown", compare=False)
    why: str = field(default="", compare=False)
    device: str | None = field(default=None, compare=False)


def normalise(raw: str | None, name: str | None = None, country: str = "62", area: str = "0291") -> Number:
    """Read a caller ID of any shape and length; never raises.

    `name` (caller ID name) counts only where `raw` is missing and it is itself a full number."""
    read = _read(unwrap(raw), country, area.lstrip("0"))
    if read.kind == "withheld" and name:
        named = _read(unwrap(name), country, area.lstrip("0"))
        return named if named.callable else read
    return read


def _read(written: Written, country: str, area: str) -> Number:
    if written.digits and not written.nobody:
        return _of_digits(written, country, area)
    if hidden.is_hidden(written.text) or written.nobody:
        return Number(None, NO_NUMBER, True, False, "withheld", "nomor tidak dikirim atau disembunyikan")
    device = devices.of_text(written.text)
    if device is not None:
        return _simless(device, written.text)
    why = "bukan nomor telepon" if len(written.text) <= 40 else "bukan nomor telepon, terlalu panjang"
    return Number(None, _shown(written.text), False, False, "unknown", why)


def _of_digits(written: Written, country: str, area: str) -> Number:
    digits = written.digits
    if digits in ("0", "00"):
        return Number(None, NO_NUMBER, True, False, "withheld", "nomor tidak dikirim (hanya nol)")
    if country != plan.HOME:
        return _abroad(written, country, area)
    readings = list(_context(written)) or list(_with_plus(digits, area) if written.plus else _bare(digits, area))
    device = devices.of_digits(_undone(written))
    if device is not None and (not readings or _is_device(written, readings)):
        return _simless(device, written.text)
    if not readings:
        return Number(None, _shown(written.text), False, False, "unknown", _no_reading(digits))
    return _number(readings, written)


def _undone(written: Written) -> str:
    """The digits as they were before a network took the 0 of a device's number for that of a national one."""
    taken = written.plus and len(written.digits) == 16 and written.digits.startswith(plan.HOME)
    return "0" + written.digits[len(plan.HOME) :] if taken else written.digits


def _is_device(written: Written, readings: list[Reading]) -> bool:
    """True where digits are a device's although they could be a number: 911 and seven more; the length of a foreign
    number without any + or prefix, or of a foreign landline, from which nobody calls 112 here."""
    if written.digits.startswith("911"):
        return True
    if written.plus:
        return False
    if not written.digits.startswith("0"):
        return readings[0].kind == "foreign"
    first = readings[0].e164 or ""
    forms = (first, first.removeprefix(plan.HOME))  # the same digits may be read as a number of ours
    return any(each.kind == "foreign" and each.e164 in forms and not plan.moves(each.e164) for each in readings[:2])


def _number(readings: list[Reading], written: Written) -> Number:
    """The number of the first reading; the others make it unsure."""
    first, others = readings[0], [other for other in readings[1:] if other.e164 != readings[0].e164]
    why = first.why + (f", pesawat {written.extension}" if written.extension else "")
    if others:
        could = ", ".join(plan.shown(other.e164) if other.e164 else other.why for other in others)
        why = f"{UNSURE}{why}; bisa juga {could}"
    if first.e164 is None:
        shown = first.why.split()[2]
        return Number(None, shown, False, False, first.kind, f"{why}: bukan telepon seseorang")
    rung = first.kind in _RUNG
    why = why if rung else f"{why}: tidak ditelepon balik"
    return Number(f"+{first.e164}", plan.shown(first.e164), False, rung, first.kind, why)


def _context(written: Written) -> Iterator[Reading]:
    """The reading that the phone-context of a tel URI gives (RFC 3966, 5.1.5)."""
    if not written.context or written.plus:
        return
    digits = written.digits.lstrip("0")
    whole = plan.foreign(written.context + digits)
    short = plan.national(digits) if written.context.startswith(plan.HOME) else None
    if short is not None and short.kind == "short":
        yield short
    elif whole is not None:
        yield whole


def _with_plus(digits: str, area: str) -> Iterator[Reading]:
    """The readings of a number with +: as it stands, unless only a national number can be meant."""
    if digits.startswith("0"):
        yield from _bare(digits, area)
        return
    foreign = plan.foreign(digits)
    if digits.startswith(plan.HOME):
        yield from filter(None, (foreign,))
        return
    ours = plan.national(digits)
    ours = ours if ours and ours.kind in ("mobile", "landline") else None
    # a foreign landline cannot call 112 here; and the district's own area code is likelier than a far country's
    first_ours = ours is not None and (foreign is None or not plan.moves(digits) or digits.startswith(area))
    readings = (ours, foreign) if first_ours else (foreign, ours)
    yield from filter(None, readings)


def _bare(digits: str, area: str) -> Iterator[Reading]:
    """The readings of digits without +, Indonesian ones first."""
    if digits.startswith("0"):
        for reading in plan.abroad(digits):  # a prefix for calls abroad is a + that is written out
            yield from _with_plus(reading.e164 or "", area)
        if not digits.startswith("00"):
            yield from filter(None, (plan.national(digits[1:]),))
        return
    if len(digits) <= 7 and digits.startswith("1"):
        yield Reading("short", None, f"nomor pendek {digits}")
        return
    if home := _home(digits):
        yield home
    elif 3 <= len(digits) <= 5:
        yield Reading("short", None, f"nomor pendek {digits} atau pesawat dalam")
        return
    own = plan.national(digits) if digits.startswith(area) else None
    if own is not None and own.kind == "short":
        yield own
    if len(digits) > 5:
        yield from filter(None, (_local(digits, area),))
        yield from _without_zero(digits, area)


def _home(digits: str) -> Reading | None:
    return plan.foreign(digits) if digits.startswith(plan.HOME) and len(digits) >= 5 else None


def _local(digits: str, area: str) -> Reading | None:
    """A line of the site's own area without its code; six or seven digits, eight in a big city."""
    lengths = (7, 8) if area in plan.BIG_CITIES else (6, 7)
    reading = plan.national(area + digits) if len(digits) in lengths else None
    if reading is None or reading.kind != "landline":
        return None
    return Reading(reading.kind, reading.e164, f"telepon tetap; tanpa kode area, dianggap 0{area}")


def _without_zero(digits: str, area: str) -> Iterator[Reading]:
    """A national number without its 0, or a foreign one without its +: here is likelier than abroad for mobiles, for
    the own area and where a landline abroad would be meant; abroad where a guest's mobile collides with a far island's
    area code."""
    ours = plan.national(digits)
    if digits.startswith(plan.HOME) and _home(digits) is not None:
        return
    foreign = plan.foreign(digits) if len(digits) >= 8 else None
    near = ours is not None and (ours.kind != "landline" or digits.startswith(area) or not plan.moves(digits))
    readings = (ours, foreign if ours is None or ours.kind != "mobile" else None)
    yield from filter(None, readings if near else (foreign, ours))


def _abroad(written: Written, country: str, area: str) -> Number:
    """A number at a site of another country, where this plan has no say: by country code alone."""
    digits = written.digits
    if written.plus:
        forms = [digits]
    elif digits.startswith("00"):
        forms = [digits[2:]]
    else:
        national = digits.removeprefix("0")
        forms = [country + national, digits, country + area + digits]
    whole = next((form for form in forms if plan.parse(form)), None)
    if whole is None:
        return Number(None, _shown(written.text), False, False, "unknown", _no_reading(digits))
    return Number(f"+{whole}", plan.shown(whole), False, True, "foreign", f"nomor +{whole}")


def _simless(device: str, text: str) -> Number:
    why = "telepon tanpa kartu SIM: tidak bisa ditelepon balik"
    why += "; dikenali lagi bila menelepon lagi" if device else ""
    return Number(None, f"{NO_SIM} ({_shown(text)[:20]})", True, False, "simless", why, device or None)


def _no_reading(digits: str) -> str:
    if len(digits) < 8:
        return "terlalu pendek untuk nomor telepon"
    return "tidak ada nomor telepon seperti ini: tidak ditelepon balik"


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:40]
