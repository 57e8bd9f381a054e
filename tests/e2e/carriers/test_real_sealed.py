"""The encrypted sound of a call over a TLS trunk, opened and sealed with the keys of its SDP."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import wave
from pathlib import Path

import numpy as np
import pytest

from asterisk.ari import Ari
from asterisk.site import Sips, Trunk
from asterisk.trunks.settings import Wire
from drills.demo import free_ports
from drills.phones.rtp import FRAME, PCMA, alaw, encoded, packet
from tests.asterisk.rig import TONES, until
from tests.e2e.carriers.sbc import SAVP, Request, Sbc
from tests.e2e.carriers.srtp import Srtp
from tests.e2e.carriers.test_real_profiles import _certificate, call_out, dialling, running

pytestmark = pytest.mark.real

RATE, OURS_HZ = 8000, 1300
LINEAR = {alaw(sample): sample for sample in range(-32768, 32768, 4)}


class Sealed:
    """Both ways of the sound of one call; what came is opened, and a wrong tag is an error."""

    def __init__(self, sbc: Sbc, invite: Request) -> None:
        self._sbc, self._peer = sbc, invite.address()
        self._mine, self._theirs = Srtp(SAVP), Srtp(invite.body)
        self._turn = 0
        self.heard: list[int] = []

    async def talk(self, seconds: float) -> None:
        """Send a tone for so long, and hear."""
        loop = asyncio.get_running_loop()
        for _ in range(int(seconds * RATE / FRAME)):
            at = range(self._turn * FRAME, (self._turn + 1) * FRAME)
            sound = encoded([int(9000 * np.sin(2 * np.pi * OURS_HZ * n / RATE)) for n in at])
            sealed = self._mine.seal(packet(PCMA, self._turn, at.start, 112, sound))
            self._sbc.rtp.sendto(sealed, self._peer)
            self._turn += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FRAME / RATE):
                    while True:
                        opened = self._theirs.open(await loop.sock_recv(self._sbc.rtp, 2048))
                        self.heard += [LINEAR[byte] for byte in opened[12:]]


def pitch(samples: list[int]) -> int:
    """The loudest frequency, to 10 Hz."""
    spectrum = np.abs(np.fft.rfft(np.array(samples, dtype=float)))
    return 10 * round(int(np.argmax(spectrum)) * RATE / len(samples) / 10)


def recorded(path: Path) -> list[int]:
    """The samples of a recording."""
    with wave.open(str(path), "rb") as file:
        return [int(sample) for sample in np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")]


async def until_up(ari: Ari, channel: str) -> None:
    """Wait until the call is answered and in the application."""
    async with asyncio.timeout(30):
        while (row := await ari.channel(channel)) is None or row["dialplan"]["app_name"] != "Stasis":
            await asyncio.sleep(0.05)


async def test_the_encrypted_sound_of_a_call(tmp_path: Path) -> None:
    """What Asterisk sends can be opened with its key and is the prompt; what is sealed with ours is recorded."""
    certificate, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trunk_wire = Wire(transport="tls", srtp="wajib")
    own = {"certificate": str(certificate), "key": str(key), "sips": Sips(free_ports(1)[0], verify=False)}
    async with Sbc("127.0.0.3", tls=context, media=SAVP) as sbc:
        trunk = Trunk("aman", (sbc.host,), contact=sbc.uri, wire=trunk_wire)
        async with running(trunk, **own) as r, dialling(r) as ari:
            await call_out(ari, trunk)
            sealed = Sealed(sbc, await sbc.next("INVITE"))
            await until_up(ari, "out-1")
            await ari.play("out-1", "pb-1", [f"sound:{r.paths.prompts_dir / 'nada'}"])
            while len(sealed.heard) < RATE // 2:
                await sealed.talk(0.5)
            assert pitch(sealed.heard) == TONES["nada"]
            await ari.stop_playback("pb-1")
            await ari.record_channel("out-1", "aman", max_s=1, silence_s=10)
            file = r.paths.recordings / "aman.wav"
            while not file.exists() or file.stat().st_size < RATE:
                await sealed.talk(0.5)
            await ari.hangup("out-1")
            await until(lambda: len(recorded(file)) > RATE // 4)
            assert pitch(recorded(file)) == OURS_HZ
