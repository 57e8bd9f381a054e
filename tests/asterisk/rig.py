"""A real Asterisk on free ports in a short-lived directory, and SIP phones for it.

async with rig(operators=("op-sari",)) as r:
    async with phones(2) ...
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
import wave
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from asterisk.ami import Ami
from asterisk.binary import AsteriskBinary
from asterisk.launch import Asterisk, locate, paths_of
from asterisk.paths import prepare
from asterisk.render import render, write
from asterisk.site import (
    AsteriskPaths,
    AsteriskSecrets,
    AsteriskSite,
    FailsafeHours,
    SipAccount,
    Trunk,
)
from drills.demo import free_ports
from drills.sounds.hearing import tone

REPO = Path(__file__).parents[2]
TONES = {"tutup-jam": 350, "failsafe-menu": 500, "failsafe-rekam": 650, "nada": 1000, "musik": 440}
ALWAYS = FailsafeHours("Asia/Jakarta", (((0, 1440),),) * 7)
NEVER = FailsafeHours("Asia/Jakarta", ((),) * 7)
SECRETS = AsteriskSecrets("ari-rahasia", "ami-rahasia")
TRUNK = Trunk("uji", ("127.0.0.1", "127.0.0.2"))


@dataclass
class Rig:
    """One instance under test; change `site`, `accounts` or `hours`, then `await apply()`."""

    home: Path
    binary: AsteriskBinary
    paths: AsteriskPaths
    site: AsteriskSite
    accounts: tuple[SipAccount, ...]
    hours: FailsafeHours
    secrets: AsteriskSecrets = SECRETS
    asterisk: Asterisk = field(init=False)

    def __post_init__(self) -> None:
        self.asterisk = Asterisk(self.binary, self.paths, self.site)

    @property
    def registrar(self) -> str:
        """The SIP address of this Asterisk, as a phone's domain."""
        return f"{self.site.sip_bind}:{self.site.sip_port}"

    @property
    def ari_url(self) -> str:
        """The address of ARI (user `tanggap`, password in `secrets`)."""
        return f"http://127.0.0.1:{self.site.http_port}"

    def files(self) -> dict[str, str]:
        """The configuration as it should be now."""
        modules = self.paths.modules_dir
        return render(self.site, self.accounts, self.secrets, self.hours, self.paths, modules)

    def write(self) -> list[str]:
        """Put the configuration into place and name what changed."""
        return write(self.files(), self.paths.etc)

    async def apply(self) -> list[str]:
        """Take up changes while it runs."""
        return await self.asterisk.reload(self.write())

    def ami(self, **limits: float) -> Ami:
        """A manager link, not yet connected."""
        return Ami("127.0.0.1", self.site.ami_port, "tanggap", self.secrets.ami_password, spawn, **limits)

    def complaints(self) -> list[str]:
        """The WARNING and ERROR lines of the log."""
        log = self.paths.log / "messages.log"
        return [line for line in log.read_text().splitlines() if "WARNING[" in line or "ERROR[" in line]

    def queue_log(self) -> list[list[str]]:
        """The rows of queue_log, without their time."""
        log = self.paths.log / "queue_log"
        return [line.split("|")[1:] for line in log.read_text().splitlines()] if log.exists() else []


@contextlib.asynccontextmanager
async def rig(
    operators: Sequence[str] = (),
    hours: FailsafeHours = ALWAYS,
    trunks: tuple[Trunk, ...] = (TRUNK,),
    *,
    start: bool = True,
) -> AsyncIterator[Rig]:
    """A running Asterisk of its own (`start=False`: only its files); ended and removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="tgp-", dir="/tmp"))
    binary = locate(REPO)
    paths = paths_of(home / "var", binary)
    accounts = tuple(SipAccount(name, f"rahasia-{name}", name.title(), "operator") for name in operators)
    made = Rig(home, binary, paths, replace(free_site(), trunks=trunks), accounts, hours)
    make_prompts(paths.prompts_dir)
    prepare(paths)
    changed = made.write()
    try:
        if start:
            await made.asterisk.start(changed)
        yield made
    finally:
        await end(made.asterisk)
        shutil.rmtree(home, ignore_errors=True)


async def end(asterisk: Asterisk) -> None:
    """Kill it: a clean stop takes most of a second more, and nothing of it is wanted."""
    if (pid := asterisk.pid) is not None:
        os.kill(pid, signal.SIGKILL)
        await asterisk.wait()


def spawn(name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A task starter for tests."""
    return asyncio.get_running_loop().create_task(work, name=name)


def free_site() -> AsteriskSite:
    """Ports that nobody uses now, away from those that the system hands out by itself."""
    sip, http, ami, agi = free_ports(4)
    start = random.randrange(12000, 19000, 200)
    return AsteriskSite("127.0.0.1", sip, http, ami, agi, start, start + 199)


def make_prompts(folder: Path, seconds: float = 0.5) -> None:
    """A tone of its own for each prompt, so that a test can tell which one was heard."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, hertz in TONES.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(tone(hertz, seconds))


async def until(true: Callable[[], object], limit_s: float = 60.0) -> None:
    """Return as soon as `true()`; AssertionError after the limit."""
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)
