"""Locates the Asterisk of this machine: the host's, or the one in our own root directory."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asterisk.errors import LaunchError

OLDEST = 20
HOST = Path("/")
_ADVICE = "Jalankan scripts/setup."


@dataclass(frozen=True, slots=True)
class AsteriskBinary:
    """An installed Asterisk: its command line, its version, the folders of its modules and shared data."""

    argv_prefix: tuple[str, ...]
    version: str
    modules_dir: Path
    data_dir: Path

    @property
    def major(self) -> int:
        """The first number of its version."""
        return major_of(self.version)


def locate(repo: Path, host: Path = HOST) -> AsteriskBinary:
    """The host's Asterisk when it is 20 or newer, else the one below `repo`/.asterisk/root, else LaunchError."""
    too_old = ""
    for root in (host, repo / ".asterisk" / "root"):
        program = root / "usr/sbin/asterisk"
        if not program.exists():
            continue
        prefix = (str(program),) if root == HOST else (*_loader(root), str(program))
        version = ask_version(prefix)
        if major_of(version) >= OLDEST:
            return AsteriskBinary(prefix, version, _modules(root), root / "usr/share/asterisk")
        too_old = too_old or f"{program} adalah versi {version}"
    if too_old:
        raise LaunchError(f"Asterisk terlalu lama: {too_old}, padahal perlu {OLDEST} atau lebih baru. {_ADVICE}")
    raise LaunchError(f"Asterisk tidak ditemukan di {host} maupun di {repo / '.asterisk/root'}. {_ADVICE}")


def ask_version(prefix: Iterable[str]) -> str:
    """The version by `asterisk -V`, as «22.10.1»; LaunchError when it does not run."""
    command = [*prefix, "-V"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"{command[-2]} tidak bisa dijalankan: {error}. {_ADVICE}") from error
    matched = re.search(r"Asterisk (?:certified/|certified-)?(\d[\d.]*)", done.stdout)
    if not matched:
        output = (done.stderr or done.stdout).strip()[-200:]
        raise LaunchError(f"{command[-2]} tidak menyebut versinya: {output or 'diam'}. {_ADVICE}")
    return matched.group(1)


def major_of(version: str) -> int:
    """22 of «22.10.1»."""
    return int(version.split(".")[0])


def _loader(root: Path) -> tuple[str, ...]:
    """The dynamic loader of `root` with its libraries, so that no chroot is needed."""
    patterns = ("lib64/ld-linux-*.so.*", "lib/ld-linux-*.so.*", "usr/lib/*-linux-gnu*/ld-linux-*.so.*")
    loaders = [path for pattern in patterns for path in sorted(root.glob(pattern))]
    libraries = sorted(root.glob("usr/lib/*-linux-gnu*"))
    if not loaders or not libraries:
        raise LaunchError(f"{root} tidak lengkap (tidak ada ld-linux). Hapus folder itu, lalu jalankan scripts/setup.")
    return (str(loaders[0]), "--library-path", ":".join(str(path) for path in libraries))


def _modules(root: Path) -> Path:
    for pattern in ("usr/lib/*-linux-gnu*/asterisk/modules", "usr/lib64/asterisk/modules", "usr/lib/asterisk/modules"):
        for path in sorted(root.glob(pattern)):
            return path
    raise LaunchError(f"Modul Asterisk tidak ditemukan di {root / 'usr/lib'}. {_ADVICE}")
