"""Renders the systemd units of an instance from service.j2; the table here holds the differences between processes."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import jinja2

from asterisk.launch import Asterisk
from instance import REPOSITORY, Instance
from operations.phone_system import phone_system
from processes.line_server import run_folder
from processes.vitals.watch import SILENT_S, START_S

TARGET = "tanggap.target"
PREFIX = "tanggap-"
NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
# characters with a meaning in unit files: specifiers, quotes, blanks, line ends
PLAIN = re.compile(r"/[\w/.+@=~-]*")
HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
PRIVILEGED = 1024


class UnitError(Exception):
    """The instance cannot be put into unit files; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One service: its command and its settings; a `local` process speaks with this machine alone."""

    name: str
    purpose: str
    start: str
    kind: str = "notify"
    after: tuple[str, ...] = ()
    watchdog_s: int = int(SILENT_S)
    local: bool = False
    families: str = "AF_UNIX AF_INET AF_INET6"
    capabilities: str = ""
    files: int = 4096
    stop_s: int = 10


def units(instance: Instance, user: str) -> dict[str, str]:
    """The text of every unit by its file name; UnitError for a path that no unit can hold."""
    if not NAME.fullmatch(user):
        raise UnitError(f"nama pengguna sistem {user!r} tidak sah: huruf kecil, angka, - dan _")
    for path in (instance.home, REPOSITORY, Path(sys.executable)):
        if not PLAIN.fullmatch(str(path)):
            raise UnitError(f"{path}: unit systemd perlu jalur tanpa spasi dan tanda khusus; pindahkan foldernya")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    known = _table(instance)
    values = {
        "user": user,
        "home": instance.home,
        "var": instance.var,
        "program": REPOSITORY,
        "start_s": int(START_S),
        "target": TARGET,
        "service": instance.site.name.replace("%", "%%"),
        "home_access": _home_access(instance),
        "state": _state(instance),
        "writable": " ".join([*_writable(instance), *(["/tmp"] if _uses_tmp(instance) else [])]),
        "private_tmp": "no" if _uses_tmp(instance) else "yes",
        "names": [f"{PREFIX}{unit.name}.service" for unit in known],
    }
    template = environment.get_template("service.j2")
    files = {
        f"{PREFIX}{unit.name}.service": template.render(values, unit=unit, after=_after(unit), wants=_wants(unit))
        for unit in known
    }
    return files | {TARGET: environment.get_template("target.j2").render(values)}


def _table(instance: Instance) -> list[Unit]:
    ours = f"{sys.executable} -m tanggap --home {instance.home}"
    low = instance.site.console.port < PRIVILEGED
    copies_here = "://" not in (instance.site.store.replica or "")
    asterisk: Asterisk = phone_system(instance)
    begin = " ".join((*asterisk.binary.argv_prefix, "-f", "-C", str(asterisk.paths.conf)))
    behind = (f"{PREFIX}asterisk.service",)
    return [
        Unit("prepare", "persiapan", f"{ours} prepare", kind="oneshot", watchdog_s=0, local=True),
        Unit(
            "asterisk", "Asterisk: telepon dan suara", begin, watchdog_s=0,
            families="AF_UNIX AF_INET AF_INET6 AF_NETLINK", files=16384, stop_s=15,
        ),
        Unit("agi", "jalur cadangan dengan tiket", f"{ours} agi", local=True),
        Unit("calls", "panggilan", f"{ours} calls", after=behind, local=True),
        Unit("escalate", "dorongan ke OPD", f"{ours} escalate", families="AF_UNIX AF_INET AF_INET6 AF_NETLINK"),
        Unit(
            "console", "halaman web", f"{ours} console",
            capabilities="CAP_NET_BIND_SERVICE" if low else "",
        ),
        Unit("steward", "penjaga", f"{ours} steward", after=behind, local=copies_here),
    ]  # fmt: skip


NETWORK = ("network-online.target", "time-sync.target")
FIRST = f"{PREFIX}prepare.service"


def _after(unit: Unit) -> tuple[str, ...]:
    return (*NETWORK, *(() if unit.kind == "oneshot" else (FIRST,)), *unit.after)


def _wants(unit: Unit) -> tuple[str, ...]:
    return NETWORK if unit.kind == "oneshot" else (*NETWORK, FIRST)


def _home_access(instance: Instance) -> str:
    """`ProtectHome=` hides whole home folders, but for those that the instance or the program lies in."""
    inside = any(path.is_relative_to(home) for home in HOMES for path in _needed(instance))
    return "read-only" if inside else "yes"


def _needed(instance: Instance) -> tuple[Path, ...]:
    return instance.home, REPOSITORY, Path(sys.executable), Path(os.path.realpath(sys.executable))


def closed_folder(instance: Instance, user: str) -> Path | None:
    """The first folder on the way to instance, program or Python that this user may not enter.

    A user that does not exist yet is treated like any other without special rights."""
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        uid, gid = -1, -1
    else:
        uid, gid = account.pw_uid, account.pw_gid
    folders = (folder for path in _needed(instance) for folder in reversed(path.parents))
    return next((folder for folder in folders if not _may_enter(folder.stat(), uid, gid)), None)


def _may_enter(folder: os.stat_result, uid: int, gid: int) -> bool:
    if uid == 0:
        return True
    kind = stat.S_IXUSR if folder.st_uid == uid else stat.S_IXGRP if folder.st_gid == gid else stat.S_IXOTH
    return bool(folder.st_mode & kind)


def _state(instance: Instance) -> str:
    """The name below /var/lib that systemd lets us write to: records are spilled there when it is another disk."""
    return f"tanggap112-{hashlib.sha256(str(instance.home).encode()).hexdigest()[:8]}"


def _writable(instance: Instance) -> list[str]:
    """Folders named in site.yaml that the processes write to; they need not exist yet."""
    store, var = instance.site.store, instance.var.resolve()
    named = [store.backups, store.spill, store.replica if store.replica and "://" not in store.replica else None]
    folders = [(instance.home / name).resolve() for name in named if name]
    outside = [str(path) for path in folders if not path.is_relative_to(var)]
    for path in outside:
        if not PLAIN.fullmatch(path):
            raise UnitError(f"{path}: unit systemd perlu jalur tanpa spasi dan tanda khusus")
    return [str(var), *(f"-{path}" for path in dict.fromkeys(outside))]


def _uses_tmp(instance: Instance) -> bool:
    """True when paths are so long that sockets lie in /tmp, which all processes must share then."""
    run = phone_system(instance).paths.run
    return any(path.is_relative_to("/tmp") for path in (run, run_folder(instance.var), *_needed(instance)))


def write(files: dict[str, str], folder: Path) -> list[str]:
    """Write the units into a folder; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        fresh = folder / f".{name}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o644)
        fresh.replace(folder / name)
    return sorted(files)
