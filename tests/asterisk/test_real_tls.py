"""A real Asterisk with a certificate: SIP over WSS for browsers, and nothing for anybody without a password."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace

import aiohttp
import pytest

from drills.demo import free_ports
from tests.asterisk.rig import Rig, rig
from tests.authority import LOOPBACK, issue

pytestmark = pytest.mark.real

REGISTER = (
    "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/WSS uji.invalid;branch=z9hG4bKuji\r\nMax-Forwards: 70\r\n"
    "To: <sip:op-sari@127.0.0.1>\r\nFrom: <sip:op-sari@127.0.0.1>;tag=uji\r\nCall-ID: uji\r\nCSeq: 1 REGISTER\r\n"
    "Contact: <sip:op-sari@uji.invalid;transport=ws>\r\nContent-Length: 0\r\n\r\n"
)


async def started(made: Rig) -> tuple[str, ssl.SSLContext]:
    """Asterisk with a certificate for 127.0.0.1: its address, and a browser's context that trusts it."""
    cert, key = issue(made.home, subject=LOOPBACK)
    [port] = free_ports(1)
    made.site = replace(made.site, wss_port=port, certificate=str(cert), key=str(key))
    made.asterisk.site = made.site
    await made.asterisk.start(made.write())
    return f"127.0.0.1:{port}", ssl.create_default_context(cafile=str(cert))


async def test_a_browser_phone_speaks_sip_over_wss() -> None:
    """The handshake with the subprotocol «sip», and a REGISTER that is asked for its password; the log is clean."""
    async with rig(operators=("op-sari",), start=False) as made:
        where, trusts = await started(made)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"wss://{where}/ws", protocols=("sip",), ssl=trusts) as phone,
        ):
            assert phone.protocol == "sip"
            await phone.send_str(REGISTER)
            answer = await phone.receive_str(timeout=5)
        assert answer.startswith("SIP/2.0 401 Unauthorized\r\n")
        assert "wss" in await made.asterisk.command("pjsip show transports")
        assert made.complaints() == []


async def test_nothing_else_is_open_there() -> None:
    """ARI and metrics ask for the password on that port; what is older than TLS 1.2 gets no handshake."""
    async with rig(start=False) as made:
        where, trusts = await started(made)
        ours = {"Authorization": aiohttp.encode_basic_auth("tanggap", made.secrets.ari_password)}
        async with aiohttp.ClientSession() as session:
            for path in ("/metrics", "/ari/channels", "/ari/asterisk/info"):
                async with session.get(f"https://{where}{path}", ssl=trusts) as answer:
                    assert answer.status == 401, path
                async with session.get(f"https://{where}{path}", ssl=trusts, headers=ours) as answer:
                    assert answer.status == 200, path
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        host, port = where.split(":")
        with pytest.raises((ssl.SSLError, OSError)), socket.create_connection((host, int(port)), 5) as plain:
            old.wrap_socket(plain)
