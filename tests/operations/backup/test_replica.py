"""Continuous replication: litestream's configuration, the sentence where it is missing, a real restore."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from instance import load
from operations.backup import replica
from tests.fixtures import Edit
from tests.operations.backup.test_backup import add_calls, run, tickets

LITESTREAM = shutil.which("litestream") or os.environ.get("TANGGAP_LITESTREAM")


def with_replica(edited: Edit, to: str, program: str = "litestream") -> Path:
    home = edited()
    site = home / "site.yaml"
    site.write_text(site.read_text() + f"\nstore:\n  replica: {{to: {to!r}, litestream: {program}}}\n")
    (home / "var").mkdir()
    return home


def rendered(home: Path) -> Any:
    return json.loads(replica.rendered(load(home)))


def test_a_folder_and_a_cloud(edited: Edit, tmp_path: Path) -> None:
    """A folder is named by its path, anything else by its address."""
    home = with_replica(edited, "/mnt/nas/112")
    database = str(home / "var" / "tanggap.db")
    assert rendered(home) == {"dbs": [{"path": database, "replica": {"type": "file", "path": "/mnt/nas/112"}}]}
    site = home / "site.yaml"
    site.write_text(site.read_text().replace("/mnt/nas/112", "s3://jepara/112"))
    assert rendered(home)["dbs"][0]["replica"] == {"url": "s3://jepara/112"}
    assert replica.write_config(load(home)).stat().st_mode & 0o777 == 0o600


def test_not_installed(edited: Edit) -> None:
    """Asked for and not installed: a sentence says what to do, and nothing is run."""
    instance = load(with_replica(edited, "/mnt/nas/112", "/tidak/ada/litestream"))
    assert replica.command(instance) is None
    assert replica.absent(instance) == (
        "salinan terus-menerus (store.replica) tidak berjalan: program /tidak/ada/litestream tidak ditemukan; "
        "pasang litestream, atau sebut tempatnya di store.replica.litestream, atau hapus store.replica"
    )
    output = run(instance.home, "restore", "--from-replica", status=1)
    assert output == f"gagal: {replica.absent(instance)}"


def test_not_asked_for(edited: Edit) -> None:
    """Without store.replica there is nothing to say and nothing to run."""
    instance = load(edited())
    assert (replica.command(instance), replica.absent(instance)) == (None, None)
    (instance.home / "var").mkdir(exist_ok=True)
    output = run(instance.home, "restore", "--from-replica", status=1)
    assert output == "gagal: site.yaml tidak menyebut store.replica"


@pytest.mark.skipif(LITESTREAM is None, reason="litestream is not installed (TANGGAP_LITESTREAM names it)")
def test_replicated_and_restored(edited: Edit, tmp_path: Path) -> None:
    """The real program copies while we write; after the disk is lost, all of it comes back."""
    home = with_replica(edited, str(tmp_path / "salinan"), str(LITESTREAM))
    add_calls(home, 50)
    command = replica.command(load(home))
    assert command is not None
    with (tmp_path / "said").open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            time.sleep(2)
            add_calls(home, 200, "later")
            time.sleep(4)
        finally:
            process.terminate()
            process.wait(20)
    for path in (home / "var").glob("tanggap.db*"):
        path.unlink()
    shutil.rmtree(home / "var" / ".tanggap.db-litestream", ignore_errors=True)
    output = run(home, "restore", "--from-replica")
    assert (output["files"], output["kept"], tickets(home)) == (["var/tanggap.db"], None, 250)
