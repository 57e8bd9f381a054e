"""Locks of an instance: one supervisor, and one process of each name. The kernel frees those of a killed process.

Two supervisors would start everything twice and end each other's processes. A second `tanggap escalate` would release
the claims of the first one and take its socket."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
# a supervisor starts the next process at once, while a killed one may still be ending
WAIT_S, LOOK_S = 5.0, 0.05


class TakenError(Exception):
    """Another process holds the lock; the text says which and what to do."""


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the lock of the instance's supervisor; TakenError if another one has it. A killed one has none."""
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
    """Hold the lock of this process name in the instance; TakenError if another process has it for `wait_s` more.

    Where the file cannot be opened, on a full disk, the process runs without the lock."""
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
    """Write the holder's pid into the file, for messages; the lock itself is the kernel's."""
    try:
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
    except OSError as error:
        log.warning("alone.pid_not_written", file=str(path), error=str(error))
