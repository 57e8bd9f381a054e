"""Reasons for which Asterisk itself refuses a call, in words for the wall and the doctor. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: `sentence` ends «panggilan ditolak: …», `remedy` is the admin's."""

    sentence: str
    remedy: str


ASK = "minta operator telekomunikasi menormalkannya di SBC"
REASONS: Mapping[str, Reason] = {
    "text": Reason("hanya teks, tanpa suara", "hubungi balik nomornya; jalur ini hanya melayani suara"),
    "message": Reason("pesan teks, bukan panggilan", "hubungi balik nomornya; jalur ini hanya melayani suara"),
    "media": Reason("codec atau enkripsinya tidak bisa dilayani", "samakan codecs di site.yaml dengan trunk (RTP/AVP)"),
    "dialled": Reason("nomor yang dihubungi tidak dikenal", f"{ASK}: R-URI sip:112@…"),
    "scheme": Reason("To bukan sip: atau tel:", f"{ASK}: To sip:112@…, bukan urn:service:sos"),
    "unreadable": Reason("pesan SIP tidak terbaca", f"{ASK}: R-URI sip:112@…, bukan urn:service:sos; kepala SIP sah"),
    "extension": Reason("SBC meminta kemampuan yang tidak ada", f"{ASK}: tanpa Require"),
    "unknown": Reason(
        "alamatnya tidak ada di trunk mana pun", "bila itu SBC operator, tulis di match trunk, site.yaml"
    ),
    "overload": Reason("Asterisk kewalahan atau sedang berhenti", "lihat log Asterisk dan beban komputer"),
    "silent": Reason("tidak dijawab Asterisk", "lihat log Asterisk"),
    "other": Reason("ditolak Asterisk", "lihat log Asterisk dan kodenya di docs/trunks.md"),
}
_BY_STATUS = {
    0: "silent", 401: "unknown", 403: "unknown", 407: "unknown", 404: "dialled", 484: "dialled", 416: "scheme",
    420: "extension", 421: "extension", 422: "extension", 415: "media", 488: "media", 606: "media",
}  # fmt: skip


def reason_of(status: int, method: str = "INVITE", media: tuple[str, ...] = ()) -> str:
    """The reason for a final status of Asterisk's (0: none came); `media` are the kinds that the caller offered."""
    if status in (401, 403, 407):
        return "unknown"
    if method == "MESSAGE":
        return "message"
    if "text" in media and "audio" not in media:
        return "text"
    return _BY_STATUS.get(status, "overload" if status >= 500 else "other")
