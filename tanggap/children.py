"""A child process of `tanggap up`: started, watched, restarted with a growing pause, stopped."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

import structlog

log = structlog.get_logger(__name__)

BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
STOP_S = 8.0
# who lived this long was well: it is started again at once
STEADY_S = 10.0


class Child:
    """One of our processes, in its own session so that Ctrl-C in a terminal reaches the supervisor alone."""

    def __init__(self, name: str, home: Path, command: tuple[str, ...] | None = None) -> None:
        """`command`: another program than ours, whose last word is its own."""
        self.name = name
        self.restarts = 0
        self._home = home
        self._command = command or (sys.executable, "-m", "tanggap", "--home", str(home), name)
        self._marks = (command[-1],) if command else ("tanggap", str(home), name)
        self._pid_file = home / "var" / "run" / f"{name}.pid"
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def keep(self) -> None:
        """Run the process for ever; it is started again however it ends."""
        failures = 0
        await asyncio.to_thread(self._end_former)
        while not self._stopping:
            loop = asyncio.get_running_loop()
            started = loop.time()
            code = await self._run_once()
            if self._stopping:
                return
            failures = 0 if loop.time() - started > STEADY_S else failures + 1
            pause = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            log.error("child.ended", process=self.name, code=code, again_in_s=pause)
            self.restarts += 1
            await asyncio.sleep(pause)

    async def _run_once(self) -> int | None:
        """Its exit status; None where it could not even be started. A full disk is no reason not to."""
        try:
            self._process = await self._spawn()
        except OSError as error:
            log.error("child.not_started", process=self.name, error=str(error))
            return None
        try:
            self._pid_file.write_text(str(self._process.pid))
        except OSError as error:
            log.error("child.pid_not_written", process=self.name, error=str(error))
        return await self._process.wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self._open_log() as errors:
            return await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )

    def _open_log(self) -> BinaryIO:
        try:
            return (self._home / "var" / "log" / f"{self.name}.err").open("ab")
        except OSError:
            return open(os.devnull, "ab")

    async def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        self._stopping = True
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_S)
        except TimeoutError:
            log.error("child.killed", process=self.name)
            self._process.kill()
            await self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of what it wrote before it died."""
        path = self._home / "var" / "log" / f"{self.name}.err"
        lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
        return lines[-1][:300] if lines else ""

    def left_over(self) -> int | None:
        """The process that an earlier supervisor left behind (it was killed), or None."""
        try:
            pid = int(self._pid_file.read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except (OSError, ValueError):
            return None
        return pid if all(mark in words for mark in self._marks) else None

    def _end_former(self) -> None:
        """What was left behind would do everything twice: end it."""
        pid = self.left_over()
        if pid is not None:
            log.warning("child.left_over", process=self.name, pid=pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                for _ in range(40):
                    if self.left_over() is None:
                        return
                    # a thread of its own: this waits for a process that is no child of ours
                    time.sleep(0.1)
                os.kill(pid, signal.SIGKILL)
