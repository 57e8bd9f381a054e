"""Only one supervisor for an instance: two would start everything twice and end each other's processes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class TakenError(Exception):
    """Another `tanggap up` or demo runs this instance; the text says which and what to do."""


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nobody else supervises the instance meanwhile; TakenError when somebody does. A killed one is in nobody's way."""
    path = home / "var" / "run" / "up.pid"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TakenError(
                f"instans {home} sudah dijalankan (pid {path.read_text() or '?'}); "
                "hentikan dulu yang itu (Ctrl-C di sana), atau pilih instans lain dengan --home"
            ) from None
        os.ftruncate(handle, 0)
        try:
            os.write(handle, str(os.getpid()).encode())
        except OSError as error:  # the lock is what counts
            log.warning("alone.pid_not_written", file=str(path), error=str(error))
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)
