"""Checks of the machine: clock, disk, rights, programs."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import tempfile
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from instance import secrets_file
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient

FIRST_YEAR = 2026
AHEAD = timedelta(minutes=1)
ZONES = Path("/usr/share/zoneinfo")
TIME_ERROR = 5
TIMEX_BYTES = 256
FULL_BYTES, SCARCE_BYTES = 200_000_000, 2_000_000_000
FULL_INODES = 1000
PROGRAMS = {"espeak-ng": "prompt dan laporan lisan", "sox": "suara"}


async def clock(patient: Patient) -> list[Finding]:
    """Find a clock that is wrong, or that is not synchronised."""
    newest = patient.ask(lambda store: store.journal.newest_at())
    if patient.now.year < FIRST_YEAR:
        sentence = f"jam komputer menunjukkan tahun {patient.now.year}"
        return [bad("CLOCK_WRONG", sentence, "setel jamnya: timedatectl set-ntp true")]
    if newest is not None and newest > patient.now + AHEAD:
        sentence = f"jam komputer mundur: jurnal sudah sampai {newest:%Y-%m-%d %H:%M} UTC"
        return [bad("CLOCK_BACKWARDS", sentence, "setel jamnya: timedatectl set-ntp true")]
    if _unsynchronised():
        sentence = "jam komputer tidak disetel oleh server waktu (NTP)"
        return [odd("CLOCK_UNSYNCHRONISED", sentence, "timedatectl set-ntp true, atau pasang chrony")]
    return []


async def zone(patient: Patient) -> list[Finding]:
    """Find a time zone of the site that this machine does not know."""
    if patient.instance is None:
        return []
    name = patient.instance.site.time_zone
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        return [bad("ZONE_UNKNOWN", f"data zona waktu {name} tidak ada di komputer ini", "apt-get install tzdata")]
    if not _has_zone(name):
        sentence = f"Asterisk tidak menemukan zona waktu {name}: jam buka jalur cadangan bisa keliru"
        return [bad("ZONE_UNKNOWN", sentence, "apt-get install --reinstall tzdata")]
    return []


def _has_zone(name: str) -> bool:
    """True when the machine has the zone's file: Asterisk reads that, Python brings zones of its own."""
    return (ZONES / name).exists()


async def disk(patient: Patient) -> list[Finding]:
    """Find a disk that is full, nearly full, or not writable."""
    where = patient.var if patient.var.exists() else patient.home
    try:
        with tempfile.NamedTemporaryFile(dir=where, prefix=".dokter-") as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        return [_unwritable(where, error)]
    size, inodes = shutil.disk_usage(where), os.statvfs(where).f_favail
    free = f"{size.free / 1e9:.1f} GB kosong dari {size.total / 1e9:.0f} GB"
    remedy = f"hapus yang tidak perlu (log, rekaman lama), atau perbesar cakram; lihat: du -xh {where} | sort -h | tail"
    if size.free < FULL_BYTES or 0 < inodes < FULL_INODES:
        return [bad("DISK_FULL", f"cakram {where} hampir habis: {free}", remedy)]
    if size.free < SCARCE_BYTES:
        return [odd("DISK_SCARCE", f"cakram {where} menipis: {free}", remedy)]
    return []


def _unwritable(where: Path, error: OSError) -> Finding:
    if error.errno == errno.EROFS:
        remedy = "periksa dmesg (cakram rusak?), lalu mount -o remount,rw"
        return bad("DISK_READ_ONLY", f"cakram {where} hanya bisa dibaca", remedy)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return bad("DISK_FULL", f"cakram {where} habis", "kosongkan cakram; panggilan tetap dijawab sementara itu")
    return bad("VAR_NOT_WRITABLE", f"{where} tidak bisa ditulisi pengguna ini", f"chown -R PENGGUNA: {where}")


async def rights(patient: Patient) -> list[Finding]:
    """Find secrets that others may read, and files that another user owns."""
    findings = []
    for path, allowed in ((patient.var, 0o700), (secrets_file.path(patient.home), 0o600)):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        if mode & ~allowed:
            findings.append(
                bad("RIGHTS_OPEN", f"{path} bisa dibuka pengguna lain ({mode:o})", f"chmod {allowed:o} {path}")
            )
    foreign = _foreign(patient.var)
    if foreign is not None:
        sentence = f"{foreign} milik pengguna lain daripada {patient.var}: proses bisa gagal membaca atau menulisnya"
        owner = f"$(stat -c %U:%G {patient.var})"
        findings.append(bad("RIGHTS_OWNER", sentence, f"chown -R {owner} {patient.var}"))
    return findings


def _foreign(var: Path) -> Path | None:
    """The first file near the top of `var` that another user owns."""
    try:
        owner = var.stat().st_uid
        places = [*var.iterdir(), *(var / "log").glob("*"), *(var / "run").glob("*")]
        return next((path for path in places if path.lstat().st_uid != owner), None)
    except OSError:
        return None


async def programs(patient: Patient) -> list[Finding]:
    """Find programs that are called and not installed."""
    remedy = "bash scripts/setup"
    return [
        odd("PROGRAM_MISSING", f"{name} tidak terpasang ({purpose})", remedy)
        for name, purpose in PROGRAMS.items()
        if shutil.which(name) is None
    ]


def _unsynchronised() -> bool:
    """True when the kernel says that its clock is synchronised; False where it cannot be asked."""
    try:
        return bool(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)) == TIME_ERROR)
    except (OSError, AttributeError):
        return False
