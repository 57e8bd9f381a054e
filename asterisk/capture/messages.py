"""Reads as much of a SIP message as is needed to know what became of a call. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from asterisk.callers.addresses import split
from asterisk.callers.identity import HEADERS, Rows

LONGEST = 16_384
_TAG = re.compile(r";\s*tag=([^\s;,>]+)", re.IGNORECASE)
_BRANCH = re.compile(r";\s*branch=([^\s;,]+)", re.IGNORECASE)
_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "c": "content-type", "l": "content-length"}
_WANTED = frozenset({"via", "from", "to", "call-id", "cseq", "require", *(name.lower() for name in HEADERS.values())})
# the first letters of messages that say nothing of a new call, which are most of them
_METHODS = (b"INVITE ", b"MESSAGE ")


@dataclass(frozen=True, slots=True)
class Request:
    """An INVITE or MESSAGE outside of a dialog; `media` are the kinds of its offer, `body` its text."""

    method: str
    target: str
    call_id: str
    cseq: int
    tag: str
    branch: str
    rows: Rows = field(default_factory=dict)
    media: tuple[str, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to such a request."""

    method: str
    status: int
    call_id: str
    cseq: int
    branch: str


def read(payload: bytes) -> Request | Reply | None:
    """Read one message; None for those that say nothing of a new call, and for what is no SIP."""
    if not payload.startswith((*_METHODS, b"SIP/2.0 ")):
        return None
    head, _, body = payload[:LONGEST].decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    rows = _rows(lines)
    sequence, _, method = " ".join(rows.get("cseq", ("",))[0].split()).partition(" ")
    call_id = rows.get("call-id", ("",))[0]
    if method not in ("INVITE", "MESSAGE") or not call_id or not re.fullmatch(r"[0-9]{1,10}", sequence):
        return None
    branch = _found(_BRANCH, rows.get("via", ("",))[0])
    if first.startswith("SIP/2.0 "):
        status = first[8:11]
        return Reply(method, int(status), call_id, int(sequence), branch) if re.fullmatch(r"[0-9]{3}", status) else None
    if _TAG.search(rows.get("to", ("",))[0]):  # a change of a talk, no new call
        return None
    kept = {name: split(rows[header.lower()]) for name, header in HEADERS.items() if header.lower() in rows}
    target = first.split(" ")[1] if first.count(" ") >= 2 else ""
    media = tuple(re.findall(r"^m=(\w+)", body, re.MULTILINE))
    tag = _found(_TAG, rows.get("from", ("",))[0])
    return Request(method, target[:200], call_id[:200], int(sequence), tag, branch, kept, media, body[:1000])


def _rows(lines: list[str]) -> dict[str, tuple[str, ...]]:
    rows: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        name = _COMPACT.get(name, name)
        if name in _WANTED:
            rows[name] = (*rows.get(name, ()), value.strip())
    return rows


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
