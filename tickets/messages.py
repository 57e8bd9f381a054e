"""Texts of pushes, as templates that an admin may change; pure.

A field stands in braces. A line of which every field is empty is left out, so «Keterangan: {uraian}» goes where there
is no story, and the line of the link where the site has no public address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FIELDS: Mapping[str, str] = {
    "opd": "nama pendek OPD",
    "jenis": "darurat atau pengaduan",
    "kategori": "nama kategori",
    "lokasi": "alamat, desa dan kecamatan",
    "tempat": "desa dan kecamatan saja",
    "posisi": "radius, asal dan tautan peta dari posisi yang berlaku",
    "hari": "hari dan tanggal laporan",
    "pukul": "jam laporan, dengan zona waktu",
    "jam": "jam laporan saja",
    "uraian": "uraian laporan",
    "tiket": "nomor tiket",
    "ke": "dorongan keberapa",
    "permintaan": "apa yang diminta sekarang",
    "pengingat": "apa yang belum terjadi setelah laporan diterima",
    "tautan": "tautan sekali pakai",
}
_FIELD = re.compile(r"\{([^{}]*)\}")
_BRACES = re.compile(r"[{}]")

SUBJECT = "[112] {kategori}: {tempat} ({tiket})"
BODY = """\
Laporan {jenis} 112 untuk {opd}
Kategori: {kategori}
Lokasi: {lokasi}
Posisi: {posisi}
Dilaporkan: {hari} pukul {pukul}
Keterangan: {uraian}
Tiket: {tiket}
Pemberitahuan ke-{ke}. {permintaan}
Buka dan jawab, tanpa masuk: {tautan}"""
SPOKEN = """\
Untuk {opd}
{kategori}
Lokasi: {lokasi}
Dilaporkan pukul {jam}
{uraian}
{pengingat}"""
READ_BACK = "{kategori}, {lokasi}"
ASK = "Belum dijawab. Mohon segera terima laporan ini di halaman OPD."
ASK_ABOVE = "OPD belum menjawab. Telepon OPD itu, alihkan, atau tandai «Saya tahu, saya tangani»."
UPDATE = "Mohon perbarui statusnya di halaman OPD."
READ = "Mohon baca dan tekan «Sudah dibaca»."
UNSENT_REMINDER = "Laporan ini belum dikirim ke OPD mana pun."
BACK_REMINDER = "Laporan ini dikembalikan OPD dan belum diteruskan."
ASK_UNREAD = "OPD belum membaca perubahan ini. Telepon OPD itu, atau tandai «Saya tahu, saya tangani»."
ASK_UNSENT = "Telepon meja operator sekarang, minta laporan ini dikirim."
IN_WRITING = "lihat di pesan atau halaman"
NAME_TAKER = "OPD ini menjawab bukan wewenangnya. Tunjuk OPD yang berwenang di halaman tiket."

# Texts of test pushes, worded so that nobody takes one for a report; a site cannot change them.
TEST_SUBJECT = "[112] UJI COBA, bukan laporan sungguhan"
TEST_BODY = """\
UJI COBA dorongan 112 untuk {kontak}
Ini BUKAN laporan sungguhan. Tidak ada yang perlu berangkat.
Dikirim: {hari} pukul {pukul}
Ketuk supaya kami tahu pesan ini terbaca: {tautan}"""
TEST_SPOKEN = "Untuk {kontak}"


@dataclass(frozen=True, slots=True)
class Messages:
    """Templates of what agencies read and hear; `reminders` by the state in which an assignment stays."""

    subject: str = SUBJECT
    body: str = BODY
    spoken: str = SPOKEN
    read_back: str = READ_BACK
    ask: str = ASK
    update: str = UPDATE
    reminders: Mapping[str, str] = field(default_factory=dict)
    ask_above: str = ASK_ABOVE


def fill(template: str, values: Mapping[str, str]) -> list[str]:
    """The lines of a template, filled; a value is never read as a template itself."""
    lines = []
    for line in template.splitlines():
        names = _FIELD.findall(line)
        if names and not any(values[name] for name in names):
            continue
        filled = _FIELD.sub(lambda match: values[match[1]], line)
        lines.append("\n".join(" ".join(part.split()) for part in filled.splitlines()))
    return lines


def unknown_fields(template: str) -> list[str]:
    """The names in braces that are no field, in their order; a lone brace is one too."""
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    return unknown + _BRACES.findall(_FIELD.sub("", template))


def sentences(lines: list[str]) -> str:
    """Lines as sentences to be spoken, each with one full stop."""
    return " ".join(f"{line.rstrip('. ')}." for line in lines if line.strip(" ."))
