"""The edition in force: the exact text of the files that every process of an instance runs with, and its number.

An edition is a folder `var/config/NUMBER`; `var/config/current.json` names the one in force. No store is needed to read
it. Running processes hold a shared lock: the files, site.yaml too, are read anew only by a start while nobody runs."""

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
    """The record of the edition in force; None where there is none yet, or where it cannot be read."""
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
    """Load the instance from the edition in force; None where there is none, or where its files are damaged.

    Raises ConfigErrors where this program, or a file beside them such as a prompt, no longer allows their content."""
    record = current(home)
    texts = _texts(home, record) if record else None
    if record is None or texts is None:
        return None
    return replace(load(home, secrets=secrets, texts=texts), edition=record.number)


def present(home: Path, *, secrets: bool = True) -> Instance:
    """Load the instance from the edition in force; from its files while no process runs."""
    instance = in_force(home, secrets=secrets) if _is_run(home) else None
    return instance or load(home, secrets=secrets)


@contextmanager
def taken(home: Path, now: datetime) -> Iterator[Instance]:
    """The instance to run with until the end of the context: the edition of running processes, else the files.

    Raises ConfigErrors where the files are wrong and no edition was ever in force."""
    with ExitStack() as closing:
        try:
            folder(home).mkdir(parents=True, exist_ok=True, mode=0o700)
            with _door(
                home
            ):  # the door's file is made before the running lock: a command that only asks creates neither
                handle = _opened(folder(home) / "running.lock")
            closing.callback(os.close, handle)
            instance = _entered(home, handle, now)
        except OSError as error:  # a full disk must not keep calls from being answered
            log.error("config.no_edition", error=str(error))
            instance = _edition_or_files(home)
        yield instance


def publish(instance: Instance, now: datetime) -> Instance:
    """Put the files' text of this instance in force; returns the instance with its edition's number.

    Raises OSError where it cannot be written completely; the former edition stays in force then."""
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
    """Remember which edition Asterisk's files and modules have; on a full disk this is not remembered."""
    with suppress(OSError):
        folder(home).mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(folder(home) / ASTERISK, json.dumps({"edition": edition}).encode())


def of_asterisk(home: Path) -> int | None:
    """The edition that Asterisk loaded last; None where that is not known."""
    try:
        return int(json.loads((folder(home) / ASTERISK).read_bytes())["edition"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _entered(home: Path, handle: int, now: datetime) -> Instance:
    """Enter as a running process: the first reads the files anew while others wait at the door; later ones join it."""
    with _door(home):
        instance = _read_anew(home, now) if _locked(handle) else None
        fcntl.flock(handle, fcntl.LOCK_SH)
    return instance or _edition_or_files(home)


def _edition_or_files(home: Path) -> Instance:
    """The edition in force; where it is damaged or not allowed any more, the files, although others run an edition."""
    try:
        return in_force(home) or load(home)
    except ConfigErrors as error:
        log.error("config.edition_unusable", problems=[str(problem) for problem in error.problems])
        return load(home)


def _read_anew(home: Path, now: datetime) -> Instance:
    """Read the files; where they are wrong use the last edition, so that a machine that boots answers calls."""
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
        with _door(home):  # a process that starts at this moment must not take us for a running one
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
    """The files of an edition; None where they no longer match its digest."""
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
    """Write the files of an edition, readable by their owner alone: addresses of messages hold secrets."""
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
