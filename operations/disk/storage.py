"""Alarms about storage: spilled records, full disks, broken stores, old backups; told on the overview."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from instance import Instance
from instance.spill_place import spill_folders
from operations.backup.backup import folder_of, made_at, newest_first
from tickets import spill
from tickets.model import Row, from_text

log = structlog.get_logger(__name__)

LOOK_S = 2.0
BROKEN = "broken"
SHOWN = "%d-%m-%Y %H.%M"


@dataclass(frozen=True, slots=True)
class Spilled:
    """Records in one spill file; `since`: time of the first; `aside`: number of records that the store rejected."""

    path: Path
    records: int
    since: datetime | None
    aside: int


def spilled(instance: Instance) -> list[Spilled]:
    """The spill files that hold records."""
    files = []
    for folder in spill_folders(instance):
        for path in sorted(folder.glob("*.spill")) + sorted(folder.glob("*.rejected")):
            if path.suffix == ".rejected" and path.with_suffix(".spill").exists():
                continue
            content = _content(path) if path.suffix == ".spill" else spill.NOTHING
            aside = _lines(path.with_suffix(".rejected"))
            if content.lines or aside:
                since = from_text(content.records[0][1]["at"]) if content.records else None
                files.append(Spilled(path, content.lines, since, aside))
    return files


def alarms(instance: Instance, now: datetime, refused: str | None = None) -> list[Row]:
    """Alarms for the overview, each with `sentence` and `loud`; `refused`: why the store takes no writes, or None."""
    return [*_store_alarms(instance, refused), *_disk_alarms(instance), *_keeping_alarms(instance, now)]


def _store_alarms(instance: Instance, refused: str | None) -> Iterator[Row]:
    waiting = [spilt for spilt in spilled(instance) if spilt.records]
    if waiting:
        count = sum(spilt.records for spilt in waiting)
        first = min((spilt.since for spilt in waiting if spilt.since), default=None)
        since = f" sejak {_local(first, instance)}" if first else ""
        where = ", ".join(sorted({str(spilt.path.parent) for spilt in waiting}))
        yield _loud(
            f"BASIS DATA TIDAK BISA DITULIS: {count} catatan panggilan ditumpahkan ke {where}{since}. Panggilan jalan "
            "terus; catatan masuk sendiri ke basis data setelah bisa ditulis. Kosongkan cakram."
        )
    elif refused:
        yield _loud(f"BASIS DATA TIDAK BISA DITULIS: {refused}. Panggilan jalan terus. Kosongkan atau periksa cakram.")
    for spilt in spilled(instance):
        if spilt.aside:
            file, trouble = spilt.path.with_suffix(".rejected"), "catatan panggilan tidak bisa dimasukkan ke basis data"
            yield _loud(f"{spilt.aside} {trouble}; periksa lalu pindahkan {file}.")
    for folder in sorted((instance.var / BROKEN).glob("*")):
        words = _text(folder / "KETERANGAN.txt") or "Basis data rusak disisihkan."
        yield _loud(f"{words} Setelah diperiksa, pindahkan folder {folder}.")


def _disk_alarms(instance: Instance) -> Iterator[Row]:
    limit, seen = instance.site.store.min_free_bytes, set[int]()
    for folder in (instance.var, *spill_folders(instance)[:1]):
        there = next((path for path in (folder, *folder.parents) if path.exists()), None)
        if there is None or there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        free = shutil.disk_usage(there).free
        if free < limit:
            yield _loud(f"CAKRAM HAMPIR PENUH: sisa {_size(free)} di {there} (batas {_size(limit)}). Kosongkan cakram.")


def _keeping_alarms(instance: Instance, now: datetime) -> Iterator[Row]:
    store = instance.site.store
    if store.replica is not None and shutil.which(store.litestream) is None:
        yield _quiet(f"Salinan terus-menerus tidak berjalan: program {store.litestream} tidak ditemukan.")
    if not store.backup_every_s:
        return
    late = timedelta(seconds=2 * store.backup_every_s)
    last = next((made_at(path) for path in newest_first(folder_of(instance))), None)
    if last is not None and now - last > late:
        yield _quiet(f"Cadangan terakhir dari {_local(last, instance)}; jalankan: tanggap backup")
    elif last is None and now - _born(instance, now) > late:
        yield _quiet("Belum ada cadangan; jalankan: tanggap backup")


class StorageWatch:
    """Looks every two seconds; `found` is what it saw last. The console says whether its heartbeat was `refused`."""

    def __init__(self, instance: Callable[[], Instance], clock: Callable[[], datetime]) -> None:
        self._instance = instance
        self._clock = clock
        self.refused: str | None = None
        self.found: tuple[Row, ...] = ()

    def seen(self) -> Row:
        """Data for the overview: the `alarms`, and whether heartbeats are written."""
        return {"alarms": list(self.found), "writable": self.refused is None}

    def written(self, refused: str | None) -> None:
        """Take note of the console's last heartbeat: written (None), or refused for this reason."""
        self.refused = refused

    async def watch(self) -> None:
        """Look every two seconds, until cancelled."""
        while True:
            self.found = tuple(await asyncio.to_thread(alarms, self._instance(), self._clock(), self.refused))
            await asyncio.sleep(LOOK_S)


_known: dict[Path, tuple[tuple[int, int], spill.Content]] = {}


def _content(path: Path) -> spill.Content:
    """Content of a spill file; read again only after a change, since most of the file is a reserve of zeros."""
    try:
        stamp = path.stat()
        key = (stamp.st_mtime_ns, stamp.st_size)
        if _known.get(path, (None,))[0] != key:
            _known[path] = (key, spill.read(path))
        return _known[path][1]
    except OSError as error:
        log.warning("spill.unreadable", file=str(path), error=str(error))
        return spill.NOTHING


def _lines(path: Path) -> int:
    try:
        return path.read_bytes().count(b"\n")
    except OSError:
        return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _born(instance: Instance, now: datetime) -> datetime:
    """Approximate time of the instance's first start."""
    try:
        return datetime.fromtimestamp((instance.var / "secrets.json").stat().st_mtime, UTC)
    except OSError:
        return now


def _local(moment: datetime, instance: Instance) -> str:
    return moment.astimezone(instance.hours.tz).strftime(SHOWN)


def _size(size: int) -> str:
    return f"{size / 10**9:.1f} GB".replace(".", ",") if size >= 10**9 else f"{size // 10**6} MB"


def _loud(sentence: str) -> Row:
    return {"sentence": sentence, "loud": True}


def _quiet(sentence: str) -> Row:
    return {"sentence": sentence, "loud": False}
