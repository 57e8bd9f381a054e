"""The folders of one instance's Asterisk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from asterisk.binary import AsteriskBinary
from asterisk.errors import LaunchError
from asterisk.site import AsteriskPaths

# sun_path holds 108 bytes; «/asterisk.ctl» is the longest name in there.
_LONGEST_RUN = 90
_KINDS = ("etc", "run", "spool", "db", "log", "lib")


def paths_of(var: Path, binary: AsteriskBinary) -> AsteriskPaths:
    """The directories below `var`/asterisk; the control socket moves to /tmp where its path would be too long."""
    base = var.resolve() / "asterisk"
    return AsteriskPaths(
        etc=base / "etc",
        run=short(base / "run"),
        spool=base / "spool",
        db=base / "db",
        log=base / "log",
        lib=base / "lib",
        prompts_dir=var.resolve() / "prompts",
        moh_dir=base / "moh",
        data_dir=binary.data_dir,
        modules_dir=binary.modules_dir,
    )


def short(folder: Path) -> Path:
    """The folder itself, or one in /tmp where its path is too long for a socket's address."""
    if len(str(folder).encode()) <= _LONGEST_RUN:
        return folder
    return Path("/tmp") / f"tanggap112-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def prepare(paths: AsteriskPaths) -> None:
    """Make the directories, readable for us alone; the hold music is the prompt «musik»."""
    wanted = [getattr(paths, kind) for kind in _KINDS]
    wanted += [paths.lib / "keys", paths.lib / "agi-bin", paths.recordings, paths.spool / "tmp", paths.moh_dir]
    try:
        for path in wanted:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        _link(paths.moh_dir / "musik.wav", paths.prompts_dir / "musik.wav")
    except OSError as error:
        raise LaunchError(f"Folder {error.filename} tidak bisa dibuat: {error.strerror}") from error
    if paths.run.stat().st_uid != os.geteuid():
        raise LaunchError(f"Folder {paths.run} milik pengguna lain; hapus folder itu.")


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)
