"""The softphones of `drills.phones.softphone` at a test's rig.

async with phones() as runtime:
    op = await register(runtime, "op-sari", rig)
    caller = await outside(runtime, "08123456789", rig)
    call = await caller.dial("112")
"""

from typing import Any

from baresip.runtime import Runtime

from drills.phones.softphone import Phone, phones
from drills.sounds.hearing import tone
from tests.asterisk.rig import Rig, spawn

__all__ = ["Phone", "outside", "phones", "register"]


async def register(runtime: Runtime, account: str, rig: Rig, hertz: float = 880, password: str = "") -> Phone:
    """A phone of the house, registered."""
    secret = password or next(known.password for known in rig.accounts if known.name == account)
    return await Phone.register(runtime, rig.registrar, account, secret, spawn, tone(hertz, 0.5))


async def outside(runtime: Runtime, number: str, rig: Rig, hertz: float = 1300, **account: Any) -> Phone:
    """A caller of the trunk, known by its address alone."""
    return await Phone.outside(runtime, rig.registrar, number, spawn, tone(hertz, 0.5), **account)
