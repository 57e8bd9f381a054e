"""OPTIONS over each transport."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from operations import tls
from operations.trunks.asking import ask
from tests.e2e.carriers.sbc import Sbc


async def test_over_tls(tmp_path: Path) -> None:
    """A certificate of the far end's own making is no silence."""
    chain = tls.Chain(tmp_path / "c.pem", tmp_path / "k.pem", own=False)
    tls._make(chain, ["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.certificate, chain.key)
    async with Sbc("127.0.0.1", tls=context) as sbc:
        reply = await ask(f"{sbc.uri};transport=tls")
        assert reply is not None
        assert (reply.status, reply.round_trip_ms > 0) == (200, True)
        assert await ask(f"{sbc.uri};transport=tcp", 0.5) is None


@pytest.mark.parametrize("uri", ["sip:127.0.0.1:1", "sip:127.0.0.1:1;transport=tcp", "sips:127.0.0.1:1", "tel:1"])
async def test_nobody_there(uri: str) -> None:
    """None, whatever the transport."""
    assert await ask(uri, 0.2) is None


async def test_an_answer_that_is_no_sip() -> None:
    """Some other server on that port is no SBC."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-x\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await ask(f"sip:127.0.0.1:{port};transport=tcp", 1) is None
    server.close()
