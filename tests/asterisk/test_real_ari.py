"""ARI on a real Asterisk: what its HTTP server takes at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import pytest

from asterisk.ari import Ari
from tests.asterisk.rig import rig

pytestmark = pytest.mark.real


def spawn(name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work, name=name)


async def test_more_requests_at_once_than_asterisk_takes_connections() -> None:
    """Each is answered, if later; Asterisk cuts connections over its limit off without a word, and with them calls."""
    async with rig() as r:
        ari = Ari(r.ari_url, "uji", "tanggap", r.secrets.ari_password, spawn, timeout_s=30)
        await ari.connect()
        try:
            asked = (ari.channel(f"no-{number}") for number in range(600))
            answers = await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await ari.close()
        assert Counter(repr(answer) for answer in answers) == {"None": 600}
        assert r.complaints() == []
