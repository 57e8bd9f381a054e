"""Calls that a real Asterisk refuses are counted, told, shown and called back; those that it takes are none of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from instance import REPOSITORY, load
from operations.refused.watching import RefusedCalls
from tests.asterisk.callers.carrier import AUDIO, Carrier
from tests.asterisk.rig import NEVER, Rig, rig, spawn
from tickets.model import Row
from tickets.store.thread import StoreThread

pytestmark = pytest.mark.real

CARRIER, STRANGER = "127.0.0.2", "127.0.0.3"
TEXT = "m=text {port} RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"
SINCE = datetime.now(UTC) - timedelta(hours=1)


class Counting(RefusedCalls):
    """The duty, and how many copies have reached it."""

    copies = 0

    def _copied(self, packet: bytes) -> None:
        self.copies += 1
        super()._copied(packet)


@dataclass
class Watched:
    """A real Asterisk, and the duty that watches it."""

    rig: Rig
    refused: Counting
    store: StoreThread

    def carrier(self, host: str = CARRIER) -> Carrier:
        """A carrier at this address."""
        return Carrier(host, (self.rig.site.sip_bind, self.rig.site.sip_port), 2.0)

    async def heard(self, copies: int, limit_s: float = 30) -> None:
        """Wait until so many copies were read: they come by UDP, and the kernel drops what nobody reads in time."""
        async with asyncio.timeout(limit_s):
            while self.refused.copies < copies:
                await asyncio.sleep(0.005)

    async def rows(self, count: int = 0) -> dict[str, Row]:
        """The refusals of trunks by reason, once there are so many."""
        async with asyncio.timeout(30):
            while True:
                rows = await self.store.read(lambda store: store.refused.of_trunks(SINCE))
                if len(rows) >= count:
                    return {row["reason"]: row for row in rows}
                await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """Asterisk with its copies sent to the duty; ended afterwards."""
    async with rig(hours=NEVER) as r:
        store = await StoreThread(tmp_path / "tanggap.db").open()
        loaded = load(REPOSITORY, secrets=False)
        instance = replace(loaded, home=r.home, site=replace(loaded.site, asterisk=r.site))
        refused = Counting(lambda: instance, store, lambda: datetime.now(UTC), "uji")
        duty = spawn("refused", refused.run())
        try:
            await asyncio.sleep(0)
            yield Watched(r, refused, store)
        finally:
            duty.cancel()
            await asyncio.gather(duty, return_exceptions=True)
            await store.close()


async def test_what_asterisk_refuses_is_counted_with_reason_and_far_end(tmp_path: Path) -> None:
    """Each kind once, with its status; what was answered, and a copy, are no refusals."""
    async with watched(tmp_path) as w:
        us = w.rig.registrar
        with w.carrier() as carrier:

            def send(target: str, media: str = AUDIO, **others: object) -> int:
                return carrier.invite(target, media, **others).status

            ask = asyncio.to_thread
            assert await ask(send, f"sip:112@{us}") == 200
            withheld = "<sip:anonymous@anonymous.invalid>"
            assert await ask(lambda: send(f"sip:112@{us}", "m=audio {port} RTP/AVP 3\r\n", caller=withheld)) == 488
            assert await ask(lambda: send(f"sip:112@{us}", to="<urn:service:sos>")) == 416
            assert await ask(lambda: send(f"sip:112@{us}", rows=["Require: precondition"])) == 420
            assert await ask(send, "urn:service:sos") == 0
            rows = await w.rows(4)
        assert {reason: (row["status"], row["times"]) for reason, row in rows.items()} == {
            "media": (488, 1),
            "scheme": (416, 1),
            "extension": (420, 1),
            "unreadable": (0, 1),
        }
        assert {(row["trunk"], row["far_end"]) for row in rows.values()} == {("uji", CARRIER)}
        journal = await w.store.read(lambda store: store.journal.after(0))
        told = sorted(row["data"]["reason"] for row in journal if row["kind"] == "call.refused")
        assert told == ["extension", "media", "scheme", "unreadable"]
        [metric] = w.refused.collect()
        assert {sample.labels["reason"]: sample.value for sample in metric.samples} == dict.fromkeys(told, 1.0)


async def test_text_alone_and_a_message_are_called_back(tmp_path: Path) -> None:
    """Who cannot be heard here has a ticket and a task, by the number that the network asserts; once for a number."""
    async with watched(tmp_path) as w:
        us, asserted = w.rig.registrar, ["P-Asserted-Identity: <sip:x@ims>, <tel:+6281234567890>"]
        with w.carrier() as carrier:
            ask = asyncio.to_thread
            assert (await ask(lambda: carrier.invite(f"sip:112@{us}", TEXT, rows=asserted))).status == 488
            assert (await ask(lambda: carrier.invite(f"sip:112@{us}", TEXT, rows=asserted))).status == 488
            message = {"method": "MESSAGE", "caller": "<sip:081298765432@c>"}
            assert (await ask(lambda: carrier.invite(f"sip:112@{us}", "tolong", **message))).status >= 400
        async with asyncio.timeout(30):
            while len(tasks := await w.store.read(lambda store: store.callbacks.open())) < 2:
                await asyncio.sleep(0.1)
        assert {(task["number"], task["reason"]) for task in tasks} == {
            ("+6281234567890", "panggilan ditolak: hanya teks, tanpa suara"),
            ("+6281298765432", "panggilan ditolak: pesan teks, bukan panggilan"),
        }
        calls = await w.store.read(lambda store: store.calls.since(SINCE))
        assert {(call["outcome"], call["trunk"]) for call in calls} == {("refused", "uji")}


# of 300 calls: what is counted by copies over UDP is a lower bound
LEAST = 290


async def test_a_scan_by_strangers_is_one_row(tmp_path: Path) -> None:
    """Hundreds of calls of nobody: counted, none a ticket, none on the wall, and the trunk's call is answered."""
    async with watched(tmp_path) as w:
        us = w.rig.registrar
        with w.carrier(STRANGER) as stranger, w.carrier() as carrier:
            for number in range(1, 301):
                answer = await asyncio.to_thread(stranger.invite, f"sip:00{number}@{us}")
                assert answer.status == 401
                with contextlib.suppress(TimeoutError):  # a copy may be lost all the same
                    await w.heard(2 * number, 1)
            assert (await asyncio.to_thread(carrier.invite, f"sip:112@{us}")).status == 200
            async with asyncio.timeout(60):
                while (await w.store.read(lambda store: store.refused.of_strangers(SINCE)))["times"] < LEAST:
                    await asyncio.sleep(0.2)
        row = await w.store.read(lambda store: store.refused.of_strangers(SINCE))
        assert (LEAST <= row["times"] <= 300, row["far_ends"]) == (True, 1)
        assert await w.rows() == {}
        assert await w.store.read(lambda store: store.calls.since(SINCE)) == []
