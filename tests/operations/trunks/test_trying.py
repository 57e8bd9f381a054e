"""Steps of a trunk's trial: each says in plain words what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from asterisk.errors import LaunchError
from asterisk.launch import Asterisk
from asterisk.site import Trunk
from asterisk.trunks.settings import Outgoing, Registration
from operations.trunks import trying
from tests.e2e.carriers.sbc import Sbc
from tickets.model import Actor
from tickets.store import Store
from tickets.store.callers.refused_calls import Tally
from tickets.store.calls import NewCall

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
VOIP = Trunk(
    "voip", ("192.0.2.1",), ("alaw", "gsm"), outgoing=Outgoing(user="u"), registration=Registration("sip:ims.contoh")
)
PATHS = """--- Translation paths SRC Codec "slin" sample rate 8000 ---
\tslin:8000         To g723:8000         : No Translation Path
\tslin:8000         To alaw:8000         : (slin@8000)->(alaw@8000)
\tslin:8000         To gsm:8000          : {gsm}
"""


class Console:
    """Asterisk's control socket."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def command(self, line: str, limit_s: float = 5.0) -> str:
        """The output of the command; none: it does not run."""
        if not self.text:
            raise LaunchError("Asterisk tidak berjalan")
        return self.text


def console(text: str) -> Asterisk:
    """An Asterisk that prints this."""
    return cast(Asterisk, Console(text))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(tmp_path / "tanggap.db")
    yield made
    made.close()


def brief(step: trying.Step) -> tuple[bool | None, str]:
    """Result and sentence."""
    return step.ok, step.sentence


def test_a_password_that_nobody_kept() -> None:
    """It is told before anything is asked."""
    assert brief(trying.settings(VOIP, False)) == (False, "kata sandi belum disimpan: tanggap secrets trunk voip")
    assert brief(trying.settings(VOIP, True)) == (True, "dari 192.0.2.1; ke (tidak memanggil keluar)")


@pytest.mark.parametrize("host", ["127.0.0.3", "::1"])
async def test_options_of_each_contact(host: str) -> None:
    """The answer's status and round trip; a silent contact is told beside one that answers."""
    async with Sbc(host) as answers:
        trunk = Trunk("uji", (), contact=answers.uri, spare=("sip:127.0.0.4:1",))
        first, second = await trying.options(trunk)
    assert first.ok is True
    assert first.sentence.startswith(f"{answers.uri} menjawab 200 dalam ")
    assert brief(second) == (
        False,
        "sip:127.0.0.4:1 tidak menjawab OPTIONS; ada SBC yang memang tidak menjawab",
    )


async def test_a_registration_in_words() -> None:
    """Let in, refused, unknown to Asterisk, and no Asterisk."""
    line = " trunk-voip/sip:ims.contoh   trunk-voip   {}   (exp. 24s)\n"
    steps = [
        await trying.registration(VOIP, console(text))
        for text in (line.format("Registered"), line.format("Rejected"), "No objects found.", "")
    ]
    assert [step.ok for (step,) in steps] == [True, False, False, None]
    assert "operator menolak user atau kata sandinya" in steps[1][0].sentence
    assert await trying.registration(Trunk("lain", ()), console("")) == []


async def test_codecs_that_asterisk_cannot_carry() -> None:
    """By its own table of translations."""
    carried = console(PATHS.format(gsm="(slin@8000)->(gsm@8000)"))
    assert brief(await trying.codecs(VOIP, carried)) == (True, "alaw, gsm bisa dibawa")
    lacking = await trying.codecs(VOIP, console(PATHS.format(gsm="No Translation Path")))
    assert brief(lacking) == (False, "Asterisk ini tidak bisa membawa gsm: tidak ditawarkan")


async def test_a_call_that_came_in(store: Store) -> None:
    """Only one over this trunk counts."""
    for name, trunk in (("c1", "lain"), ("c2", "voip")):
        new = NewCall(name, "+6281234567890", "0812-3456-7890", False, True, "+62112", trunk=trunk)
        store.calls.arrive(NOW, "20261122", new)
    step = await trying.incoming(VOIP, store, NOW, 5)
    ticket = step.data["ticket"]
    assert brief(step) == (True, f"dihubungi +62112 oleh +6281234567890; tiket {ticket}")


async def test_a_call_that_did_not_come_in(store: Store) -> None:
    """Refused by Asterisk with its reason, or never seen."""
    step = await trying.incoming(VOIP, store, NOW, 0)
    assert brief(step) == (False, "tidak ada panggilan dari trunk voip dalam 0 detik: alamatnya ada di match?")
    tally = Tally("voip", "192.0.2.1", "media", 488, "sip:112@us")
    store.refused.count(NOW, [tally], [], Actor("process", "steward"))
    step = await trying.incoming(VOIP, store, NOW, 0)
    assert step.sentence == "panggilan ditolak Asterisk (media, 488): lihat tabel di docs/trunks.md"


class Line:
    """Asterisk's REST side of one call: answered, with these keys and numbers, or ended with a cause."""

    connected = True

    def __init__(self, events: list[dict[str, Any]], values: dict[str, str]) -> None:
        self.events, self.values, self.done = events, values, list[tuple[str, Any]]()

    def on_event(self, handle: Any, allowed: Any = ()) -> None:
        """Keep the listener."""
        self.handle = handle

    async def originate(self, channel: str, endpoint: str, **order: Any) -> None:
        """Ring, and let everything happen."""
        self.done.append((endpoint, order["caller_id"]))
        for event in self.events:
            playback = {"playback": {"id": f"{channel}-say"}} if event["type"] == "PlaybackFinished" else {}
            self.handle({"channel": {"id": channel}, **playback, **event})

    async def play(self, channel: str, playback: str, media: Any) -> None:
        """Play nothing."""

    async def variable(self, channel: str, name: str) -> str:
        """A value of the channel."""
        return self.values[name]

    async def hangup(self, channel: str, cause: int = 16) -> None:
        """End it."""
        self.done.append(("hangup", channel[:11]))


SOUND = {
    "CHANNEL(rtcp,rxcount)": "412", "CHANNEL(rtcp,txcount)": "399", "CHANNEL(rtcp,rxploss)": "0",
    "CHANNEL(rtcp,rtt)": "0.0214", "CHANNEL(audioreadformat)": "alaw",
}  # fmt: skip
ANSWERED = [{"type": "StasisStart"}]
KEY = {"type": "ChannelDtmfReceived", "digit": "1"}


@pytest.mark.parametrize(
    ("events", "values", "expected"),
    [
        (
            [*ANSWERED, KEY],
            SOUND,
            (True, "tersambung; suara dua arah dan tombol sampai (codec alaw, bolak-balik 21 milid"),
        ),
        (
            [*ANSWERED, KEY],
            SOUND | {"CHANNEL(rtcp,rxcount)": "0"},
            (False, "tersambung, tetapi tidak ada suara yang datang"),
        ),
        (
            [*ANSWERED, {"type": "ChannelDestroyed", "cause": 16}],
            SOUND,
            (False, "tersambung, tetapi tombol 1 tidak diterima"),
        ),
        ([{"type": "ChannelDestroyed", "cause": 21}], SOUND, (False, "tidak tersambung: ditolak")),
    ],
)
async def test_a_call_out_in_words(
    events: list[dict[str, Any]],
    values: dict[str, str],
    expected: tuple[bool, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Key and sound in both directions, or which is missing, or why it did not come through; it is always hung up."""
    monkeypatch.setattr(trying, "TALK_S", 0.01)
    line = Line(events, values)
    trial = trying.Trial(cast(Any, line), cast(Any, None))
    site = cast(Any, _Site())
    trunk = Trunk("uji", (), contact="sip:192.0.2.1", outgoing=Outgoing(caller="0291112", number_form="0"))
    step = await trial.call(trunk, "+6281234567890", site, tmp_path / "say.wav")
    assert (step.ok, step.sentence[: len(expected[1])]) == expected
    assert (step.data["dialled"], step.data["caller"]) == ("081234567890", "0291112")
    assert line.done == [("PJSIP/081234567890@trunk-uji", '"Uji 112" <0291112>'), ("hangup", "push-trial-")]


class _Site:
    country_code = "62"

    class asterisk:
        numbers = ("112",)
