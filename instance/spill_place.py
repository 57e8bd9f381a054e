"""Places for records that the store cannot take: another file system first, then a reserve beside the store."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from instance import Instance
from tickets.spill import SpillFile

# reserve for some thousand calls while the disk is full
RESERVE_BYTES = 4 << 20
MOUNTS = Path("/proc/self/mountinfo")
# file systems in memory or on the network: what they hold may be lost
PASSING = ("tmpfs", "ramfs", "devtmpfs", "overlay", "nfs", "nfs4", "cifs", "smb3", "fuse", "9p", "proc", "sysfs")
MEMORY = Path("/dev/shm")


def spill_folders(instance: Instance) -> list[Path]:
    """Folders in the order in which they are tried; the one beside the store has its reserve beforehand.

    The first is the one that site.yaml names, else a folder on another disk where there is one. The last one is in
    memory, for a disk that takes no byte at all; it is lost with the power."""
    beside = instance.var / "spill"
    named = instance.home / instance.site.store.spill if instance.site.store.spill else None
    first = named if named is not None else _elsewhere(instance.var, in_memory(instance).name)
    folders = [*([first] if first else []), beside]
    if _device(MEMORY) not in {_device(folder) for folder in folders}:
        folders.append(in_memory(instance))
    return list(dict.fromkeys(folders))


def in_memory(instance: Instance) -> Path:
    """A folder of this instance in memory: it takes no space on any disk, and is lost with the power."""
    return MEMORY / f"tanggap112-{os.geteuid()}-{blake2b(bytes(instance.var.resolve()), digest_size=6).hexdigest()}"


def spill_files(instance: Instance, process: str) -> list[SpillFile]:
    """The spill files of one process, in the order in which they are tried."""
    beside = instance.var / "spill"
    return [
        SpillFile(folder / f"{process}.spill", reserve=RESERVE_BYTES if folder == beside else 0)
        for folder in spill_folders(instance)
    ]


def _elsewhere(var: Path, name: str) -> Path | None:
    """A folder on another disk that we may write to, else None."""
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    passing = _passing()
    # not /tmp nor /var/tmp: systemd gives each service its own and removes it with the service
    for parent in (home, Path("/var/lib"), Path("/srv")):
        device = _device(parent)
        if device not in (None, _device(var)) and device not in passing and _writable(parent):
            return parent / name
    return None


def _nearest(path: Path) -> Path:
    """The path, or the nearest existing folder above it."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _device(path: Path) -> int | None:
    try:
        return _nearest(path).stat().st_dev
    except OSError:
        return None


def _writable(path: Path) -> bool:
    return os.access(_nearest(path), os.W_OK | os.X_OK)


def _passing() -> set[int]:
    """Devices of file systems that do not survive a loss of power or network."""
    try:
        lines: Iterable[str] = MOUNTS.read_text().splitlines()
    except OSError:
        return set()
    devices = set()
    for line in lines:
        before, _, after = line.partition(" - ")
        kind = after.split(" ")[0]
        if kind in PASSING or kind.startswith("fuse."):
            major, minor = before.split(" ")[2].split(":")
            devices.add(os.makedev(int(major), int(minor)))
    return devices
