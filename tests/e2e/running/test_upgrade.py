"""An instance of release 0.1.0 that was stopped in the midst of its work comes up under `tanggap up`."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import yaml

from drills.demo import free_ports
from instance import Instance, load
from tests.e2e.running.test_up import until
from tests.upgrade.instances import PASSWORD_0_1, release_0_1
from tickets.store import Store

START_S = 90.0


def of_0_1(home: Path) -> Instance:
    """The instance as it was, but for its ports: others run beside it on this machine."""
    home.mkdir()
    release_0_1(home)
    site = yaml.load((home / "site.yaml").read_text(), yaml.BaseLoader)
    names = ("sip_port", "http_port", "ami_port", "agi_port")
    *ports, pages = free_ports(len(names) + 1)
    site["asterisk"] |= {name: str(port) for name, port in zip(names, ports, strict=True)}
    first_rtp = random.randrange(20000, 29000, 200)
    site["asterisk"] |= {"rtp_start": str(first_rtp), "rtp_end": str(first_rtp + 199)}
    site["console"]["port"] = str(pages)
    site["retention"] = {"numbers": "3650d"}  # or the numbers of then go while we look at them, a year later
    (home / "site.yaml").write_text(yaml.safe_dump(site))
    return load(home)


@contextlib.asynccontextmanager
async def up(instance: Instance) -> AsyncIterator[asyncio.subprocess.Process]:
    """`tanggap up` that has said that it is ready; ended in the end, and well."""
    out = instance.home / "up.txt"
    with out.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tanggap", "--home", str(instance.home), "up"),
            stdin=asyncio.subprocess.DEVNULL, stdout=file, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        await until(lambda: "siap." in out.read_text() or process.returncode is not None, START_S)
        assert process.returncode is None, out.read_text()
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 40)
    assert process.returncode == 0, out.read_text()


async def test_an_instance_of_0_1_comes_up_and_goes_on(tmp_path: Path) -> None:
    """Lost calls end and are called back, spilled ones are in the store, agencies are pushed, people can log in."""
    instance = of_0_1(tmp_path / "jepara")
    with contextlib.closing(Store(instance.var / "tanggap.db")) as store:
        before = store.journal.last()
        async with up(instance):
            await until(lambda: not store.calls.live(), 60)
            await until(lambda: store.calls.find("c-spilled") is not None, 60)
            await until(lambda: pushed_since(store, before) == {1, 2, 3, 5}, 60)
            assert (store.calls.get("c-talking")["outcome"], store.calls.get("c-waiting")["outcome"]) == (
                "talked",
                "abandoned",
            )
            assert "+6281234567803" in {row["number"] for row in store.callbacks.open()}
            assert await log_in(instance) == 303


def pushed_since(store: Store, seq: int) -> set[int]:
    """The assignments for which a contact was pushed, reached or not."""
    rows = store.journal.after(seq, 10_000)
    return {row["data"]["assignment"] for row in rows if row["kind"] in ("push.sent", "push.failed")}


async def log_in(instance: Instance) -> int:
    """The status for an operator of then, with the password of then."""
    form = {"nama": "sari", "sandi": PASSWORD_0_1}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{instance.site.console.url}/masuk", data=form, allow_redirects=False) as answer,
    ):
        return answer.status
