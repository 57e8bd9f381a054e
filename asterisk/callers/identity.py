"""The identity of a caller: all that the network sent of it, and the decision which part of it counts. Pure.

RFC 3325 9.1: a trunk asserts the caller in P-Asserted-Identity (one row or two, sip: and tel:), older ones in
Remote-Party-ID; P-Preferred-Identity and From are the caller's own word. RFC 3323: Privacy hides it from people, and an
emergency line still gets it. RFC 5806 and RFC 7044: Diversion and History-Info name who passed the call on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from asterisk.callers.addresses import split
from asterisk.phone_numbers import Number, normalise

# headers that the dialplan reads, each with its name in the channel's variable, most trusted first
HEADERS: Mapping[str, str] = {
    "pai": "P-Asserted-Identity",
    "rpid": "Remote-Party-ID",
    "ppi": "P-Preferred-Identity",
    "from": "From",
    "privacy": "Privacy",
    "diversion": "Diversion",
    "history": "History-Info",
}
# the transaction of the INVITE, by which a copy of it is known (RFC 3261 8.2.2.2)
TRANSACTION: Mapping[str, str] = {"id": "Call-ID", "cseq": "CSeq"}
ROWS: Mapping[str, str] = {**TRANSACTION, **HEADERS}
# those that no INVITE lacks
ALWAYS = ("id", "cseq", "from")
SOURCES = ("pai", "rpid", "ppi", "from")
_ASSERTED = ("pai", "rpid")
_HIDES = frozenset({"id", "user", "header", "full"})
MOST_TEXT = 8000
Rows = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller's number, and the numbers that passed the call on, first one first."""

    number: Number
    passed_on: tuple[str, ...] = ()


def from_variable(text: str | None) -> Rows:
    """Read the header rows out of the dialplan's variable: `pai=<row>&pai=<row>&from=<row>`, each URI-encoded."""
    rows: Rows = {}
    for name, row in parse_qsl((text or "")[:MOST_TEXT]):
        if name in HEADERS and row.strip():
            rows[name] = (*rows.get(name, ()), row.strip())
    return {name: split(values) for name, values in rows.items()}


def as_json(caller: Caller, rows: Mapping[str, Iterable[str]]) -> str:
    """All that is kept of a caller's identity, as text for the store."""
    headers = {name: list(addresses) for name, addresses in rows.items()}
    read = {"kind": caller.number.kind, "why": caller.number.why, "passed_on": caller.passed_on, "headers": headers}
    return json.dumps(read, ensure_ascii=False)


def transaction_of(text: str | None) -> tuple[str, str, str] | None:
    """Call-ID, CSeq and From tag of a call's INVITE out of the dialplan's variable; None where one is missing."""
    fields = dict(parse_qsl((text or "")[:MOST_TEXT]))
    tag = re.search(r"[;?]\s*tag=([^\s;,>]+)\s*(?:;[^>]*)?$", fields.get("from", ""))
    if not fields.get("id") or not fields.get("cseq") or tag is None:
        return None
    return fields["id"], fields["cseq"], tag[1]


def from_lines(text: str) -> Rows:
    """Read header rows as they stand in a SIP message (`P-Asserted-Identity: …`); empty where the text has none."""
    known = {header.lower(): name for name, header in HEADERS.items()} | {"f": "from"}
    rows: Rows = {}
    for line in re.split(r"\r?\n|\\n", text):
        header, colon, row = line.partition(":")
        if colon and (name := known.get(header.strip().lower())):
            rows[name] = (*rows.get(name, ()), row.strip())
    return {name: split(values) for name, values in rows.items()}


def decide(
    rows: Mapping[str, Iterable[str]],
    number: str | None = None,
    name: str | None = None,
    country: str = "62",
    area: str = "0291",
) -> Caller:
    """Decide who calls; `number` and `name` are Asterisk's own reading, for calls without these rows. Never raises.

    The first number that can be called back counts, the network's word before the caller's; then a phone without a SIM
    card; then whatever was sent."""
    readings = list(_readings(rows, country, area))
    if not readings:
        return Caller(normalise(number, name, country, area))
    best = _best(readings)
    # Asterisk read the whole header: what we were given of it may be cut off
    if best.kind in ("withheld", "unknown") and (named := normalise(number, name, country, area)).callable:
        best = named
    if best.callable and _hidden(rows, readings):
        best = replace(best, why=f"{best.why}; nomor disembunyikan penelepon, jaringan tetap mengirimnya ke 112")
    return Caller(best, tuple(_passed_on(rows, country, area)))


def read_text(text: str, country: str = "62", area: str = "0291") -> Number:
    """Read what a person typed or copied: a number, an address, several of them, or header rows of a SIP message."""
    rows = from_lines(text)
    if rows:
        return decide(rows, None, None, country, area).number
    if not re.search(r"<|\bsips?:|\btel:", text, re.IGNORECASE):
        return normalise(text, None, country, area)
    numbers = [normalise(each, _name(each), country, area) for each in split([text])]
    return next((number for number in numbers if number.callable), numbers[0]) if numbers else normalise(None)


def _readings(rows: Mapping[str, Iterable[str]], country: str, area: str) -> Iterator[tuple[str, Number]]:
    for source in SOURCES:
        for address in rows.get(source, ()):
            number = normalise(address, _name(address), country, area)
            yield source, replace(number, why=f"{number.why} (dari {HEADERS[source]})")


def _best(readings: list[tuple[str, Number]]) -> Number:
    def rank(reading: tuple[str, Number]) -> tuple[bool, bool, bool, bool]:
        source, number = reading
        asserted = source in _ASSERTED
        simless = number.kind == "simless"
        return (
            not (asserted and number.callable),
            not (asserted and simless),
            not (number.callable or simless),
            number.kind == "withheld",
        )

    return min(readings, key=rank)[1]


def _hidden(rows: Mapping[str, Iterable[str]], readings: list[tuple[str, Number]]) -> bool:
    asked = {word.strip().lower() for row in rows.get("privacy", ()) for word in re.split(r"[;,]", row)}
    own = [number for source, number in readings if source == "from"]
    return bool(asked & _HIDES) or any(number.kind == "withheld" for number in own)


def _name(address: str) -> str | None:
    match = re.match(r'\s*"((?:[^"\\]|\\.)*)"\s*<|\s*([^<"]+?)\s*<', address)
    return (match[1] or match[2]) if match else None


def _passed_on(rows: Mapping[str, Iterable[str]], country: str, area: str) -> Iterator[str]:
    """Displays of the numbers that passed the call on. The newest Diversion stands first; the last entry of
    History-Info is our own number."""
    diverted, history = tuple(rows.get("diversion", ())), tuple(rows.get("history", ()))
    shown: list[str] = []
    for address in (*reversed(diverted), *history[:-1]):
        number = normalise(address, None, country, area)
        if number.kind != "withheld" and number.display not in shown:
            shown.append(number.display)
    yield from shown
