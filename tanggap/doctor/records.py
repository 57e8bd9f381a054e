"""The store, its backups, and the prompts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tanggap.config import PROMPTS
from tanggap.doctor.finding import Finding, bad, odd
from tanggap.doctor.patient import Patient
from tanggap.voice.languages import spoken

BACKUP = timedelta(hours=50)


async def store(patient: Patient) -> list[Finding]:
    """A store that is missing, damaged, or of another version."""
    if not patient.database.exists():
        sentence = f"belum ada basis data {patient.database}: instans ini belum pernah dijalankan"
        return [odd("STORE_MISSING", sentence, "jalankan: tanggap up")]
    restore = "hentikan semua proses, lalu pulihkan cadangan terakhir: tanggap restore"
    if patient.damage:
        return [bad("STORE_DAMAGED", f"basis data rusak: {patient.damage[0]}", restore)]
    if patient.unknown_steps:
        sentence = f"basis data dari versi program yang lebih baru ({', '.join(patient.unknown_steps)})"
        return [bad("STORE_NEWER", sentence, "pasang versi program yang sama atau lebih baru")]
    if patient.missing_steps:
        sentence = f"susunan basis data belum diperbarui ({', '.join(patient.missing_steps)})"
        return [odd("STORE_OLDER", sentence, "diperbarui sendiri saat proses dimulai berikutnya")]
    if patient.no_store:
        return [bad("STORE_UNREADABLE", patient.no_store, restore)]
    return []


async def backup(patient: Patient) -> list[Finding]:
    """No backup, or an old one."""
    if not patient.database.exists() or patient.instance is None:
        return []
    named = getattr(patient.instance.site, "store", None)
    folder = patient.home / getattr(named, "backups", "var/backup")
    every = timedelta(seconds=2 * (getattr(named, "backup_every_s", None) or 0)) or BACKUP
    newest = _newest(folder)
    remedy = "buat sekarang: tanggap backup; simpan salinannya di komputer lain"
    if newest is None:
        return [odd("BACKUP_NONE", f"belum ada cadangan di {folder}", remedy)]
    if patient.now - newest > every:
        days = (patient.now - newest) / timedelta(days=1)
        return [odd("BACKUP_OLD", f"cadangan terakhir berumur {days:.1f} hari", remedy)]
    return []


def _newest(folder: Path) -> datetime | None:
    try:
        moments = [path.stat().st_mtime for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return None
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


async def prompts(patient: Patient) -> list[Finding]:
    """Prompts that callers would not hear."""
    known = spoken(PROMPTS, patient.home / "prompts")
    if known is None or not patient.database.exists():
        return []
    missing = [name for name in known.names if not (patient.var / "prompts" / f"{name}.wav").exists()]
    if not missing:
        return []
    some = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
    sentence = f"{len(missing)} prompt tidak ada ({some}): penelepon mendengar sunyi di situ"
    return [bad("PROMPTS_MISSING", sentence, "tanggap asterisk render membuatnya lagi")]
