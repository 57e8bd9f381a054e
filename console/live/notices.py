"""Notices to one operator's page: refusals of a request, and what became of the talk without their doing."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.model import Row

FORWARDED = "telepon Anda mengalihkan panggilan ke nomor lain, jadi tidak berdering: matikan pengalihan di telepon itu"
# by the SIP request that the telephone's key sends
KEYS = {
    "REFER": "tombol alihkan di telepon ditolak, penelepon tetap bersama Anda: alihkan di halaman ini (Alt+A)",
    "MESSAGE": "pesan teks dari telepon Anda tidak sampai ke siapa pun",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for an operator; `about` is the kind of row, or of the request that was refused."""

    operator: str
    about: str
    sentence: str

    def message(self) -> dict[str, str]:
        """The message for the live socket."""
        return {"type": "notice", "about": self.about, "sentence": self.sentence}


def notice_of(row: Row) -> Notice | None:
    """The notice that a journal row means, or None."""
    kind, data = row["kind"], row["data"]
    operator = data.get("operator")
    if not isinstance(operator, str):
        return None
    if kind.startswith("request.") and kind.endswith(".refused"):
        return Notice(operator, kind.removesuffix(".refused"), str(data.get("why", "permintaan ditolak")))
    if kind == "operator.dropped":
        return Notice(operator, kind, _dropped(str(data.get("seconds", ""))))
    if kind == "operator.missed" and data.get("reason") == "forwarded":
        return Notice(operator, kind, FORWARDED)
    if kind == "phone.key_refused" and (sentence := KEYS.get(str(data.get("method")))):
        return Notice(operator, kind, sentence)
    return None


def _dropped(seconds: str) -> str:
    """The sentence on a telephone that hung up within seconds; the caller was kept."""
    after = f"setelah {seconds.removesuffix('.0').replace('.', ',')} detik" if seconds else "terlalu cepat"
    return f"telepon Anda menutup {after}: penelepon tetap di antrean. Untuk mengakhiri panggilan, tekan «Akhiri»"
