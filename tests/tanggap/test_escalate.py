"""The escalation process: its telephone lines, its announcements, and once all of it with a real Asterisk and phone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog.testing
from baresip.call import CallState

from asterisk.site import Trunk
from drills.sounds.hearing import likeness
from instance import Instance, load
from instance.secrets_file import Secrets
from line.trunks import caller_id, endpoint
from processes.vitals.measures import Vitals
from tanggap import escalate
from tanggap.escalate import webhook_key
from tests.asterisk.phones import Phone, phones, register
from tests.asterisk.rig import Rig, rig, spawn
from tests.tickets.world import SARI, START, WIB, make_routing
from tickets.escalation import contact_tests
from tickets.escalation.ladder import Report, plan
from tickets.model import Row
from tickets.notify.channel import Telephone
from tickets.store import Store
from tickets.store.thread import StoreThread
from voice.prompts import PROMPTS_YAML, build
from voice.spoken import Spoken

REPO = Path(__file__).parents[2]


def clock() -> datetime:
    return datetime.now(UTC)


def an_instance(home: Path) -> Instance:
    """The shipped configuration with the small region's routing, in another directory."""
    return replace(load(REPO, secrets=False), home=home, routing=make_routing())


def test_lines() -> None:
    """A desk phone is rung as its account, a mobile over the site's trunk; the phone shows who calls."""
    site = an_instance(REPO).site
    trunk = Trunk("telkom", ("192.0.2.10",), contact="sip:192.0.2.10")
    site = replace(
        site, name='Jepara "Tanggap"', mobile_trunk="telkom", asterisk=replace(site.asterisk, trunks=(trunk,))
    )
    assert endpoint(Telephone("sip", "damkar1"), site) == "PJSIP/damkar1"
    assert endpoint(Telephone("mobile", "+628123456789"), site) == "PJSIP/+628123456789@trunk-telkom"
    assert caller_id(site) == '"Jepara Tanggap" <112>'


def test_webhook_key_is_not_the_secret() -> None:
    """The key that goes to agencies does not give away the secret that it comes from."""
    key = webhook_key("rahasia")
    assert (len(key), key == webhook_key("rahasia"), key == webhook_key("lain")) == (64, True, False)


async def test_report_is_spoken_once(tmp_path: Path) -> None:
    """The same words are made into a file once; the message is prompt, report, prompt."""
    spoken: list[str] = []

    def speak(text: str, path: Path) -> None:
        spoken.append(text)
        path.write_bytes(b"RIFF")

    words = Spoken((tmp_path / "spoken",), tmp_path, speak, lambda: START)
    report = Report("s", "b", "Untuk Damkar. Kebakaran.", read_back="Kebakaran, Tahunan.")
    first, second = [await words.message(report) for _ in range(2)]
    assert first == second
    assert sorted(spoken) == ["Kebakaran, Tahunan.", "Untuk Damkar. Kebakaran."]
    assert [Path(media).name for media in first.report][::2] == ["push-laporan-awal", "push-tekan"]
    assert Path(first.report[1].removeprefix("sound:")).with_suffix(".wav").is_file()
    assert [Path(media).name for media in first.again][::2] == ["push-ulang", "push-tekan"]
    accepted, departed = first.replies["accepted"], first.replies["departed"]
    assert [Path(media).name for media in accepted][::2] == ["push-diterima", "push-terima-kasih"]
    assert accepted[1] == departed[1] != first.report[1]  # what was accepted is read back
    assert set(first.replies) == {"accepted", "departed", "refused", "noted", "known", "taken", "ended", "unfit"}
    assert await words.announcement(report) == first.report[:2]


async def test_nobody_above_is_offered_an_agencys_keys(tmp_path: Path) -> None:
    """Who is not of the agency hears the key for «saya tahu», first and again, and no other."""
    words = Spoken((tmp_path / "spoken",), tmp_path, lambda text, path: path.write_bytes(b"RIFF"), lambda: START)
    message = await words.message(Report("s", "b", "Untuk Damkar.", outside=True))
    names = {Path(media).name for media in (*message.report, *message.again)}
    assert "push-tekan-tahu" in names
    assert "push-tekan" not in names
    assert [Path(media).name for media in message.replies["known"]] == ["push-tahu"]


async def test_a_test_is_spoken_as_one(tmp_path: Path) -> None:
    """No word of a report in it, not even in what is read back; on a loudspeaker neither."""
    words = Spoken((tmp_path / "spoken",), tmp_path, lambda text, path: path.write_bytes(b"RIFF"), lambda: START)
    contact = make_routing().contacts["damkar.siaga"]
    report = contact_tests.words(contact, START, WIB)
    message = await words.message(report)
    assert [Path(media).name for media in message.report][::2] == ["push-uji", "push-uji-tekan"]
    assert message.again == message.report
    replies = {heard: Path(media[0]).name for heard, media in message.replies.items()}
    assert replies == {"noted": "push-uji-terima-kasih"}
    assert await words.announcement(report) == message.report[:2]


async def test_a_change_is_spoken_as_one(tmp_path: Path) -> None:
    """It names itself a change, and asks for the one key that says it was heard: it is no report to accept."""
    spoken: list[str] = []

    def speak(text: str, path: Path) -> None:
        spoken.append(text)
        path.write_bytes(b"RIFF")

    words = Spoken((tmp_path / "spoken",), tmp_path, speak, lambda: START)
    report = Report("s", "b", "Perubahan untuk Damkar. Desa, semula Margoyoso, sekarang Purwogondo.", amended=True)
    message = await words.message(report)
    assert spoken == [report.spoken]
    assert [Path(media).name for media in message.report][::2] == ["push-perubahan", "push-perubahan-tekan"]
    assert [Path(media).name for media in message.again][::2] == ["push-ulang", "push-perubahan-tekan"]
    assert set(message.replies) == {"noted", "unfit"}


async def test_without_speech_the_prompts_are_played(tmp_path: Path) -> None:
    """Speech that fails does not stop a phone from ringing."""

    def speak(text: str, path: Path) -> None:
        raise OSError("No space left on device")

    with structlog.testing.capture_logs() as logs:
        message = await Spoken((tmp_path,), tmp_path, speak, lambda: START).message(Report("s", "b", "x"))
    assert [Path(media).name for media in message.report] == ["push-laporan-awal", "push-tekan"]
    assert [entry["event"] for entry in logs] == ["speech.failed"]


async def test_yesterdays_reports_are_forgotten(tmp_path: Path) -> None:
    """A spoken report holds what happened to people: its file goes after a day."""
    old = tmp_path / "old.wav"
    old.write_bytes(b"RIFF")
    os.utime(old, (START.timestamp() - 90_000,) * 2)
    await Spoken((tmp_path,), tmp_path, lambda text, path: path.write_bytes(b""), lambda: START).message(
        Report("s", "b", "x")
    )
    assert [path.exists() for path in (old,)] == [False]
    assert len(list(tmp_path.iterdir())) == 1


async def dispatch(store: StoreThread, instance: Instance) -> int:
    """A fire given to Damkar."""

    def job(store: Store) -> int:
        number = store.tickets.create(clock(), "20261122", SARI, "emergency")
        fields = {"category": "kebakaran", "kecamatan": "Tahunan", "desa": "Mantingan"}
        store.tickets.update(clock(), number, fields, SARI)
        ladder = plan(instance.routing, "damkar", clock())
        return store.assignments.dispatch(clock(), number, "damkar", ladder, 600.0, SARI)

    return await store.write(job)


async def until_state(store: StoreThread, assignment: int, true: Callable[[Row], bool]) -> Row:
    """The assignment, as soon as it has this state."""
    async with asyncio.timeout(60):
        while True:
            row = await store.read(lambda store: store.assignments.get(assignment))
            if true(row):
                return row
            await asyncio.sleep(0.02)


def instance_of(r: Rig) -> Instance:
    shipped = an_instance(r.home)
    secrets = Secrets(r.secrets.ari_password, r.secrets.ami_password, "kunci-sesi")
    return replace(shipped, site=replace(shipped.site, asterisk=r.site), secrets=secrets)


async def a_test_is_heard(store: StoreThread, instance: Instance, phone: Phone) -> None:
    """A test push says that it is one before anything else; key 1 is an answer to it, and to nothing else."""
    await ask_for_a_test(store, instance)
    talk = await phone.answer(await phone.rings())
    async with asyncio.timeout(20):
        while likeness(bytes(talk.heard), instance.var / "prompts" / "push-uji.wav") < 0.9:
            await asyncio.sleep(0.3)
    await talk.press("1")
    await talk.ended()
    async with asyncio.timeout(60):
        while (row := await the_test(store))["state"] == "waiting":
            await asyncio.sleep(0.02)
    assert (row["state"], row["detail"]) == ("delivered", "telepon damkar1 didengar, dengan tombol 1")
    assert row["answered_by"] == "damkar.siaga"


async def a_report_takes_the_phone(store: StoreThread, instance: Instance, phone: Phone) -> None:
    """While a test rings, a report comes: the test is hung up, the phone rings for the report, and key 1 accepts it."""
    await ask_for_a_test(store, instance)
    test = await phone.rings()
    assignment = await dispatch(store, instance)
    talk = await phone.answer(await phone.rings())
    async with asyncio.timeout(60):
        while test.state is not CallState.CLOSED:
            await asyncio.sleep(0.02)
    await talk.press("1")
    row = await until_state(store, assignment, lambda row: row["state"] != "dikirim")
    assert (row["state"], row["via"]) == ("diterima", "call")
    await talk.ended()
    left = await the_test(store)
    assert (left["state"], left["answered_at"]) == ("waiting", None)


async def a_changed_place_is_heard(store: StoreThread, instance: Instance, phone: Phone, assignment: int) -> None:
    """The crew is under way, and the place changes: the phone rings, says that it is a change and which, and key 1
    reads it; key 2 before it does not."""
    number = (await store.read(lambda store: store.assignments.get(assignment)))["ticket"]
    first, spoken = instance.var / "prompts" / "push-perubahan.wav", instance.var / "asterisk" / "spool" / "spoken"
    before = set(spoken.glob("*.wav"))
    await store.write(lambda store: store.tickets.update(clock(), number, {"desa": "Kecapi"}, SARI))
    talk = await phone.answer(await phone.rings())
    async with asyncio.timeout(60):
        while likeness(bytes(talk.heard), first) < 0.9:
            await asyncio.sleep(0.3)
        while not any(likeness(bytes(talk.heard), words) > 0.9 for words in set(spoken.glob("*.wav")) - before):
            await asyncio.sleep(0.3)
    await talk.press("2")
    async with asyncio.timeout(60):
        while likeness(bytes(talk.heard), instance.var / "prompts" / "push-tidak-berlaku.wav") < 0.9:
            await asyncio.sleep(0.3)
    assert await store.read(lambda store: store.amendments.unread(assignment))
    await talk.press("1")
    async with asyncio.timeout(60):
        while await store.read(lambda store: store.amendments.unread(assignment)):
            await asyncio.sleep(0.02)
    await talk.ended()
    (row,) = await store.read(lambda store: store.amendments.of(assignment))
    assert (row["after"], row["read_by"], row["read_via"]) == ("Kecapi", "damkar.siaga", "call")


async def ask_for_a_test(store: StoreThread, instance: Instance) -> None:
    await store.write(lambda store: contact_tests.ask(store, instance.routing, clock(), SARI, ("damkar.siaga",)))


async def the_test(store: StoreThread) -> Row:
    """The newest test of the desk phone."""

    def newest(store: Store) -> Row:
        rows = store.test_pushes.of_run(store.test_pushes.last_run() or 0)
        return next(row for row in rows if row["channel"] == "call")

    return await store.read(newest)


@pytest.mark.real
async def test_dispatch_rings_the_desk_phone_and_key_one_accepts() -> None:
    """From «Kirim ke OPD» to a ringing phone; key 1 is in the store; then silence until the place changes."""
    async with rig(operators=("damkar1",)) as r, phones() as runtime:
        instance = instance_of(r)
        await asyncio.to_thread(
            build, PROMPTS_YAML, instance.var / "prompts", {"layanan": "Uji", "jam": "selalu"}, r.home
        )
        phone = await register(runtime, "damkar1", r)
        stop = asyncio.Event()
        running = spawn("escalate", escalate.run(lambda: instance, clock, stop, Vitals("escalate")))
        store = await StoreThread(instance.var / "tanggap.db").open()
        await asyncio.sleep(0.5)
        assignment = await dispatch(store, instance)
        talk = await phone.answer(await phone.rings())
        await asyncio.sleep(1)
        await talk.press("1")
        row = await until_state(store, assignment, lambda row: row["state"] != "dikirim")
        assert (row["state"], row["via"], row["acknowledged_by"]) == ("diterima", "call", "damkar.siaga")
        await talk.ended()  # after what was accepted has been read back
        attempts = await store.read(lambda store: store.assignments.attempts(assignment))
        details = {attempt["channel"]: attempt["detail"] for attempt in attempts}
        assert details == {
            "page": "tidak ada halaman OPD yang terbuka dan bersuara",
            "call": "diterima dengan tombol 1",
        }
        await a_changed_place_is_heard(store, instance, phone, assignment)
        await a_test_is_heard(store, instance, phone)
        await a_report_takes_the_phone(store, instance, phone)
        stop.set()
        await asyncio.wait_for(running, 60)
        await store.close()


async def test_a_change_that_cannot_be_spoken_asks_for_no_key(tmp_path: Path) -> None:
    """Speech fails: the call says where the change stands, and no key says that it was heard."""

    def broken(text: str, path: Path) -> None:
        raise OSError("ruang cakram habis")

    voice = Spoken((tmp_path / "a",), tmp_path / "prompts", broken, lambda: datetime.now(UTC))
    changed = Report("[112] DIUBAH", "Diubah", "Desa sekarang Kecapi.", amended=True)
    message = await voice.message(changed)
    names = [part.rsplit("/", 1)[1] for part in (*message.report, *message.again)]
    assert "push-perubahan-tekan" not in names
    assert set(names) == {"push-perubahan-gagal"}
    assert not message.whole
