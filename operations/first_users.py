"""The logins of a new instance, and how an operator's softphone is registered."""

import asyncio
from datetime import datetime

from instance import Instance
from operations import passwords
from operations.story import Login
from tickets.cases.knowing import BUPATI
from tickets.store import Store
from tickets.store.thread import StoreThread

OPERATORS = 3


def _wanted(instance: Instance) -> list[tuple[str, str, str, str | None]]:
    people: list[tuple[str, str, str, str | None]] = [
        ("admin", "Admin", "admin", None),
        ("pusdalops", "Pusat komando", "command", None),
        ("bupati", "Bupati", "bupati", None),
    ]
    people += [(f"op{n}", f"Operator {n}", "operator", None) for n in range(1, OPERATORS + 1)]
    return people + [(code, opd.short, "opd", code) for code, opd in instance.routing.opds.items()]


async def create_first_users(instance: Instance, store: StoreThread, now: datetime) -> list[Login]:
    """Create logins for a new instance: admin, command, bupati, three operators, one for each OPD; none where some
    exist."""
    if await store.read(lambda store: store.people.users()):
        return []
    logins = [Login(name, passwords.generate(), role, display) for name, display, role, _ in _wanted(instance)]
    hashes = await asyncio.gather(*(asyncio.to_thread(passwords.hashed, login.password) for login in logins))
    opds = [opd for *_, opd in _wanted(instance)]

    def add_all(store: Store) -> None:
        for login, hash_, opd in zip(logins, hashes, opds, strict=True):
            contact = BUPATI if login.role == BUPATI and BUPATI in instance.routing.contacts else None
            store.people.add(now, login.name, login.display, login.role, opd, hash_, contact)

    await store.write(add_all)
    return logins


def softphone_help(instance: Instance) -> list[str]:
    """Lines that say how an operator's phone is registered; the password is shown by `tanggap user sip`."""
    site = instance.site.asterisk
    server = "alamat server ini" if site.sip_bind in ("0.0.0.0", "::") else site.sip_bind
    return [
        f"Softphone  server {server}:{site.sip_port}, pengguna op1, kata sandi dari: tanggap user sip op1",
    ]
