"""Recognises what a telephone asks for by its own keys within a talk: a transfer (REFER), a text (MESSAGE). Pure.

Asterisk answers both by itself, REFER with 603 and MESSAGE with 202, and tells nobody. NOTIFY, SUBSCRIBE and PUBLISH
within a talk get no answer from Asterisk 22 at all; telephones send them unasked, so they are passed over here.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass

from asterisk.capture.hep import Copy

_METHODS = {b"REFER ": "REFER", b"MESSAGE ": "MESSAGE"}
_LONGEST = 8192
_HEADER = re.compile(r"^(from|f|to|t|call-id|i|cseq)[ \t]*:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)
_SHORT = {"f": "from", "t": "to", "i": "call-id"}
_USER = re.compile(r"<?sips?:([^@>;]+)@", re.IGNORECASE)
_TAG = re.compile(r";\s*tag=", re.IGNORECASE)
# requests that were seen, so that one that is sent again is told once; bounded against scans
MOST = 512


@dataclass(frozen=True, slots=True)
class Pressed:
    """The telephone of `account` asked for this within a talk."""

    account: str
    method: str


class PhoneKeys:
    """Follows requests by far end, Call-ID and CSeq."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def feed(self, copy: Copy) -> Pressed | None:
        """Take a copied message; what a telephone asks for by it, at its first copy."""
        method = next((name for start, name in _METHODS.items() if copy.payload.startswith(start)), None)
        if method is None:
            return None
        head = copy.payload[:_LONGEST].decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[0]
        rows = {_SHORT.get(name.lower(), name.lower()): value for name, value in _HEADER.findall(head)}
        user = _USER.search(rows.get("from", ""))
        if user is None or not _TAG.search(rows.get("to", "")):
            return None
        key = (copy.source, rows.get("call-id", ""), rows.get("cseq", ""))
        if key in self._seen:
            return None
        self._seen[key] = None
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return Pressed(user[1], method)
