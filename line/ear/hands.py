"""Runs the hearing process for the calls process, and starts it anew when it ends or falls silent."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "line.ear")
# it sends a beat every 0.5 s; silent for longer than this it counts as dead
SILENT_S = 1.5
START_S = 15.0
BACK_OFF_S = (0.1, 1.0, 5.0, 30.0)


class Hands:
    """Runs the hearing process; `heard` gets (UUID, word), `lost` the reason why nothing is heard any more."""

    def __init__(self, heard: Callable[[str, str], None], lost: Callable[[str], None]) -> None:
        self.port = 0
        self.why = "pendengar belum siap"
        self._heard = heard
        self._lost = lost
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the process, while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def tell(self, *words: str) -> None:
        """Send one order; nothing when there is no process."""
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(f"{' '.join(words)}\n".encode())

    async def run(self) -> None:
        """Keep it running for ever."""
        failures = 0
        while True:
            why, worked = await self._run_once()
            self.port, self.why = 0, why
            log.error("ear.lost", why=why)
            self._lost(why)
            failures = 0 if worked else failures + 1
            await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])

    async def _run_once(self) -> tuple[str, bool]:
        """Run the process once: the reason of its end, and True when it had come as far as its port."""
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, cwd=ROOT)
        except OSError as error:
            return f"pendengar tidak bisa dijalankan: {error.strerror}", False
        self._process = process
        try:
            return await self._follow(process), self.port != 0
        finally:
            await _end(process)

    async def _follow(self, process: asyncio.subprocess.Process) -> str:
        assert process.stdout is not None
        while True:
            try:
                async with asyncio.timeout(SILENT_S if self.port else START_S):
                    line = (await process.stdout.readline()).decode()
            except TimeoutError:
                return "pendengar tidak menjawab"
            if not line:
                return "pendengar berhenti"
            kind, _, rest = line.strip().partition(" ")
            if kind == "heard":
                ident, _, word = rest.partition(" ")
                self._heard(ident, word)
            elif kind == "port":
                self.port = int(rest)
                log.info("ear.ready", port=self.port, pid=process.pid)
            elif kind == "failed":
                return f"model suara tidak bisa dimuat: {rest}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it and take its pipes away."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.communicate()
