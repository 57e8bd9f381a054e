"""The edition in force: the exact text of the files that every process of an instance runs with, and its number.

An edition is a folder `var/config/NUMBER`; `var/config/current.json` names the one in force. No store is needed to read
it. Whoever runs holds a shared lock: only who starts while nobody runs reads the files anew, site.yaml among them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from instance.loader import FILES, PLACES, Instance, load
from instance.problems import ConfigErrors

log = structlog.get_logger(__name__)

KEPT = 10
CURRENT, ASTERISK = "current.json", "asterisk.json"


@dataclass(frozen=True, slots=True)
class Current:
    """The record of the edition in force."""

    number: int
    digest: str
    since: str

    def age(self, now: datetime) -> timedelta:
        """Time since it came into force."""
        return now - datetime.fromisoformat(self.since)


def folder(home: Path) -> Path:
    """The folder of an instance's editions."""
    return home / "var" / "config"


def pointer(home: Path) -> Path:
    """The file that changes whenever another edition comes into force."""
    return folder(home) / CURRENT


def current(home: Path) -> Current | None:
    """The record of the edition in force; None where there is none yet, or none that can be read."""
    try:
        record = json.loads(pointer(home).read_bytes())
        since = datetime.fromisoformat(record["since"])
        return Current(int(record["edition"]), str(record["digest"]), since.isoformat())
    except (OSError, ValueError, TypeError, KeyError):
        return None


def number(home: Path) -> int:
    """The number of the edition in force; 0 where there is none."""
    record = current(home)
    return record.number if record else 0


def in_force(home: Path, *, secrets: bool = True) -> Instance | None:
    """The instance as its edition in force says; None where there is none, or where its files are damaged.

    Raises ConfigErrors where the program or something beside the files no longer allows what they say."""
    record = current(home)
    texts = _texts(home, record) if record else None
    if record is None or texts is None:
        return None
    return replace(load(home, secrets=secrets, texts=texts), edition=record.number)


def present(home: Path, *, secrets: bool = True) -> Instance:
    """The instance as it runs; as its files say where nobody runs."""
    instance = in_force(home, secrets=secrets) if _is_run(home) else None
    return instance or load(home, secrets=secrets)


@contextmanager
def taken(home: Path, now: datetime) -> Iterator[Instance]:
    """The instance to run with, until the end of the context: the edition of those that run, or the files as they are.

    Raises ConfigErrors where the files are wrong and no edition was ever in force."""
    with ExitStack() as closing:
        try:
            folder(home).mkdir(parents=True, exist_ok=True, mode=0o700)
            with _door(home):  # it stands before the other lock does: who only asks never makes either
                handle = _opened(folder(home) / "running.lock")
            closing.callback(os.close, handle)
            instance = _entered(home, handle, now)
        except OSError as error:  # a disk that takes nothing is no reason not to answer calls
            log.error("config.no_edition", error=str(error))
            instance = _edition_or_files(home)
        yield instance


def publish(instance: Instance, now: datetime) -> Instance:
    """Put the text that this instance was read from in force; the instance with its edition's number.

    OSError where it cannot be written whole: then the former edition stays in force."""
    home = instance.home
    folder(home).mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, record = _digest(instance.texts), current(home)
    if record is not None and record.digest == digest and _texts(home, record) is not None:
        return replace(instance, edition=record.number)
    fresh = 1 + max([number(home), *_numbers(home)])
    _write_edition(folder(home) / str(fresh), instance.texts)
    _write(pointer(home), json.dumps({"edition": fresh, "digest": digest, "since": now.isoformat()}).encode())
    for old in sorted(_numbers(home))[:-KEPT]:
        shutil.rmtree(folder(home) / str(old), ignore_errors=True)
    return replace(instance, edition=fresh)


def note_asterisk(home: Path, edition: int) -> None:
    """Remember which edition Asterisk's own files and modules have; a disk that takes nothing forgets it."""
    with suppress(OSError):
        folder(home).mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(folder(home) / ASTERISK, json.dumps({"edition": edition}).encode())


def of_asterisk(home: Path) -> int | None:
    """The edition that Asterisk was given last; None where that is not known."""
    try:
        return int(json.loads((folder(home) / ASTERISK).read_bytes())["edition"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _entered(home: Path, handle: int, now: datetime) -> Instance:
    """The first to run reads the files anew, and whoever starts meanwhile waits at the door; the others join it."""
    with _door(home):
        instance = _read_anew(home, now) if _locked(handle) else None
        fcntl.flock(handle, fcntl.LOCK_SH)
    return instance or _edition_or_files(home)


def _edition_or_files(home: Path) -> Instance:
    """The edition in force; the files where it is damaged or no longer allowed: another edition than the others run."""
    try:
        return in_force(home) or load(home)
    except ConfigErrors as error:
        log.error("config.edition_unusable", problems=[str(problem) for problem in error.problems])
        return load(home)


def _read_anew(home: Path, now: datetime) -> Instance:
    """The files as they are; the last edition where they are wrong, so that a machine that boots answers calls."""
    try:
        instance = load(home)
    except ConfigErrors as error:
        kept = in_force(home)
        if kept is None:
            raise
        log.error("config.refused", problems=[str(problem) for problem in error.problems], edition=kept.edition)
        return kept
    try:
        return publish(instance, now)
    except OSError as error:
        log.error("config.no_edition", error=str(error))
        return in_force(home) or instance


def _is_run(home: Path) -> bool:
    try:
        handle = os.open(folder(home) / "running.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        with _door(home):  # who starts right now must not take us for one that runs
            return not _locked(handle)
    except OSError:
        return False
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Try for the exclusive lock; False while somebody runs."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _door(home: Path) -> Iterator[None]:
    handle = _opened(folder(home) / "door.lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _texts(home: Path, record: Current) -> dict[str, bytes] | None:
    """The files of an edition; None where they are not what they were when it came into force."""
    inside = folder(home) / str(record.number)
    try:
        texts = {name: (inside / name).read_bytes() for name in (*FILES, PLACES)}
    except OSError:
        return None
    return texts if _digest(texts) == record.digest else None


def _digest(texts: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, text in sorted(texts.items()):
        whole.update(f"{name}\0{len(text)}\0".encode() + text)
    return whole.hexdigest()[:16]


def _numbers(home: Path) -> list[int]:
    return [int(path.name) for path in folder(home).iterdir() if path.name.isdigit()]


def _write_edition(target: Path, texts: Mapping[str, bytes]) -> None:
    """Addresses of messages are secrets, so the copies are their owner's alone."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.mkdir(mode=0o700, parents=True)
        for name, text in texts.items():
            _write(fresh / name, text)
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _write(path: Path, text: bytes) -> None:
    """Write a file whole or not at all, durably."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
