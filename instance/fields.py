"""Types of the fields in the YAML files: each a reader of instance.scalars with its JSON Schema for editors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from instance import scalars
from ivr.hours import Window

TEXT_OR_NUMBER = {"type": ["string", "integer"]}


@dataclass(frozen=True, eq=False)
class Reads:
    """Annotation of a field: `parse` makes its value from the written one, `schema` describes it to editors."""

    parse: Callable[[object], Any]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


def seconds(low: float, high: float) -> Reads:
    """A duration between two bounds (seconds)."""
    shape = "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d)?$"
    return Reads(scalars.duration(low, high), {"type": ["string", "number"], "pattern": shape})


def seconds_or_never(low: float, high: float) -> Reads:
    """A duration between two bounds (seconds), or tidak."""
    shape = "^([0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d)?|tidak)$"
    return Reads(scalars.duration_or_never(low, high), {"type": ["string", "number", "boolean"], "pattern": shape})


def size(low: int, high: int) -> Reads:
    """A size between two bounds (bytes)."""
    shape = "^[0-9]+(\\.[0-9]+)? ?[MGTmgt][Bb]$"
    return Reads(scalars.size(low, high), {"type": "string", "pattern": shape})


def number(low: int, high: int, noun: str) -> Reads:
    """A whole number between two bounds."""
    return Reads(scalars.whole(low, high, noun), {"type": ["integer", "string"], "minimum": low, "maximum": high})


def decimal(low: float, high: float, noun: str) -> Reads:
    """A number between two bounds."""
    return Reads(scalars.decimal(low, high, noun), {"type": ["number", "string"], "minimum": low, "maximum": high})


def words(*allowed: str) -> Reads:
    """One of a few words."""
    return Reads(scalars.one_of_words(*allowed), {"type": "string", "enum": list(allowed)})


def shaped(pattern: str, noun: str, expected: str, schema: dict[str, Any] | None = None) -> Reads:
    """Text of one shape."""
    reader = scalars.matching(re.compile(pattern), noun, expected)
    return Reads(reader, schema or {"type": "string", "pattern": f"^{pattern}$"})


WINDOWS_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    "description": "07:00-21:00, daftar beberapa jam buka, 24 jam, atau tutup",
}


class OneOrMany:
    """A list, or one of its items alone."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(scalars.listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        many = handler(schema)
        return {"anyOf": [many.get("items", {}), many]}


Listed = OneOrMany()
Bool = Annotated[bool, Reads(scalars.yes_or_no, {"anyOf": [{"type": "boolean"}, {"enum": ["ya", "tidak"]}]})]
Name = Annotated[str, Reads(scalars.text(80), {"type": "string", "maxLength": 80})]
Text = Annotated[str, Reads(scalars.text(400), {"type": "string", "maxLength": 400})]
Template = Annotated[str, Reads(scalars.template(1500), {"type": "string", "maxLength": 1500})]
LinkedTemplate = Annotated[
    str, Reads(scalars.template(1500, needs=("tiket", "tautan")), {"type": "string", "maxLength": 1500})
]
Code = Annotated[str, shaped("[a-z][a-z0-9_]{0,39}", "kode", "huruf kecil, angka dan _, diawali huruf")]
PromptName = Annotated[str, shaped("[a-z][a-z0-9-]{0,39}", "prompt", "huruf kecil, angka dan -, seperti menu-utama")]
SipUri = Annotated[
    str, shaped(r"sips?:[A-Za-z0-9._@:;=+\[\]-]{3,120}", "alamat SIP", "alamat seperti sip:10.20.30.40:5060")
]
ContactName = Annotated[
    str, shaped(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?", "kontak", "nama seperti pusdalops atau bpbd.siaga")
]
Account = Annotated[str, Reads(scalars.account, {"type": "string", "pattern": f"^{scalars.ACCOUNT.pattern}$"})]
Mobile = Annotated[
    str,
    shaped(r"\+[0-9]{8,15}", "nomor", "kode negara dan 8 sampai 15 angka, seperti +62812…", TEXT_OR_NUMBER),
]
Digits = Annotated[str, shaped(r"\+?[0-9]{1,15}", "nomor", "1 sampai 15 angka", TEXT_OR_NUMBER)]
AreaCode = Annotated[str, shaped("0[0-9]{2,4}", "kode wilayah", "kode seperti 0291", TEXT_OR_NUMBER)]
CountryCode = Annotated[str, shaped("[1-9][0-9]{0,2}", "kode negara", "angka saja seperti 62", TEXT_OR_NUMBER)]
Key = Annotated[str, shaped("[0-9*#]", "tombol", "satu dari 0 sampai 9, * atau #", TEXT_OR_NUMBER)]
Colour = Annotated[str, shaped("#[0-9a-fA-F]{6}", "warna", 'warna seperti "#c0392b" (dalam tanda kutip)')]
Codec = Annotated[str, words("alaw", "ulaw", "g722", "gsm", "opus")]
Port = Annotated[int, number(1, 65535, "port")]
Date = Annotated[date, Reads(scalars.day, {"type": "string", "format": "date"})]
Weekday = Annotated[int, Reads(scalars.weekday, {"type": "string", "enum": list(scalars.DAY_NAMES)})]
Zone = Annotated[str, Reads(scalars.time_zone, {"type": "string"})]
Address = Annotated[str, Reads(scalars.address, {"type": "string"})]
Network = Annotated[str, Reads(scalars.network, {"type": "string"})]
NetworkOrName = Annotated[str, Reads(scalars.network_or_name, {"type": "string"})]
SipUser = Annotated[
    str, shaped(r"[A-Za-z0-9._@+-]{1,100}", "isian", "huruf, angka dan . _ @ + -, seperti +62291112", TEXT_OR_NUMBER)
]
Replica = Annotated[str, Reads(scalars.replica, {"type": "string"})]
WebAddress = Annotated[str, Reads(scalars.web_address, {"type": "string", "format": "uri"})]
PushContact = Annotated[
    str,
    shaped(
        r"(mailto:)?[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?",
        "kontak",
        "alamat surel, atau alamat seperti https://112.contoh.go.id",
    ),
]
PushService = Annotated[
    str,
    shaped(
        r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|https://[a-z0-9.-]+(:[0-9]{1,5})?|http://127\.0\.0\.1(:[0-9]{1,5})?",
        "layanan push",
        "nama komputer seperti fcm.googleapis.com atau *.push.apple.com, atau alamat https://NAMA:PORT",
    ),
]
AppriseUrl = Annotated[str, Reads(scalars.apprise_url, {"type": "string"})]
Windows = Annotated[tuple[Window, ...], Reads(scalars.windows, WINDOWS_SCHEMA)]
WindowsOrUsual = Annotated[tuple[Window, ...] | None, Reads(scalars.windows_or_usual, WINDOWS_SCHEMA)]
