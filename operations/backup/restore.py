"""Restores a checked backup, by `tanggap restore` or at a start with a broken database; the former files are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from instance import Instance
from operations.backup.backup import (
    DATABASE,
    MANIFEST,
    RECORDINGS,
    BackupError,
    folder_of,
    newest_first,
    sync_folder,
    unpacked,
)
from operations.disk.storage import BROKEN
from processes.instance_lock import alone
from tickets.errors import StoreUnavailable, TicketError
from tickets.model import Actor, Row
from tickets.store import Store
from tickets.store.copies import contents, faults, unknown_steps

log = structlog.get_logger(__name__)
LOGS = (f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """Result of a restore: `files` (relative to the instance) were restored; the former ones, if any, are in `kept`."""

    source: str
    made_at: str
    files: tuple[str, ...]
    kept: Path | None
    holds: Row

    @property
    def sentence(self) -> str:
        """The terminal's line for a database that was broken at the start."""
        came = f"dipulihkan dari {self.source}" if self.source else "tidak ada cadangan yang baik, dimulai kosong"
        return f"basis data rusak, disisihkan di {self.kept}: {came}"


class RunningError(TicketError):
    """The line runs on this instance; the text says which process."""


def restore(home: Path, file: Path, now: datetime, *, only_store: bool = False) -> Restored:
    """Check a backup, then put it into place; RunningError or BackupError before anything was touched."""
    if not file.is_file():
        raise BackupError(f"cadangan {file} tidak ada")
    with _at_rest(home), unpacked(file, home / "var") as (folder, manifest):
        _check_schema(folder / DATABASE, file)
        known = [name for name in manifest["files"] if name not in (MANIFEST, RECORDINGS)]
        names = [DATABASE] if only_store else known
        changed = [name for name in names if name == DATABASE or not _same(folder / name, home / name)]
        kept = _swap(home, folder, changed, now)
    restored = Restored(
        str(file), manifest["made_at"], tuple(_shown(name) for name in changed), kept, manifest["holds"]
    )
    _tell(home, now, "store.restored", restored)
    return restored


def restore_database(home: Path, database: Path, source: str, now: datetime) -> Restored:
    """Restore a database that another program made (litestream), after the same checks as for a backup."""
    with _at_rest(home):
        if wrong := faults(database, thorough=True):
            raise BackupError(f"salinan rusak: {'; '.join(wrong[:3])}")
        _check_schema(database, Path(source))
        holds = contents(database)
        staged = database.parent / DATABASE
        if staged != database:
            os.rename(database, staged)
        kept = _swap(home, database.parent, [DATABASE], now)
    restored = Restored(source, str(holds["last_at"]), (_shown(DATABASE),), kept, holds)
    _tell(home, now, "store.restored", restored)
    return restored


def make_sound(instance: Instance, now: datetime) -> Restored | None:
    """Check the database before anything opens it; set a broken one aside and restore the newest good backup.

    Returns None where the database is good. No process of ours may run on the instance."""
    database = instance.var / DATABASE
    if not database.exists():
        return None
    try:
        wrong = faults(database)
    except StoreUnavailable as error:
        log.error("store.not_checked", error=str(error))  # perhaps a full disk: opening it will say more
        return None
    if not wrong:
        return None
    log.critical("store.broken", faults=wrong)
    aside = _fresh(instance.var / BROKEN, now)
    for name in (DATABASE, *LOGS):
        with suppress(FileNotFoundError):
            os.rename(instance.var / name, aside / name)
    restored = _newest_good(instance, aside)
    words = (
        f"BASIS DATA RUSAK ditemukan {_clock(now, instance)} ({wrong[0][:120]}). "
        + (f"Dipulihkan dari cadangan {Path(restored.source).name}; yang sesudahnya hanya ada di berkas lama."
           if restored.files else "TIDAK ADA cadangan yang baik: dimulai dengan basis data kosong.")
    )  # fmt: skip
    (aside / "KETERANGAN.txt").write_text(words + "\n", encoding="utf-8")
    _tell(instance.home, now, "store.broken", restored, wrong)
    return restored


def _newest_good(instance: Instance, aside: Path) -> Restored:
    for file in newest_first(folder_of(instance)):
        try:
            with unpacked(file, instance.var) as (folder, manifest):
                _check_schema(folder / DATABASE, file)
                os.rename(folder / DATABASE, instance.var / DATABASE)
                sync_folder(instance.var)
                return Restored(str(file), manifest["made_at"], (_shown(DATABASE),), aside, manifest["holds"])
        except (TicketError, OSError) as error:
            log.error("backup.not_good", file=str(file), error=str(error))
    return Restored("", "", (), aside, {})


def who_runs(home: Path) -> str | None:
    """Name and pid of a process that has the instance's database open; None where there is none."""
    wanted = {str((home / "var" / name).resolve()) for name in (DATABASE, *LOGS)}
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        with suppress(OSError):
            if any(os.readlink(handle) in wanted for handle in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                name = next((word for word in reversed(words) if word), "?")
                return f"{name} (pid {process.name})"
    return None


@contextmanager
def _at_rest(home: Path) -> Iterator[None]:
    """Hold the supervisor's lock so that nobody starts the line meanwhile; RunningError when it runs."""
    with alone(home):
        if process := who_runs(home):
            raise RunningError(f"instans {home} sedang berjalan: {process}; hentikan dulu, lalu ulangi")
        yield


def _check_schema(database: Path, file: Path) -> None:
    if newer := unknown_steps(contents(database)["steps"]):
        raise BackupError(f"{file} dibuat program yang lebih baru ({', '.join(newer)}); perbarui program ini dulu")


def _swap(home: Path, folder: Path, names: list[str], now: datetime) -> Path | None:
    """Move each file into its place and the former ones into a folder of their own; all of them or none."""
    kept = _fresh(home / "var" / "kept", now)
    moved: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.rename(source, target)
        moved.append((source, target))

    try:
        for name in names:
            place = _place(home, name)
            for old in (place, *(place.with_name(log) for log in LOGS if name == DATABASE)):
                if old.exists():
                    move(old, kept / _shown(name) if old == place else kept / "var" / old.name)
            move(folder / name, place)
    except OSError:
        for source, target in reversed(moved):
            os.rename(target, source)
        raise
    for place in {_place(home, name).parent for name in names} | {kept}:
        sync_folder(place)
    if any(kept.rglob("*")):
        return kept
    kept.rmdir()
    return None


def _place(home: Path, name: str) -> Path:
    return home / _shown(name)


def _shown(name: str) -> str:
    return f"var/{name}" if name == DATABASE else name


def _same(path: Path, other: Path) -> bool:
    return other.is_file() and path.read_bytes() == other.read_bytes()


def _fresh(parent: Path, now: datetime) -> Path:
    """A new folder named by the moment."""
    stamp, n = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), 1
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        folder = parent / (stamp if n == 1 else f"{stamp}-{n}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            n += 1
            continue
        return folder


def _clock(now: datetime, instance: Instance) -> str:
    return now.astimezone(instance.hours.tz).strftime("%d-%m-%Y %H.%M")


def _tell(home: Path, now: datetime, kind: str, restored: Restored, faults: list[str] | None = None) -> None:
    """Note the restore in the journal of the store that is in place now."""
    data = {"from": restored.source or None, "made_at": restored.made_at or None, "files": list(restored.files)}
    data["kept"] = str(restored.kept) if restored.kept else None
    if faults is not None:
        data["faults"] = faults[:5]
    try:
        store = Store(home / "var" / DATABASE)
        try:
            with store.transaction():
                store.journal.append(now, kind, Actor("process", "restore"), data=data)
        finally:
            store.close()
    except TicketError as error:
        log.error("restore.not_told", error=str(error))
