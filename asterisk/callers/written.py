"""The written form of a telephone number: SIP and tel URIs, names, labels and separators are taken off it. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from urllib.parse import unquote

LONGEST = 256
_SCHEME = re.compile(r"\s*(sips?|tel|callto|urn):\s*", re.IGNORECASE)
_ANGLED = re.compile(r"<([^<>]*)>?")
_LABEL = re.compile(
    r"(?:no(?:mor)?|hp|wa|whatsapp|telp?|telepon|tlp|tel|phone|fax?|kantor|rumah)\b[\s.:]*", re.IGNORECASE
)
_REMARK = re.compile(r"\s*\([^()0-9]+\)\s*$")
_HIDING = re.compile(r"[*#]31#")  # a prefix of the keypad: «hide my number»
_DASHES = "‐‑‒–—―−﹣－"
_SEPARATORS = dict.fromkeys(map(ord, f" \t\u00a0-.()[]{{}}/·•_{_DASHES}"))
# RFC 3323, RFC 3325: a host that ends so belongs to nobody
_NOBODY = re.compile(r"(?:^|\.)invalid$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A number without its wrapping: `digits` is empty where the text is none, `text` is what people may read.

    `plus`: a + stood in front. `context` is the phone-context in digits (RFC 3966), `nobody` a host that is none."""

    text: str
    digits: str = ""
    plus: bool = False
    context: str = ""
    extension: str = ""
    nobody: bool = False


# a display name in quotes may hold anything, < and > too
_NAME = re.compile(r'^\s*"(?:[^"\\]|\\.)*"(?=\s*<)')


def unwrap(raw: str | None) -> Written:
    """Take the wrapping off a number of any shape and length; never raises."""
    text = _NAME.sub("", _plain((raw or "")[: LONGEST * 2]), count=1)
    angled = _ANGLED.search(text)
    if angled:
        text = angled[1]
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() == "urn":
        return Written(text.strip())
    text = text[scheme.end() :] if scheme else text
    user, at, host = text.partition("@")
    if scheme and scheme[1].lower().startswith("sip") and not at:
        return Written("", nobody=True)  # a host alone names nobody
    if at:
        user = unquote(user).partition(":")[0]
    nobody = bool(at and _NOBODY.search(re.split(r"[:;?>\s]", host.strip(), maxsplit=1)[0]))
    user, _, parameters = user.partition(";")
    read = _number(user.strip().strip('"').strip(), _parameters(parameters), nobody)
    return read if read.digits or scheme or at else replace(read, text=text[:LONGEST])


def _plain(text: str) -> str:
    """Unify letters that look alike, make every decimal digit ASCII, drop invisible marks of writing direction."""
    whole = text.encode("utf-8", "replace").decode("utf-8")  # bytes of a terminal that are no text
    unified = unicodedata.normalize("NFKC", whole)
    letters = (str(unicodedata.decimal(letter, letter)) for letter in unified)
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Cf").strip()


def _parameters(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _number(text: str, parameters: dict[str, str], nobody: bool) -> Written:
    bare = _REMARK.sub("", _LABEL.sub("", text, count=1) if _LABEL.match(text) else text)
    squeezed = _HIDING.sub("", bare).translate(_SEPARATORS)
    if not re.fullmatch(r"\+?[0-9]+", squeezed):
        return Written(text[:LONGEST], nobody=nobody)
    digits = squeezed.lstrip("+")
    if len(digits) > 20:
        return Written(text[:LONGEST], nobody=nobody)
    context = parameters.get("phone-context", "")
    context = context.translate(_SEPARATORS).lstrip("+") if context.startswith("+") else ""
    return Written(
        squeezed,
        digits,
        squeezed.startswith("+"),
        context if re.fullmatch(r"[0-9]{1,8}", context) else "",
        re.sub(r"[^0-9]", "", parameters.get("ext", ""))[:10],
        nobody,
    )
