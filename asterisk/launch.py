"""Starts, watches, reloads and stops one Asterisk process."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asterisk.binary import AsteriskBinary, locate
from asterisk.errors import LaunchError
from asterisk.paths import paths_of, prepare
from asterisk.ports import addresses, check_free
from asterisk.site import AsteriskPaths, AsteriskSite

__all__ = ["Asterisk", "Contact", "Status", "locate", "needs_restart", "paths_of"]

START_S = 20.0
_POLL_S = 0.05
_UPTIME = re.compile(r"uptime: *(\d+)")
_CHANNELS = re.compile(r"^(\d+) active channel", re.MULTILINE)

# The module to reload for a changed file; a file that is not listed needs a restart.
_RELOAD = {
    "pjsip-endpoints.conf": "res_pjsip.so",
    "extensions.conf": "pbx_config.so",
    "queues.conf": "app_queue.so",
    "musiconhold.conf": "res_musiconhold.so",
    "ari.conf": "res_ari.so",
    "manager.conf": "manager",
    "logger.conf": "logger",
    "indications.conf": "indications",
    "prometheus.conf": "res_prometheus.so",
    "rtp.conf": "res_rtp_asterisk.so",
}


@dataclass(frozen=True, slots=True)
class Contact:
    """A registered phone; `state` is Avail, Unavail, NonQual or Unknown, `round_trip_ms` None until measured."""

    account: str
    uri: str
    state: str
    round_trip_ms: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the running Asterisk, by its own account."""

    running: bool
    version: str = ""
    pid: int | None = None
    uptime_s: int = 0
    channels: int = 0
    contacts: tuple[Contact, ...] = ()


def needs_restart(changed: Sequence[str]) -> list[str]:
    """The changed files that a running Asterisk cannot take up."""
    return [name for name in changed if name not in _RELOAD]


class Asterisk:
    """The Asterisk of one instance, in a session of its own: Ctrl-C in a terminal does not reach it.

    It outlives this object and this program; only `stop` ends it."""

    def __init__(self, binary: AsteriskBinary, paths: AsteriskPaths, site: AsteriskSite) -> None:
        self.binary = binary
        self.paths = paths
        self.site = site
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the instance's Asterisk, started by us or left over; None when there is none."""
        if self._child is not None and self._child.poll() is None:
            return self._child.pid
        return self._left_over()

    @property
    def exit_status(self) -> int | None:
        """The exit status of the process that we started; None while it runs, or for one that was left over."""
        return self._child.poll() if self._child else None

    @property
    def outdated(self) -> list[str]:
        """The files that were written since the running Asterisk began and that only a restart takes up."""
        try:
            began = (self.paths.run / "asterisk.pid").stat().st_mtime
            files = [path.name for path in self.paths.etc.glob("*.conf") if path.stat().st_mtime > began]
        except OSError:
            return []
        return needs_restart(sorted(files)) if self.pid is not None else []

    async def start(self, changed: Sequence[str] = (), limit_s: float = START_S) -> bool:
        """Bring Asterisk up; True when a running one of this instance was taken over with its calls.

        `changed` are the files just written; a left-over that hangs or cannot take them up is stopped first."""
        if self._left_over() is not None:
            if not needs_restart(changed) and await self._answers():
                await self.reload(changed)
                return True
            await self.stop()
        prepare(self.paths)
        check_free(addresses(self.site))
        await self._new_second()
        self._spawn()
        await self._fully_booted(limit_s)
        return False

    async def _new_second(self) -> None:
        """Wait for a new second where an Asterisk ran here before: channels are named by the second and a count from 0,
        so two runs within one second would use the same names."""
        if (self.paths.db / "astdb.sqlite3").exists():
            await asyncio.sleep(1 - time.time() % 1)

    async def stop(self, limit_s: float = 5.0) -> None:
        """Stop Asterisk at once and wait for its end; calls are cut."""
        pid = self.pid
        if pid is None:
            return
        try:
            await self.command("core stop now", limit_s)
        except LaunchError:
            os.kill(pid, signal.SIGTERM)
        if not await _until(lambda: not self._runs(pid), limit_s):
            os.kill(pid, signal.SIGKILL)
            await _until(lambda: not self._runs(pid), limit_s)

    async def wait(self) -> None:
        """Wait until no Asterisk of this instance runs."""
        while (pid := self.pid) is not None:
            while self._runs(pid):  # noqa: ASYNC110 - one that was left over is no child: no event tells of its end
                await asyncio.sleep(0.25)

    async def reload(self, changed: Sequence[str]) -> list[str]:
        """Have Asterisk read the changed files, without touching a call; returns those that need a restart instead."""
        for module in dict.fromkeys(_RELOAD[name] for name in changed if name in _RELOAD):
            await self.command(f"module reload {module}")
        return needs_restart(changed)

    async def status(self) -> Status:
        """Version, uptime, channels and registered phones; `running=False` when it does not answer."""
        pid = self.pid
        try:
            uptime = await self.command("core show uptime seconds")
            channels = await self.command("core show channels count")
            contacts = await self.command("pjsip show contacts")
        except LaunchError:
            return Status(running=False, version=self.binary.version, pid=pid)
        phones = parse_contacts(contacts)
        return Status(True, self.binary.version, pid, _number(uptime, _UPTIME), _number(channels, _CHANNELS), phones)

    async def command(self, line: str, limit_s: float = 5.0) -> str:
        """Run one CLI command and return its output; LaunchError when Asterisk does not answer in time."""
        process = await asyncio.create_subprocess_exec(
            *self.binary.argv_prefix, "-C", str(self.paths.conf), "-rx", line,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(limit_s):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise LaunchError(f"Asterisk tidak menjawab «{line}» dalam {limit_s:g} detik") from None
        text = output.decode(errors="replace")
        if process.returncode != 0:
            raise LaunchError(f"Asterisk tidak menjawab «{line}»: {text.strip()[-200:] or 'tidak berjalan'}")
        return text

    def _spawn(self) -> None:
        console = self.paths.log / "console.log"
        try:
            with console.open("ab") as log:
                self._child = subprocess.Popen(
                    [*self.binary.argv_prefix, "-f", "-C", str(self.paths.conf)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.paths.spool, start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            raise LaunchError(f"Asterisk tidak bisa dijalankan: {error}") from error

    async def _fully_booted(self, limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        control = self.paths.run / "asterisk.ctl"
        while (left := deadline - time.monotonic()) > 0:
            if self.exit_status is not None:
                raise LaunchError(f"Asterisk berhenti saat mulai (status {self.exit_status}):\n{self._last_words()}")
            if control.exists():
                try:
                    await self.command("core waitfullybooted", left)
                    return
                except LaunchError:
                    pass
            await asyncio.sleep(_POLL_S)
        await self.stop(2.0)
        raise LaunchError(f"Asterisk belum siap setelah {limit_s:g} detik:\n{self._last_words()}")

    async def _answers(self) -> bool:
        try:
            await self.command("core waitfullybooted", 5.0)
        except LaunchError:
            return False
        return True

    def _left_over(self) -> int | None:
        """The process of the pid file, if it really is an Asterisk with our configuration."""
        try:
            pid = int((self.paths.run / "asterisk.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if self._runs(pid) else None

    def _runs(self, pid: int) -> bool:
        """True while this process is an Asterisk with our configuration.

        One that stops takes its pid file away first, and keeps its ports until its end."""
        if self._child is not None:
            self._child.poll()  # an ended child is no process any more only after that
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return str(self.paths.conf).encode() in arguments

    def _last_words(self) -> str:
        lines: list[str] = []
        for name in ("messages.log", "console.log"):
            path = self.paths.log / name
            lines += path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join([line for line in lines if "ERROR" in line][-5:] or lines[-5:])


def parse_contacts(text: str) -> tuple[Contact, ...]:
    """The contacts in the output of `pjsip show contacts`."""
    contacts = []
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 4 and fields[0] == "Contact:" and "/" in fields[1] and not fields[1].startswith("<"):
            account, _, uri = fields[1].partition("/")
            trip = fields[4] if len(fields) > 4 else "nan"
            contacts.append(Contact(account, uri, fields[3], None if trip == "nan" else float(trip)))
    return tuple(contacts)


async def _until(done: Callable[[], bool], limit_s: float) -> bool:
    deadline = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_S)
    return True


def _number(text: str, pattern: re.Pattern[str]) -> int:
    """The number in an answer, 0 without one; Asterisk may put a remark (no Ethernet card, say) before it."""
    number = pattern.search(text)
    return int(number[1]) if number else 0
