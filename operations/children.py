"""A child process of `tanggap up`: started, watched, replaced when it ends or hangs, stopped."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

import structlog

from processes.line_server import run_folder
from processes.tasks import TaskKeeper
from processes.vitals.watch import Watch

log = structlog.get_logger(__name__)

BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 5.0)
STOP_S = 8.0
# a process that lived for so long is started again at once
STEADY_S = 10.0
ABORT_S = 1.0


class Child:
    """One of our processes, in its own session so that Ctrl-C in a terminal reaches the supervisor alone."""

    def __init__(
        self, name: str, home: Path, command: tuple[str, ...] | None = None, *, module: str = "tanggap"
    ) -> None:
        """`command`: a program that is not ours; its last argument recognises it, and it is not watched for silence.

        `module`: what Python runs in place of `tanggap`."""
        self.name = name
        self.restarts = 0
        self.hangs = 0
        self._home = home
        self._command = command or (sys.executable, "-m", module, "--home", str(home), name)
        self._marks = (command[-1],) if command else (module, str(home), name)
        self._pid_file = home / "var" / "run" / f"{name}.pid"
        self._speaks = command is None
        self._watch = Watch(run_folder(home / "var") / f"{name}.notify")
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._spawning = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def keep(self) -> None:
        """Run the process until `stop`: start it again however it ends, kill it when it hangs."""
        await asyncio.to_thread(self._end_former)
        try:
            await self._again_and_again()
        finally:
            self._watch.close()

    async def _again_and_again(self) -> None:
        failures = 0
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
        """Run it once; returns the exit status, None where it could not be started. A full disk prevents no start."""
        try:
            watched = self._listen()
            async with self._spawning:
                if self._stopping:
                    return None
                self._process = await self._spawn(self._watch.environment if watched else {})
        except OSError as error:
            log.error("child.not_started", process=self.name, error=str(error))
            return None
        try:
            self._pid_file.write_text(str(self._process.pid))
        except OSError as error:
            log.error("child.pid_not_written", process=self.name, error=str(error))
        return await (self._until_end(self._process) if watched else self._process.wait())

    def _listen(self) -> bool:
        """Open the socket on which the child reports; False for a child that is not watched for silence."""
        if not self._speaks:
            return False
        try:
            self._watch.open()
        except OSError as error:
            log.error("child.not_watched", process=self.name, error=str(error))
            return False
        return True

    async def _until_end(self, process: asyncio.subprocess.Process) -> int:
        """Wait for its exit status; a hung process is made to log where it hangs (SIGABRT), then killed."""
        keeper = TaskKeeper()
        hanging = keeper.start(f"hung-{self.name}", self._watch.hung())
        ending = keeper.start(f"end-{self.name}", process.wait())
        try:
            await asyncio.wait({hanging, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done() and not self._stopping and hanging.exception() is None:
                log.error("child.hung", process=self.name, pid=process.pid, silent_s=hanging.result())
                self.hangs += 1
                await self._kill(process, ending)
            return int(await ending)
        finally:
            await keeper.close()

    async def _kill(self, process: asyncio.subprocess.Process, ending: "asyncio.Task[int]") -> None:
        for number in (signal.SIGABRT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            await asyncio.wait({ending}, timeout=ABORT_S)
            if ending.done():
                return

    async def _spawn(self, environment: dict[str, str]) -> asyncio.subprocess.Process:
        with self._open_log() as errors:
            return await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
                env={**os.environ, **environment},
            )

    def _open_log(self) -> BinaryIO:
        try:
            return (self._home / "var" / "log" / f"{self.name}.err").open("ab")
        except OSError:
            return open(os.devnull, "ab")

    async def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self._stopping = True
        async with self._spawning:  # one that is just being started is ended as well
            pass
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            log.error("child.killed", process=self.name)
            self._process.kill()
            await self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def last_words(self) -> str:
        """Last line that it wrote to standard error."""
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
        """End the process that a killed supervisor left behind: it would do everything twice."""
        pid = self.left_over()
        if pid is not None:
            log.warning("child.left_over", process=self.name, pid=pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                for _ in range(40):
                    if self.left_over() is None:
                        return
                    # we run in a thread; a process that is not our child can only be polled
                    time.sleep(0.1)
                os.kill(pid, signal.SIGKILL)
