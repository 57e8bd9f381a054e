"""The duty that counts refusals: bounded callbacks, far ends of trunks by network, a store that is away."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asterisk.site import Trunk
from instance import REPOSITORY, Instance, load
from operations.refused.watching import MOST_A_MINUTE, RefusedCalls
from tests.asterisk.capture.test_hep import packet
from tickets.errors import StoreUnavailable
from tickets.store.thread import StoreThread

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """The shipped instance with one trunk, a network."""
    loaded = load(REPOSITORY, secrets=False)
    trunk = Trunk("telkom", ("sbc.contoh.co.id", "10.0.0.0/24"))
    site = replace(loaded.site, asterisk=replace(loaded.site.asterisk, trunks=(trunk,)))
    return replace(loaded, home=tmp_path, site=site)


def refusal(number: int, source: str = "10.0.0.2", status: int = 488) -> tuple[bytes, bytes]:
    """The copies of a refused call, request and answer; each of another number."""
    rows = f"Call-ID: c{number}\r\nCSeq: 1 INVITE\r\nVia: x;branch=b{number}\r\n"
    caller = f"From: <sip:0812{number:08d}@c>;tag=t\r\nTo: <sip:112@us>\r\n"
    request = f"INVITE sip:112@us SIP/2.0\r\n{rows}{caller}\r\nm=text 4 RTP/AVP 98\r\n"
    answer = f"SIP/2.0 {status} No\r\n{rows}\r\n"
    return packet(request.encode(), source), packet(answer.encode(), "127.0.0.1", source)


async def test_a_carrier_that_refuses_a_district_opens_so_many_callbacks(instance: Instance, tmp_path: Path) -> None:
    """All are counted; as many as operators could begin to call are tasks."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    refused = RefusedCalls(lambda: instance, store, lambda: NOW, "uji")
    for number in range(3 * MOST_A_MINUTE):
        for data in refusal(number):
            refused._copied(data)
    await refused.write()
    [row] = await store.read(lambda store: store.refused.of_trunks(NOW))
    assert (row["trunk"], row["reason"], row["times"]) == ("telkom", "text", 3 * MOST_A_MINUTE)
    assert await store.read(lambda store: store.callbacks.open_count()) == MOST_A_MINUTE
    await store.close()


async def test_a_stranger_is_never_called_back(instance: Instance, tmp_path: Path) -> None:
    """Whatever it claims to be."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    refused = RefusedCalls(lambda: instance, store, lambda: NOW, "uji")
    for data in refusal(1, "10.0.1.2", 404):
        refused._copied(data)
    await refused.write()
    assert await store.read(lambda store: store.refused.of_strangers(NOW)) == {"times": 1, "far_ends": 1}
    assert await store.read(lambda store: store.callbacks.open_count()) == 0
    await store.close()


async def test_a_store_that_is_away_loses_nothing(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts and callbacks are written with the next look."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    refused = RefusedCalls(lambda: instance, store, lambda: NOW, "uji")
    for data in refusal(1):
        refused._copied(data)

    async def away(job: object) -> None:
        raise StoreUnavailable("penuh")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", away)
        await refused.write()
    await asyncio.sleep(0)
    await refused.write()
    assert [row["times"] for row in await store.read(lambda store: store.refused.of_trunks(NOW))] == [1]
    assert await store.read(lambda store: store.callbacks.open_count()) == 1
    await store.close()
