"""Continuous replication by litestream, where site.yaml asks for it and the program is there; nothing is downloaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from instance import Instance
from operations.backup.backup import DATABASE, BackupError

CONFIG = "litestream.yml"
RESTORE_LIMIT_S = 3600.0


def program(instance: Instance) -> str | None:
    """The path of litestream; None where it is not installed."""
    return shutil.which(instance.site.store.litestream)


def absent(instance: Instance) -> str | None:
    """Sentence for an administrator where replication is asked for and litestream is not installed; None otherwise."""
    store = instance.site.store
    if store.replica is None or program(instance) is not None:
        return None
    return (
        f"salinan terus-menerus (store.replica) tidak berjalan: program {store.litestream} tidak ditemukan; "
        "pasang litestream, atau sebut tempatnya di store.replica.litestream, atau hapus store.replica"
    )


def config_path(instance: Instance) -> Path:
    """The file of litestream's configuration."""
    return instance.var / CONFIG


def rendered(instance: Instance) -> str:
    """Text of litestream's configuration, JSON being YAML. Keys of cloud storage come from litestream's environment."""
    to = instance.site.store.replica or ""
    replica = {"url": to} if "://" in to else {"type": "file", "path": to}
    database = {"path": str((instance.var / DATABASE).resolve()), "replica": replica}
    return json.dumps({"dbs": [database]}, indent=2, ensure_ascii=False) + "\n"


def write_config(instance: Instance) -> Path:
    """Write the configuration (0600: an address may hold a password)."""
    path = config_path(instance)
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(rendered(instance))
    part.rename(path)
    return path


def command(instance: Instance) -> tuple[str, ...] | None:
    """The command line of litestream; None where replication is not asked for or litestream is not installed."""
    litestream = program(instance)
    if instance.site.store.replica is None or litestream is None:
        return None
    return (litestream, "replicate", "-config", str(write_config(instance)))


def fetch(instance: Instance, into: Path) -> Path:
    """Fetch the newest state of the replica into an empty folder; BackupError where there is none."""
    litestream = program(instance)
    if instance.site.store.replica is None:
        raise BackupError("site.yaml tidak menyebut store.replica")
    if litestream is None:
        raise BackupError(absent(instance) or "")
    path = into / DATABASE
    words = (litestream, "restore", "-config", str(write_config(instance)), "-o", str(path))
    done = subprocess.run(
        (*words, str((instance.var / DATABASE).resolve())), capture_output=True, timeout=RESTORE_LIMIT_S, check=False
    )
    if done.returncode or not path.exists():
        output = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise BackupError(f"litestream tidak memulihkan apa pun: {output[-1] if output else done.returncode}")
    path.chmod(0o600)
    return path
