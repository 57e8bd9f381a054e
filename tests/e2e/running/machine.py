"""A machine with a real systemd, made of namespaces on this one (machine.sh); needs root and a kernel that lets it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from instance import REPOSITORY

SCRIPT = Path(__file__).with_name("machine.sh")
NEEDED = ("unshare", "nsenter", "setpriv", "ip", "systemctl")
NAMESPACES = ("--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup")
BOOT_S = 30.0


class CannotError(Exception):
    """The reason for which no machine can run within this one."""


@dataclass(frozen=True, slots=True)
class Done:
    """Output of a command in the machine, both streams, and its exit status."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Machine:
    """Its first process, as this machine sees it."""

    init: int

    async def run(self, *command: str, limit_s: float = 60.0) -> Done:
        """Run a command as root in it, in its root folder."""
        process = await asyncio.create_subprocess_exec(
            *("nsenter", f"--target={self.init}", *NAMESPACES, "--root", "--wdns=/", *command),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}, start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = await asyncio.wait_for(process.communicate(), limit_s)
        except TimeoutError:
            process.kill()
            raise
        return Done(process.returncode or 0, output.decode(errors="replace"))

    async def say(self, *command: str, limit_s: float = 60.0) -> str:
        """Output of a command that must succeed."""
        done = await self.run(*command, limit_s=limit_s)
        assert done.status == 0, f"{' '.join(command)}: {done.status}\n{done.text[-3000:]}"
        return done.text

    async def python(self, code: str, *arguments: str) -> str:
        """Output of a few lines of Python."""
        return await self.say(sys.executable, "-c", code, *arguments)


@contextlib.asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """One that has booted; CannotError where that is not possible. All that runs in it is killed in the end."""
    control = _control_group()
    control.mkdir()
    try:
        log = folder.parent / "machine.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "KILL"),
                    *("unshare", *NAMESPACES, "--fork", "--kill-child"),
                    *("bash", str(SCRIPT), str(folder), *_others()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: (control / "cgroup.procs").write_text(str(os.getpid())),
            )
        try:
            yield await _booted(process, log)
        finally:
            for pid in _children(process.pid):
                os.kill(pid, signal.SIGKILL)
            process.kill()
            process.wait()
    finally:
        await _remove(control)


def _control_group() -> Path:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if os.geteuid() != 0 or missing or not Path("/lib/systemd/systemd").exists():
        raise CannotError(f"needs root and systemd; missing: {', '.join(missing) or '-'}")
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    mounted = [Path(mount[1]) for mount in mounts if mount[2] == "cgroup2" and os.access(mount[1], os.W_OK)]
    if not mounted:
        raise CannotError("needs a cgroup2 that it may write to")
    return mounted[0] / f"tanggap112-test-{os.getpid()}"


def _others() -> Sequence[str]:
    """The file systems of the program and of its Python, where they are not on /."""
    here = os.stat("/").st_dev
    needed = (REPOSITORY, REPOSITORY / ".asterisk", REPOSITORY / ".venv", Path(sys.base_prefix))
    return [str(path.resolve()) for path in needed if path.exists() and path.stat().st_dev != here]


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


async def _booted(process: subprocess.Popen[bytes], log: Path) -> Machine:
    made: Machine | None = None
    try:
        async with asyncio.timeout(BOOT_S):
            while True:
                if process.poll() is not None:
                    raise CannotError(log.read_text(errors="replace")[-500:])
                if made is None and (inner := _children(process.pid)):
                    made = Machine(inner[0])
                if made is not None and Path(f"/proc/{made.init}/comm").read_text() == "systemd\n":
                    done = await made.run("systemctl", "is-system-running")
                    if done.text.strip() in ("running", "degraded"):
                        return made
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise CannotError(f"systemd did not start within {BOOT_S:g} s") from None


async def _remove(control: Path) -> None:
    """Folders of a cgroup go once their processes are gone."""
    for _ in range(50):
        for folder, _folders, _files in os.walk(control, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        if not control.exists():
            return
        await asyncio.sleep(0.1)
