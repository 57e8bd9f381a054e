"""Locks of an instance that the kernel frees: one supervisor, and one process of each name.

Two supervisors would start everything twice and end each other's processes. A second `tanggap escalate` would give back
what the first one has in hand and take its socket away."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
# a supervisor starts the next process at once; one that was killed may be a moment in going
WAIT_S, LOOK_S = 5.0, 0.05


class TakenError(Exception):
    """Another process has this place in the instance; the text says which and what to do."""


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nobody else supervises the instance meanwhile; TakenError when somebody does. A killed one is in nobody's way."""
    path = home / "var" / "run" / "up.pid"
    handle = _open(path)
    try:
        if not _lock(handle):
            raise TakenError(
                f"instans {home} sudah dijalankan (pid {_holder(path)}); "
                "hentikan dulu yang itu (Ctrl-C di sana), atau pilih instans lain dengan --home"
            )
        _note_pid(handle, path)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


@contextmanager
def only_one(home: Path, name: str, wait_s: float = WAIT_S) -> Iterator[None]:
    """No second process of this name runs for the instance meanwhile; TakenError when one does for `wait_s` yet.

    Where the lock cannot even be opened, on a full disk, the process is run all the same."""
    path = home / "var" / "run" / f"{name}.lock"
    try:
        handle = _open(path)
    except OSError as error:
        log.error("lock.not_opened", file=str(path), error=str(error))
        yield
        return
    try:
        until = time.monotonic() + wait_s
        while not _lock(handle):
            if time.monotonic() > until:
                raise TakenError(
                    f"proses {name} untuk instans {home} sudah berjalan (pid {_holder(path)}) dan tidak boleh ada dua; "
                    "hentikan dulu yang itu, atau pilih instans lain dengan --home"
                )
            time.sleep(LOOK_S)
        _note_pid(handle, path)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    return path.read_text() or "?"


def _note_pid(handle: int, path: Path) -> None:
    """Write down whose lock it is; the lock is what counts."""
    try:
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
    except OSError as error:
        log.warning("alone.pid_not_written", file=str(path), error=str(error))
