"""Instances of earlier releases, laid out as an upgrade finds them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

RELEASE_0_1 = Path(__file__).parent / "release_0_1"
# as in make.txt
PASSWORD_0_1, TOKEN_0_1 = "kata sandi dari 0.1", "sesi-dari-0.1"
SQL_0_1 = (RELEASE_0_1 / "store.sql").read_text(encoding="utf-8")


def release_0_1(home: Path) -> Path:
    """The instance of release 0.1.0, laid out in an empty folder; the folder."""
    (home / "var" / "spill").mkdir(parents=True, mode=0o700)
    (home / "var").chmod(0o700)
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(RELEASE_0_1 / name, home)
    shutil.copy(RELEASE_0_1 / "secrets.json", home / "var")
    for name in ("calls.spill", "escalate.spill"):
        shutil.copy(RELEASE_0_1 / name, home / "var" / "spill")
    with closing(sqlite3.connect(home / "var" / "tanggap.db")) as database:
        database.executescript(SQL_0_1)
    return home
