"""Changes after a dispatch in words: for messages and pages, and for the telephone; pure."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from ivr.wording import write_time
from tickets.locating.positions import unspoken
from tickets.messages import IN_WRITING
from tickets.model import Row, from_text
from tickets.routing import Category

FIELDS = {
    "kind": "jenis",
    "category": "kategori",
    "kecamatan": "kecamatan",
    "desa": "desa",
    "address": "alamat",
    "description": "uraian",
    "position": "titik",
}
KINDS = {"emergency": "darurat", "complaint": "pengaduan"}
WRITTEN_LENGTH, SPOKEN_LENGTH = 400, 200


def recalls(changes: Iterable[Row]) -> bool:
    """True where one of these changes takes the task off its agency for good."""
    return any(row["field"] == "recall" and not row["about"] for row in changes)


def written(row: Row, categories: Mapping[str, Category], zone: tzinfo) -> str:
    """A change as one line: «Diubah 06.34: alamat Margoyoso → Purwogondo»."""
    before, after = (_value(row, name, categories, WRITTEN_LENGTH) for name in ("before", "after"))
    at = write_time(from_text(row["changed_at"]).astimezone(zone).time().replace(second=0, microsecond=0))
    if row["field"] == "recall":
        merged = f"DIGABUNG {at} ke {row['about']}: teruskan di tugas itu"
        return merged if row["about"] else f"DIBATALKAN {at}: {after or 'tanpa alasan'}"
    if row["field"] == "report":
        if after is None:
            return f"Bukan kejadian ini {at}: {before or 'laporan lain'}"
        return f"Penelepon lain {at}: {after}" if before is None else f"Penelepon lain {at}: {before} → {after}"
    change = after if before is None else f"{before} → {after or '(dihapus)'}"
    return f"Diubah {at}: {FIELDS[row['field']]} {change or '(dihapus)'}"


def spoken(row: Row, categories: Mapping[str, Category]) -> str:
    """A change as a sentence for the telephone; of a story what it says now."""
    before, after = (_heard(_value(row, name, categories, SPOKEN_LENGTH)) for name in ("before", "after"))
    if row["field"] == "recall":
        merged = "Tugas ini digabung ke laporan lain, teruskan tugas itu"
        return merged if row["about"] else f"Tugas ini dibatalkan, {after or 'tanpa alasan'}"
    if row["field"] == "report":
        return f"Penelepon lain melaporkan, {after}" if after else "Satu laporan ternyata kejadian lain"
    if row["field"] == "position":
        return f"Titik lokasi berubah, {IN_WRITING}"
    name = FIELDS[row["field"]].capitalize()
    if row["field"] == "description" or before is None:
        return f"{name} sekarang, {after or 'dihapus'}"
    return f"{name}, semula {before}, sekarang {after or 'dihapus'}"


def _heard(value: str | None) -> str | None:
    return (unspoken(value) or IN_WRITING) if value else value


def _value(row: Row, name: str, categories: Mapping[str, Category], longest: int) -> str | None:
    value = row[name]
    if value is None:
        return None
    if row["field"] == "category" and value in categories:
        return categories[value].name
    if row["field"] == "kind":
        return KINDS.get(value, value)
    text = " ".join(value.split())
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"
