"""`tanggap backup`: database, configuration and a list of the recordings in one file, checked after it was written."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from instance import FILES, Instance
from instance.places import gazetteer
from tickets.errors import StoreUnavailable
from tickets.model import Row, to_text
from tickets.store.copies import contents, copy_into, faults

NAME = re.compile(r"tanggap-(\d{8}T\d{6}Z)(?:-\d+)?\.tar\.gz")
STAMP = "%Y%m%dT%H%M%SZ"
MANIFEST, DATABASE, RECORDINGS = "manifest.json", "tanggap.db", "recordings.json"
FORMAT = 1

Told = Callable[[str], None]


class BackupError(StoreUnavailable):
    """A backup was not made, or is not good; the text says what and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: `holds` counts the rows of the copied database, `removed` names deleted older backups."""

    path: Path
    bytes: int
    seconds: float
    holds: Row
    removed: tuple[Path, ...]


def folder_of(instance: Instance) -> Path:
    """The folder of this instance's backups."""
    return instance.home / instance.site.store.backups


def newest_first(folder: Path) -> list[Path]:
    """The backups in a folder."""
    backups = [path for path in folder.glob("tanggap-*.tar.gz") if NAME.fullmatch(path.name)]
    return sorted(backups, key=lambda path: path.name, reverse=True)


def made_at(path: Path) -> datetime | None:
    """Moment at which a backup was made, read from its name."""
    name = NAME.fullmatch(path.name)
    return datetime.strptime(name[1], STAMP).replace(tzinfo=UTC) if name else None


def make(instance: Instance, clock: Callable[[], datetime], folder: Path, keep: int, progress: Told) -> Made:
    """Copy, check, pack and check again, then delete backups beyond the newest `keep`. BackupError leaves no file."""
    began, now = clock(), clock()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = instance.var / DATABASE
    _check_space(source, folder)
    with tempfile.TemporaryDirectory(prefix=".tanggap-", dir=folder) as scratch:
        copy = Path(scratch) / DATABASE
        progress("menyalin basis data")
        copy_into(source, copy, lambda done, of: progress(f"menyalin basis data: {100 * done // max(1, of)} %"))
        progress("memeriksa salinan")
        if wrong := faults(copy, thorough=True):
            raise BackupError(f"basis data rusak, cadangan tidak dibuat: {'; '.join(wrong[:3])}")
        holds = contents(copy)
        packed = Path(scratch) / "packed"
        progress("mengemas")
        _pack(packed, instance, copy, now, holds)
        progress("memeriksa cadangan")
        check(packed)
        path = _free_name(folder, now)
        os.rename(packed, path)
        sync_folder(folder)
    removed = _rotate(folder, keep, path)
    return Made(path, path.stat().st_size, (clock() - began).total_seconds(), holds, removed)


def check(path: Path) -> Row:
    """Check every byte of a backup against its checksums; returns its manifest. BackupError when something differs."""
    with tempfile.TemporaryDirectory(prefix=".tanggap-", dir=path.parent) as scratch:
        return unpack(path, Path(scratch))


def unpack(path: Path, into: Path) -> Row:
    """Unpack into an empty folder, check all checksums and the database thoroughly; returns the manifest."""
    try:
        with gzip.open(path) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST:
                raise BackupError(f"{path} bukan cadangan tanggap112")
            manifest: Row = json.loads(_read(tar, first))
            if manifest.get("format") != FORMAT:
                raise BackupError(f"{path}: bentuk cadangan {manifest.get('format')!r} tidak dikenal program ini")
            _unpack_all(tar, manifest["files"], into, path)
            while stream.read(1 << 20):  # to its end, where the sum of all stands
                pass
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BackupError(f"{path} rusak atau bukan cadangan: {error}") from error
    if wrong := faults(into / DATABASE, thorough=True):
        raise BackupError(f"basis data di {path} rusak: {'; '.join(wrong[:3])}")
    return manifest


def _unpack_all(tar: tarfile.TarFile, files: dict[str, Row], into: Path, path: Path) -> None:
    left = dict(files)
    while (member := tar.next()) is not None:
        known = left.pop(member.name, None)
        if known is None or not member.isfile() or not _is_inside(member.name):
            raise BackupError(f"{path} rusak: berkas {member.name!r} tidak ada dalam daftarnya")
        target = into / member.name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = tar.extractfile(member)
        assert source is not None
        with source, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        with target.open("rb") as written:
            if file_digest(written, "sha256").hexdigest() != known["sha256"]:
                raise BackupError(f"{path} rusak: isi {member.name} tidak sama dengan yang dikemas")
    if left:
        raise BackupError(f"{path} rusak: {', '.join(sorted(left))} tidak ada di dalamnya")


def _is_inside(name: str) -> bool:
    return not name.startswith("/") and ".." not in Path(name).parts


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    source = tar.extractfile(member)
    assert source is not None
    with source:
        return source.read()


def _pack(packed: Path, instance: Instance, database: Path, now: datetime, holds: Row) -> None:
    files = dict(_files(instance)) | {DATABASE: database}
    listed = json.dumps(_recordings(instance), ensure_ascii=False).encode()
    known: dict[str, Any] = {RECORDINGS: {"bytes": len(listed), "sha256": sha256(listed).hexdigest()}}
    for name, path in files.items():
        with path.open("rb") as file:
            known[name] = {"bytes": path.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}
    manifest = {"format": FORMAT, "made_at": to_text(now), "holds": holds, "files": known}
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as tar:
            _add(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode(), now)
            _add(tar, RECORDINGS, listed, now)
            for name, path in files.items():
                tar.add(path, name, recursive=False, filter=_plain)
        out.flush()
        os.fsync(out.fileno())


def _add(tar: tarfile.TarFile, name: str, content: bytes, now: datetime) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, int(now.timestamp())
    tar.addfile(info, io.BytesIO(content))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _files(instance: Instance) -> Iterator[tuple[str, Path]]:
    """Files of the configuration, own places and prompts; no secrets (docs/configuration.md says why)."""
    for name in FILES:
        yield name, instance.home / name
    if instance.site.places.is_relative_to(instance.home):
        yield str(instance.site.places.relative_to(instance.home)), instance.site.places
    for path in gazetteer.files(instance):
        if path.is_relative_to(instance.home) and path.is_file():
            yield str(path.relative_to(instance.home)), path
    for path in sorted((instance.home / "prompts").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(instance.home)), path


def _recordings(instance: Instance) -> list[Row]:
    """List of recordings and photos with size and time; the files themselves are too many for a backup."""
    rows = []
    for folder in (instance.var / "asterisk" / "spool" / "recording", instance.var / "media"):
        for path in sorted(folder.rglob("*")):
            with suppress(FileNotFoundError):
                if path.is_file():
                    stat = path.stat()
                    at = to_text(datetime.fromtimestamp(stat.st_mtime, UTC))
                    rows.append({"file": str(path.relative_to(instance.var)), "bytes": stat.st_size, "at": at})
    return rows


def _check_space(source: Path, folder: Path) -> None:
    size = sum(path.stat().st_size for path in (source, source.with_name(f"{source.name}-wal")) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < 2 * size + (8 << 20):
        need, have = (2 * size >> 20) + 8, free >> 20
        raise BackupError(f"ruang di {folder} tidak cukup untuk cadangan: perlu {need} MB, sisa {have} MB")


def _free_name(folder: Path, now: datetime) -> Path:
    stamp, n = now.astimezone(UTC).strftime(STAMP), 1
    path = folder / f"tanggap-{stamp}.tar.gz"
    while path.exists():
        n += 1
        path = folder / f"tanggap-{stamp}-{n}.tar.gz"
    return path


def _rotate(folder: Path, keep: int, made: Path) -> tuple[Path, ...]:
    """Delete all but the newest `keep` backups; the one just made stays even if others are dated in the future."""
    others = [path for path in newest_first(folder) if path != made]
    gone = tuple(others[max(0, keep - 1) :])
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder durable (fsync of the directory)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def unpacked(path: Path, near: Path) -> Iterator[tuple[Path, Row]]:
    """Folder beside `near` with the files of a checked backup, and its manifest; removed at the end of the context."""
    near.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".pulih-", dir=near) as scratch:
        yield Path(scratch), unpack(path, Path(scratch))
