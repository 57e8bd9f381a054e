"""Trunks against a small SBC, on a real Asterisk with the rendered configuration: each in and out."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asterisk.ari import Ari
from asterisk.launch import parse_contacts
from asterisk.site import AsteriskSecrets, Nat, Sips, Trunk
from asterisk.trunks import outgoing, status
from asterisk.trunks.settings import Outgoing, Registration, Wire
from drills.demo import free_ports
from operations import tls
from tests.asterisk.rig import NEVER, SECRETS, Rig, rig, spawn
from tests.e2e.carriers.sbc import AVP, SAVP, Request, Sbc

pytestmark = pytest.mark.real

NUMBER = "+6281234567890"


@contextlib.asynccontextmanager
async def running(*trunks: Trunk, passwords: dict[str, str] | None = None, **site: Any) -> AsyncIterator[Rig]:
    """An Asterisk with these trunks and settings of the site."""
    async with rig(hours=NEVER, trunks=trunks, start=False) as r:
        r.site = replace(r.site, **site)
        r.secrets = AsteriskSecrets(SECRETS.ari_password, SECRETS.ami_password, passwords or {})
        await r.asterisk.start(r.write())
        yield r


@contextlib.asynccontextmanager
async def dialling(r: Rig) -> AsyncIterator[Ari]:
    """A connection that dials out."""
    ari = Ari(r.ari_url, "tanggap-uji", "tanggap", r.secrets.ari_password, spawn)
    ari.on_event(lambda event: None, ("StasisStart",))
    await ari.connect()
    try:
        yield ari
    finally:
        await ari.close()


async def call_out(ari: Ari, trunk: Trunk, channel: str = "out-1") -> None:
    """Call the number as a call back does."""
    await ari.originate(
        channel,
        outgoing.endpoint(trunk, NUMBER, "62"),
        app_args="",
        caller_id=f'"Jepara Tanggap 112" <{outgoing.caller(trunk, "112")}>',
        timeout_s=20,
        variables=outgoing.headers(trunk, "112"),
    )


async def seen(r: Rig) -> status.Seen:
    """The state of the trunks as the supervisor sees it."""
    contacts = {row.account: row.state for row in parse_contacts(await r.asterisk.command("pjsip show contacts"))}
    held = status.registrations(await r.asterisk.command("pjsip show registrations"))
    return status.Seen(contacts, held, status.channels(await r.asterisk.command("core show channels concise")))


async def until_seen(r: Rig, trunk: Trunk, kind: str | None, words: str = "") -> status.Trouble | None:
    """Wait until the supervisor sees this trouble of a trunk with these words, or none."""
    async with asyncio.timeout(90):
        while True:
            trouble = status.trouble(trunk, now := await seen(r))
            ready = status.up(trunk, now) is not None or status.registered(trunk, now) is not None
            if ready and (trouble.kind if trouble else None) == kind and (not trouble or words in trouble.sentence):
                return trouble
            await asyncio.sleep(0.1)


def ours(r: Rig) -> tuple[str, int]:
    """The address at which Asterisk listens."""
    return r.site.sip_bind, r.site.sip_port


async def comes_in(sbc: Sbc, server: tuple[str, int], target: str, *rows: str) -> Request:
    """A call of the carrier that is answered, with sound; the answer."""
    sbc.call(server, target, rows=rows)
    answer = await sbc.answer()
    assert answer.status == 200
    assert await sbc.hears()
    return answer


async def test_a_trunk_that_registers_and_asks_for_a_password() -> None:
    """A wrong password is told as one; the right one registers without a restart. A call comes in by the registered
    contact from an address that no `match` has, and a call out is let through with the password."""
    async with Sbc("127.0.0.3", user="62291112", password="rahasia;1") as sbc:
        trunk = Trunk(
            "voip",
            (),
            contact=sbc.uri,
            registration=Registration(sbc.uri, retry_s=5),
            outgoing=Outgoing(
                user="62291112", from_user="62291112", from_domain="ims.contoh", number_form="62", asserts="pai",
                caller="62291112",
            ),
        )  # fmt: skip
        async with running(trunk, passwords={"voip": "salah"}) as r, dialling(r) as ari:
            await until_seen(r, trunk, "unregistered", "operator menolak user atau kata sandinya")
            r.secrets = replace(r.secrets, trunks={"voip": sbc.password})
            await r.apply()
            register = await sbc.next("REGISTER")
            assert "sip:62291112@ims.contoh" in register.row("From")
            assert await until_seen(r, trunk, None) is None
            contact = register.row("Contact").partition("<")[2].partition(">")[0]
            async with Sbc("127.0.0.9") as elsewhere:
                await comes_in(elsewhere, ours(r), contact)
            await call_out(ari, trunk)
            invite = await sbc.next("INVITE")
            assert invite.target.startswith("sip:6281234567890@")
            assert "<sip:62291112@ims.contoh>" in invite.row("From")
            assert "sip:62291112@" in invite.row("P-Asserted-Identity")


async def test_the_second_contact_while_the_first_is_silent_and_the_first_when_it_is_back() -> None:
    """In their order, by OPTIONS alone; the supervisor says which is used. Calls come in from both."""
    async with Sbc("127.0.0.3") as first, Sbc("127.0.0.4") as second:
        trunk = Trunk(
            "ims",
            (first.host, second.host),
            contact=first.uri,
            spare=(second.uri,),
            wire=Wire(qualify_s=5),
            outgoing=Outgoing(caller="+62291112", asserts="ppi", from_domain="ims.contoh", number_form="0"),
        )
        async with running(trunk) as r, dialling(r) as ari:
            assert await until_seen(r, trunk, None) is None
            await call_out(ari, trunk)
            invite = await first.next("INVITE")
            assert invite.target.startswith("sip:081234567890@")
            assert invite.row("P-Preferred-Identity") == "<sip:+62291112@ims.contoh>"
            first.silent = True
            trouble = await until_seen(r, trunk, "partly")
            assert trouble is not None
            assert trouble.sentence == "127.0.0.3 dari trunk ims tidak menjawab; dipakai 127.0.0.4"
            await call_out(ari, trunk, "out-2")
            await second.next("INVITE")
            second.silent = True
            await until_seen(r, trunk, "silent")
            first.silent = second.silent = False
            assert await until_seen(r, trunk, None) is None
            first.forget()
            await call_out(ari, trunk, "out-3")
            await first.next("INVITE")
            await comes_in(second, ours(r), f"sip:112@{r.registrar}")


async def test_addresses_behind_a_nat() -> None:
    """Far ends outside of our networks get the outer addresses, those inside ours; in and out."""
    async with Sbc("127.0.0.3") as outside, Sbc("127.0.0.2") as inside:
        trunks = [Trunk(name, (sbc.host,), contact=sbc.uri) for name, sbc in (("luar", outside), ("dalam", inside))]
        nat = Nat("203.0.113.9", "203.0.113.9", ("127.0.0.1/32", "127.0.0.2/32"))
        async with running(*trunks, nat=nat) as r, dialling(r) as ari:
            for sbc, address in ((outside, "203.0.113.9"), (inside, "127.0.0.1")):
                answer = await comes_in(sbc, ours(r), f"sip:112@{r.registrar}")
                assert answer.address()[0] == address
                assert f"@{address}:" in answer.row("Contact") or f"sip:{address}:" in answer.row("Contact")
            await call_out(ari, trunks[0])
            invite = await outside.next("INVITE")
            assert invite.address()[0] == "203.0.113.9"
            assert "203.0.113.9:" in invite.row("Contact")


async def test_a_trunk_of_ipv6() -> None:
    """Beside IPv4, which phones go on using: SIP and sound over IPv6, in and out."""
    async with Sbc("::1") as sbc:
        trunk = Trunk("enam", ("::1",), contact=sbc.uri)
        async with running(trunk, sip_bind6="::1") as r, dialling(r) as ari:
            answer = await comes_in(sbc, ("::1", r.site.sip_port), f"sip:112@[::1]:{r.site.sip_port}")
            assert answer.address()[0] == "::1"
            await call_out(ari, trunk)
            assert (await sbc.next("INVITE")).address()[0] == "::1"
            assert await sbc.hears()


async def test_a_trunk_over_tls_with_encrypted_sound(tmp_path: Path) -> None:
    """SIP over TLS and keys in SDP, in and out; an offer without encryption is refused."""
    certificate, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with Sbc("127.0.0.3", tls=context, media=SAVP) as sbc:
        wire = Wire(transport="tls", srtp="wajib", qualify_s=5)
        trunk = Trunk("aman", (sbc.host,), contact=sbc.uri, wire=wire)
        own = {"certificate": str(certificate), "key": str(key)}
        async with running(trunk, **own, sips=Sips(free_ports(1)[0], verify=False)) as r, dialling(r) as ari:
            assert await until_seen(r, trunk, None) is None
            await call_out(ari, trunk)
            invite = await sbc.next("INVITE")
            assert "RTP/SAVP " in invite.body
            assert "a=crypto:" in invite.body
            answer = await sbc.call_over_tls((r.site.sip_bind, r.site.tls_port), f"sip:112@{r.registrar}")
            assert (answer.status, "a=crypto:" in answer.body) == (200, True)
            sbc.media = AVP
            answer = await sbc.call_over_tls((r.site.sip_bind, r.site.tls_port), f"sip:112@{r.registrar}")
            assert answer.status == 488


async def test_a_media_address_that_is_not_ours() -> None:
    """Announced, not bound: calls have sound. Bound, as before, each was refused with 488."""
    async with Sbc("127.0.0.3") as sbc:
        trunk = Trunk("uji", (sbc.host,))
        async with running(trunk, media_address="203.0.113.9", media_is_ours=False) as r:
            answer = await comes_in(sbc, ours(r), f"sip:112@{r.registrar}")
            assert answer.address()[0] == "203.0.113.9"


async def test_asterisk_takes_every_option() -> None:
    """No complaint in its log, and each option stands as it was written; codecs of modules carry sound."""
    wire = Wire(srtp="boleh", avpf=False, qualify_s=30, keepalive_s=10, jitter_ms=120, timers="wajib", session_s=900,
                min_session_s=120, prack="tidak")  # fmt: skip
    async with Sbc("127.0.0.3", media="m=audio {port} RTP/AVP 3\r\n") as sbc:
        out = Outgoing(proxy=sbc.uri, asserts="rpid")
        trunk = Trunk("uji", (sbc.host,), ("gsm", "opus"), sbc.uri, wire=wire, outgoing=out)
        async with running(trunk) as r, dialling(r) as ari:
            assert r.complaints() == []
            shown = await r.asterisk.command("pjsip show endpoint trunk-uji")
            rows = [line.split() for line in shown.splitlines()]
            options = {row[0]: row[2] for row in rows if len(row) > 2 and row[1] == ":"}
            assert {name: options[name] for name in ("rtp_keepalive", "timers", "timers_min_se", "100rel")} == {
                "rtp_keepalive": "10", "timers": "required", "timers_min_se": "120", "100rel": "no",
            }  # fmt: skip
            await comes_in(sbc, ours(r), f"sip:112@{r.registrar}", "Supported: timer")
            await call_out(ari, trunk)
            invite = await sbc.next("INVITE")
            assert "112" in invite.row("Remote-Party-ID")
            assert ";lr" in invite.row("Route")


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own making, and its key."""
    chain = tls.Chain(folder / "c.pem", folder / "k.pem", own=False)
    tls._make(chain, ["localhost"])
    return chain.certificate, chain.key
