"""Backups by a duty of the supervisor: each is a process of its own, which ends with it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from operations.backup import duty

# It stands for `python -m tanggap … backup`: it tells its pid and works on until it is interrupted.
SLOW = """#!/bin/sh
trap 'kill $!; rm {pid}; exit 130' INT
echo $$ > {pid}.new && mv {pid}.new {pid}
sleep 600 &
wait
"""
DEAF = """#!/bin/sh
trap '' INT
echo $$ > {pid}.new && mv {pid}.new {pid}
exec sleep 600
"""


async def begins(pid: Path) -> int:
    """The pid of the backup, once it runs."""
    async with asyncio.timeout(60):
        while not pid.exists():
            await asyncio.sleep(0.02)
    return int(pid.read_text())


@pytest.mark.parametrize("script", [SLOW, DEAF], ids=["interrupted", "killed"])
async def test_a_backup_ends_with_its_supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Else it went on as nobody's child, beside the next supervisor's."""
    pid, command = tmp_path / "pid", tmp_path / "python"
    command.write_text(script.format(pid=pid))
    command.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(command))
    monkeypatch.setattr(duty, "END_S", 60.0 if script is SLOW else 0.2)

    async def tell(kind: str, data: dict[str, Any]) -> None:
        raise AssertionError((kind, data))

    instance: Any = SimpleNamespace(home=tmp_path)
    making = asyncio.create_task(duty.BackUps(lambda: instance, tell).make())
    number = await begins(pid)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert pid.exists() is (script is DEAF)
