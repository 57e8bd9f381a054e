"""Checks of the store, its backups, and the prompts."""

from __future__ import annotations

from datetime import timedelta

from instance import PROMPTS
from operations.backup.backup import folder_of, made_at, newest_first
from operations.backup.replica import absent
from operations.disk.storage import BROKEN, spilled
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient
from voice.languages import spoken

BACKUP = timedelta(hours=50)


async def store(patient: Patient) -> list[Finding]:
    """Find a store that is missing, damaged, or of another version."""
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
    """Find a missing or an old backup."""
    if not patient.database.exists() or patient.instance is None:
        return []
    folder = folder_of(patient.instance)
    every = timedelta(seconds=2 * patient.instance.site.store.backup_every_s) or BACKUP
    newest = next((made_at(path) for path in newest_first(folder)), None)
    remedy = "buat sekarang: tanggap backup; simpan salinannya di komputer lain"
    if newest is None:
        return [odd("BACKUP_NONE", f"belum ada cadangan di {folder}", remedy)]
    if patient.now - newest > every:
        days = (patient.now - newest) / timedelta(days=1)
        return [odd("BACKUP_OLD", f"cadangan terakhir berumur {days:.1f} hari", remedy)]
    return []


async def copies(patient: Patient) -> list[Finding]:
    """Find records that wait in spill files, a broken store that was set aside, replication that does not run."""
    if patient.instance is None:
        return []
    findings = []
    for spill in spilled(patient.instance):
        if spill.records:
            sentence = f"{spill.records} catatan panggilan menunggu di {spill.path}: basis data tidak bisa ditulis"
            findings.append(bad("STORE_SPILLED", sentence, "kosongkan cakram; catatan masuk sendiri sesudahnya"))
        if spill.aside:
            file = spill.path.with_suffix(".rejected")
            sentence = f"{spill.aside} catatan panggilan tidak bisa dimasukkan ke basis data"
            findings.append(bad("STORE_REJECTED", sentence, f"periksa, lalu pindahkan {file}"))
    for folder in sorted((patient.var / BROKEN).glob("*")):
        sentence = f"basis data yang rusak disisihkan di {folder}"
        findings.append(
            bad("STORE_SET_ASIDE", sentence, "baca KETERANGAN.txt di situ; sesudah diperiksa, pindahkan foldernya")
        )
    if why := absent(patient.instance):
        findings.append(bad("REPLICA_ABSENT", why, "pasang litestream, atau hapus store.replica dari site.yaml"))
    return findings


async def search_index(patient: Patient) -> list[Finding]:
    """Find an index of the search that does not have all old tickets yet, and say how far it is."""
    progress = patient.ask(lambda store: store.backlog.progress())
    if progress is None:
        return []
    far = f"{progress['done']} dari {progress['total']} tiket" if progress["total"] else "baru dimulai"
    sentence = f"indeks pencarian belum lengkap ({far}): tiket yang lebih lama belum ikut dicari"
    return [odd("SEARCH_INDEXING", sentence, "berjalan sendiri di samping layanan selama konsol hidup; tunggu")]


async def prompts(patient: Patient) -> list[Finding]:
    """Find prompts that callers would not hear."""
    known = spoken(PROMPTS, patient.home / "prompts")
    if known is None or not patient.database.exists():
        return []
    missing = [name for name in known.names if not (patient.var / "prompts" / f"{name}.wav").exists()]
    if not missing:
        return []
    some = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
    sentence = f"{len(missing)} prompt tidak ada ({some}): penelepon mendengar sunyi di situ"
    return [bad("PROMPTS_MISSING", sentence, "tanggap asterisk render membuatnya lagi")]
