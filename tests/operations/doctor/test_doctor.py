"""`tanggap doctor`: each kind of trouble by its code, in a sentence, with a remedy; nothing where nothing is wrong."""

import asyncio
import contextlib
import json
import os
import socket
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from asterisk.launch import Contact, Status
from asterisk.site import Trunk
from asterisk.trunks.settings import Outgoing, Registration
from instance import PROMPTS, Instance, load, secrets_file
from operations.doctor import (
    asterisk_checks,
    complaints,
    configuration,
    examine,
    machine,
    processes,
    reach,
    records,
    refusals,
    telephones,
)
from operations.doctor.examine import CHECKS, Check
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient, admit
from operations.trunks.asking import ask
from processes.vitals import starts
from tanggap.program import main
from tests.fixtures import Edit
from tickets.escalation.ladder import plan
from tickets.model import Actor, PlannedTest
from tickets.routing import Contact as RoutingContact
from tickets.spill import SpillFile
from tickets.store import Store
from tickets.store.callers.refused_calls import Tally
from tickets.store.calls import NewCall
from tickets.store.people.push_devices import PushDevice
from tickets.web_push import public_key
from voice.languages import spoken

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # 12.00 WIB
UP = ("calls", "agi", "escalate", "console", "steward")


@pytest.fixture
def patient(edited: Edit) -> Iterator[Patient]:
    """A well instance: shipped files, a store, every process heard a second ago, Asterisk answering."""
    home = edited()
    home.chmod(0o755)
    (home / "var").mkdir(mode=0o700)
    store = Store(home / "var" / "tanggap.db")
    for name in UP:
        store.people.beat(NOW - timedelta(seconds=1), name, 1, {"asterisk": True})
    store.people.add(NOW, "siti", "Siti", "operator", None, "-")
    made = Patient(home, NOW, load(home, secrets=False), store=store)
    made.beats = {row["process"]: row for row in store.people.beats()}
    contacts = made.instance.routing.contacts.values() if made.instance else ()
    accounts = ["siti", *sorted({contact.sip for contact in contacts if contact.sip})]
    made.status = Status(True, "22.1", 1, contacts=tuple(Contact(name, "sip:x", "Avail", 1.0) for name in accounts))
    yield made
    made.close()


def found(check: Check, patient: Patient) -> list[Finding]:
    """The findings of one check."""
    return asyncio.run(check(patient))  # type: ignore[arg-type]


def codes(check: Check, patient: Patient) -> list[str]:
    """The codes of what it finds."""
    return [finding.code for finding in found(check, patient)]


# the machine's own state, or another Asterisk's on it, is not the instance's
OF_THE_MACHINE = {machine.clock, asterisk_checks.foreign, machine.programs}


@pytest.mark.parametrize(
    "check", [check for check in CHECKS if check not in OF_THE_MACHINE], ids=lambda c: c.__qualname__
)
def test_nothing_is_wrong_with_a_well_instance(check: Check, patient: Patient) -> None:
    """The only findings: just this machine can call it, and there is no backup yet."""
    for name in spoken(PROMPTS, patient.home / "prompts").names:  # type: ignore[union-attr]
        path = patient.var / "prompts" / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    expected = {telephones.trunks: ["TRUNK_LOCAL"], records.backup: ["BACKUP_NONE"]}
    assert codes(check, patient) == expected.get(check, [])


def test_every_check_is_listed() -> None:
    """A check that is not in the list would never run."""
    groups = (asterisk_checks, complaints, configuration, machine, processes, reach, records, refusals, telephones)
    written = {
        value
        for group in groups
        for name, value in vars(group).items()
        if asyncio.iscoroutinefunction(value) and value.__module__ == group.__name__ and not name.startswith("_")
    }
    assert written == set(CHECKS)


def test_codes_and_sentences() -> None:
    """Exit 0, 1, 2 by the worst; errors stand first."""
    assert [
        examine.status(findings) for findings in ([], [odd("A", "b", "c")], [odd("A", "b", "c"), bad("D", "e", "f")])
    ] == [
        0,
        1,
        2,
    ]


async def test_a_check_that_fails_is_a_finding(patient: Patient) -> None:
    """The other checks run all the same."""

    async def broken(patient: Patient) -> list[Finding]:
        raise ValueError("aduh")

    [finding] = await examine._guarded(broken, patient)
    assert (finding.code, finding.sentence) == (
        "CHECK_FAILED",
        "pemeriksaan test_doctor.broken gagal: ValueError: aduh",
    )


def test_configuration_errors_reuse_check(edited: Edit) -> None:
    """Each problem of `tanggap check`, with its place; the rest of the instance is looked at as far as that goes."""
    home = edited("hours.yaml", text="daily: 07:00-25:00\n")
    patient = asyncio.run(admit(home, NOW))
    findings = found(configuration.files, patient)
    assert [(finding.code, finding.sentence) for finding in findings if finding.level == "error"] == [
        ("CONFIG_ERROR", 'hours.yaml:1:8: jam "25:00" tidak sah, diharapkan JJ:MM antara 00:00 dan 24:00')
    ]
    for check in CHECKS:
        found(check, patient)


def test_a_refused_edit_is_told_until_it_is_put_right(patient: Patient) -> None:
    """The line runs with the former configuration."""
    assert patient.store is not None
    for kind, expected in (("config.refused", ["CONFIG_REFUSED"]), ("config.accepted", [])):
        with patient.store.transaction():
            patient.store.journal.append(NOW, kind, Actor("process", "up"), data={"problems": ["x"]})
        assert codes(configuration.in_force, patient) == expected


def test_what_waits_or_is_not_in_force_is_told(patient: Patient) -> None:
    """A change of site.yaml until the restart; a process or Asterisk with another edition until it has caught up."""
    assert patient.store is not None
    waiting = {"waiting": ["site.yaml: peringatan: baru dipakai setelah dijalankan ulang: console.port"]}
    behind = {"problems": ["jalur cadangan Asterisk belum memakai konfigurasi yang baru, karena cakram penuh"]}
    for kind, data in (("config.accepted", waiting), ("config.not_in_force", behind)):
        with patient.store.transaction():
            patient.store.journal.append(NOW, kind, Actor("process", "up"), data=data)
    [waits] = found(configuration.in_force, patient)
    assert (waits.code, waits.sentence) == ("CONFIG_WAITS", waiting["waiting"][0])
    [late] = found(configuration.everywhere, patient)
    assert (late.code, late.sentence) == ("CONFIG_NOT_IN_FORCE", behind["problems"][0])
    with patient.store.transaction():
        patient.store.journal.append(NOW, "config.in_force", Actor("process", "up"))
    patient.beats["agi"]["data"] = {"edition": 3}
    [late] = found(configuration.everywhere, patient)
    assert late.sentence == "proses agi memakai konfigurasi edisi 3, yang berlaku edisi 0"


def test_the_clock(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock is wrong when it is years back or behind the journal, or when nothing sets it."""
    monkeypatch.setattr(machine, "_unsynchronised", lambda: True)
    assert codes(machine.clock, patient) == ["CLOCK_UNSYNCHRONISED"]
    patient.now = NOW - timedelta(hours=1)
    [finding] = found(machine.clock, patient)
    assert (finding.code, finding.sentence) == (
        "CLOCK_BACKWARDS",
        "jam komputer mundur: jurnal sudah sampai 2026-11-22 05:00 UTC",
    )
    patient.now = datetime(1970, 1, 1, tzinfo=UTC)
    assert codes(machine.clock, patient) == ["CLOCK_WRONG"]


def test_the_zone(patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Asterisk needs the machine's file of the zone."""
    monkeypatch.setattr(machine, "ZONES", tmp_path / "none")
    assert codes(machine.zone, patient) == ["ZONE_UNKNOWN"]


def test_the_disk(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk may be scarce, nearly full, out of inodes, or read-only."""
    size = (10**12, 0, 1_000_000_000)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: _Usage(*size))
    assert codes(machine.disk, patient) == ["DISK_SCARCE"]
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: _Usage(10**12, 0, 100_000_000))
    assert codes(machine.disk, patient) == ["DISK_FULL"]

    def refuses(number: int) -> None:
        def refuse(**_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(machine.tempfile, "NamedTemporaryFile", refuse)

    for number, code in ((28, "DISK_FULL"), (30, "DISK_READ_ONLY"), (13, "VAR_NOT_WRITABLE")):
        refuses(number)
        assert codes(machine.disk, patient) == [code]


class _Usage:
    def __init__(self, total: int, used: int, free: int) -> None:
        self.total, self.used, self.free = total, used, free


def test_rights(patient: Patient) -> None:
    """Secrets that others may read; files of another user (root ran a command by hand)."""
    secrets = patient.var / "secrets.json"
    secrets.write_text("{}")
    secrets.chmod(0o644)
    [finding] = found(machine.rights, patient)
    assert (finding.code, finding.remedy) == ("RIGHTS_OPEN", f"chmod 600 {secrets}")
    secrets.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(secrets, 65534, 65534)
        assert codes(machine.rights, patient) == ["RIGHTS_OWNER"]
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600  # it only looks


def test_a_damaged_store(patient: Patient) -> None:
    """Zeros in the middle of the file: told, nothing is written, and every other check still runs."""
    patient.close()
    size = patient.database.stat().st_size
    with patient.database.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(size - 8192))
    before = patient.database.read_bytes()
    sick = asyncio.run(admit(patient.home, NOW))
    [finding] = found(records.store, sick)
    assert finding.code == "STORE_DAMAGED" and "tanggap restore" in finding.remedy
    for check in CHECKS:
        found(check, sick)
    sick.close()
    assert patient.database.read_bytes() == before


NEWER = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tanggap112', '9999-x', '')"
OLDER = "DELETE FROM _sqlite_migrations WHERE rowid = (SELECT max(rowid) FROM _sqlite_migrations)"


@pytest.mark.parametrize(("change", "code"), [(NEWER, "STORE_NEWER"), (OLDER, "STORE_OLDER")])
def test_a_store_of_another_version(patient: Patient, change: str, code: str) -> None:
    """A newer program wrote it, or an older one: looked at, not changed."""
    patient.close()
    with contextlib.closing(sqlite3.connect(patient.database)) as raw, raw:
        raw.execute(change)
    sick = asyncio.run(admit(patient.home, NOW))
    assert codes(records.store, sick) == [code]
    sick.close()
    again = asyncio.run(admit(patient.home, NOW))
    assert codes(records.store, again) == [code]
    again.close()


def test_no_store_yet(edited: Edit) -> None:
    """An instance that was never started has one finding, and the doctor makes no file."""
    home = edited()
    patient = asyncio.run(admit(home, NOW))
    assert codes(records.store, patient) == ["STORE_MISSING"]
    assert found(processes.heartbeats, patient) == []
    assert not (home / "var" / "tanggap.db").exists()


def test_backups(patient: Patient) -> None:
    """A finding without a backup or with an old one, none with a fresh one."""
    folder = patient.home / "var" / "backup"
    folder.mkdir()
    for hours, expected in ((72, ["BACKUP_OLD"]), (1, [])):
        (folder / f"tanggap-{NOW - timedelta(hours=hours):%Y%m%dT%H%M%SZ}.tar.gz").touch()
        assert codes(records.backup, patient) == expected


def test_what_is_not_in_the_store(patient: Patient) -> None:
    """Spilled records, a broken store that was set aside, litestream that is not there."""
    assert patient.instance is not None
    spill = SpillFile(patient.var / "spill" / "calls.spill")
    spill.open()
    spill.append([{"at": "2026-11-22T05:00:00+00:00"}])
    spill.close()
    (patient.var / "broken" / "20261122").mkdir(parents=True)
    store = replace(patient.instance.site.store, replica="/mnt/x", litestream="tidak-ada")
    patient.instance = replace(patient.instance, site=replace(patient.instance.site, store=store))
    assert codes(records.copies, patient) == ["STORE_SPILLED", "STORE_SET_ASIDE", "REPLICA_ABSENT"]


def test_how_far_the_index_of_the_search_is(patient: Patient) -> None:
    """Until it has every old ticket; then nothing."""
    assert patient.store is not None
    assert codes(records.search_index, patient) == []
    row = "older_than = 'T-2025', total = {total}, done = 240000"
    for total, far in (("NULL", "baru dimulai"), ("1000000", "240000 dari 1000000 tiket")):
        patient.store.connection.run(f"UPDATE search_progress SET {row.format(total=total)}")
        [finding] = found(records.search_index, patient)
        sentence = f"indeks pencarian belum lengkap ({far}): tiket yang lebih lama belum ikut dicari"
        assert (finding.code, finding.level, finding.sentence) == ("SEARCH_INDEXING", "warning", sentence)


def test_complaints_that_nobody_takes(patient: Patient) -> None:
    """Dead letters are named by their tickets; what is still tried is nobody's trouble."""
    assert patient.store is not None
    rows = []
    for _ in range(7):
        number = patient.store.tickets.create(NOW, "20261122", Actor("user", "siti"), "complaint")
        patient.store.complaints.file(NOW, number, Actor("user", "siti"))
        rows += patient.store.outbox.claim(NOW, "wadul", 30.0, 1)
    patient.store.outbox.failed(NOW, "wadul", rows[0], "menjawab 500", NOW, dead=False)
    assert codes(complaints.handed_over, patient) == []
    for row in rows[1:]:
        patient.store.outbox.failed(NOW, "wadul", row, "menjawab 500", NOW, dead=True)
    (finding,) = found(complaints.handed_over, patient)
    assert (finding.code, finding.level, "menjawab" in finding.sentence) == ("WADUL_UNDELIVERED", "error", False)
    assert finding.sentence.startswith("6 aduan ") and finding.sentence.endswith(f"{rows[5]['ticket']}, …")


def test_missing_prompts(patient: Patient) -> None:
    """Callers would hear silence instead."""
    [finding] = found(records.prompts, patient)
    assert finding.code == "PROMPTS_MISSING" and finding.remedy == "tanggap asterisk render membuatnya lagi"


def test_asterisk_missing_old_down_hung(patient: Patient) -> None:
    """Four states, four codes."""
    patient.no_asterisk = "Asterisk tidak ditemukan di / maupun di x. Jalankan scripts/setup."
    assert codes(asterisk_checks.installed, patient) == ["ASTERISK_MISSING"]
    patient.no_asterisk = "Asterisk terlalu lama: x adalah versi 18.1, padahal perlu 20 atau lebih baru."
    assert codes(asterisk_checks.installed, patient) == ["ASTERISK_TOO_OLD"]
    patient.status = Status(False)
    patient.asterisk = _Asterisk(None)  # type: ignore[assignment]
    assert codes(asterisk_checks.running, patient) == ["ASTERISK_DOWN"]
    patient.asterisk = _Asterisk(4711)  # type: ignore[assignment]
    [finding] = found(asterisk_checks.running, patient)
    assert (finding.code, finding.sentence) == ("ASTERISK_HUNG", "Asterisk (pid 4711) berjalan tetapi tidak menjawab")


class _Asterisk:
    def __init__(self, pid: int | None) -> None:
        self.pid = pid


def test_ports_that_somebody_else_holds(patient: Patient) -> None:
    """Asked only for what we do not hold ourselves."""
    assert patient.instance is not None
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site = replace(patient.instance.site.asterisk, agi_port=port)
        patient.instance = replace(patient.instance, site=replace(patient.instance.site, asterisk=site))
        assert found(asterisk_checks.ports, patient) == []
        del patient.beats["agi"]
        [finding] = found(asterisk_checks.ports, patient)
    assert finding.code == "PORT_TAKEN"
    assert finding.sentence.startswith(
        f"Port {port}/tcp di 127.0.0.1 sudah dipakai; ganti asterisk.agi_port di site.yaml"
    )


def test_calls_without_asterisk(patient: Patient) -> None:
    """The process lives, Asterisk runs, and they are not connected."""
    patient.beats["calls"]["data"]["asterisk"] = False
    assert codes(asterisk_checks.link, patient) == ["ASTERISK_LINK"]


def test_operators_and_their_phones(patient: Patient) -> None:
    """None at all; none with a telephone, which is worse while the line is open."""
    patient.status = Status(True)
    [finding] = found(telephones.operators, patient)
    assert (finding.code, finding.level) == ("NO_PHONE", "error")
    patient.now = NOW + timedelta(hours=12)
    assert [warning.level for warning in found(telephones.operators, patient)] == ["warning"]
    assert codes(telephones.desks, patient) == ["DESK_PHONE_MISSING"]
    assert patient.store is not None
    patient.store.people.disable(NOW, "siti")
    assert codes(telephones.operators, patient) == ["NO_OPERATOR"]


async def test_a_trunk_is_asked_by_options(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any answer counts, a refusal too; silence is told with the trunk's name."""
    loop = asyncio.get_running_loop()

    class Sbc(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: object) -> None:
            assert data.startswith(b"OPTIONS sip:127.0.0.1:") and b"CSeq: 1 OPTIONS\r\n" in data
            self.transport.sendto(b"SIP/2.0 403 Forbidden\r\n\r\n", addr)  # type: ignore[attr-defined]

    transport, _ = await loop.create_datagram_endpoint(Sbc, ("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    sbc = Trunk("sbc", ("192.0.2.9",), contact=f"sip:127.0.0.1:{port}")
    assert patient.instance is not None
    site = replace(patient.instance.site.asterisk, trunks=(sbc,))
    patient.instance = replace(patient.instance, site=replace(patient.instance.site, asterisk=site))
    try:
        assert await telephones.trunks(patient) == []
    finally:
        transport.close()
    monkeypatch.setattr("operations.doctor.telephones.ask", partial(ask, limit_s=0.3))
    [finding] = await telephones.trunks(patient)
    assert finding.code == "TRUNK_UNREACHABLE" and finding.sentence.startswith(
        f"trunk sbc (sip:127.0.0.1:{port}) tidak menjawab"
    )


async def test_a_trunk_without_its_password_is_an_error(patient: Patient) -> None:
    """The carrier would refuse; with it Asterisk is asked, and one that does not run says nothing."""
    assert patient.instance is not None
    voip = Trunk("voip", (), outgoing=Outgoing(user="u"), registration=Registration("sip:ims.contoh"))
    site = replace(patient.instance.site.asterisk, trunks=(voip,))
    patient.instance = replace(patient.instance, site=replace(patient.instance.site, asterisk=site))
    [finding] = await telephones.registrations(patient)
    assert (finding.code, finding.level) == ("TRUNK_PASSWORD_MISSING", "error")
    assert finding.remedy == "tanggap secrets trunk voip"
    secrets_file.keep_trunk(patient.home, "voip", "rahasia")
    assert "TRUNK_PASSWORD_MISSING" not in [each.code for each in await telephones.registrations(patient)]


def test_heartbeats(patient: Patient) -> None:
    """Each by its name and what follows; all of them together are one sentence."""
    for name in ("escalate", "steward"):
        patient.beats[name]["at"] = (NOW - timedelta(seconds=42)).isoformat()
    findings = found(processes.heartbeats, patient)
    assert [(finding.code, finding.level) for finding in findings] == [
        ("HEARTBEAT_OLD", "error"),
        ("NO_STEWARD", "warning"),
    ]
    assert findings[0].sentence == "proses escalate tidak hidup (terakhir terdengar 42 detik lalu): OPD tidak didorong"
    patient.beats.clear()
    assert codes(processes.heartbeats, patient) == ["LINE_DOWN"]


def test_processes_that_start_again_and_again(patient: Patient) -> None:
    """Three times in ten minutes."""
    for minute in (30, 8, 4, 1):
        starts.note(patient.var / "run", "calls", NOW - timedelta(minutes=minute))
    [finding] = found(processes.restarting, patient)
    assert finding.sentence == "calls dimulai 3 kali dalam 10 menit terakhir"


def test_what_the_processes_say(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A held loop, a store that refuses, a duty that hangs."""

    async def ask(path: Path, question: str) -> bytes | None:
        health = {"loop_lag_s": 3.25, "store": {"error": "basis data tidak bisa ditulis: disk full"}}
        health["duties"] = {"requests": "tidak bergerak 34 detik"}
        return json.dumps(health).encode() if path.name == "calls.sock" else None

    monkeypatch.setattr(processes.answers, "ask", ask)
    assert [finding.sentence for finding in found(processes.vitals, patient)] == [
        "proses calls tersendat: 3.2 detik dalam setengah menit terakhir",
        "proses calls tidak bisa menulis: basis data tidak bisa ditulis: disk full",
        "proses calls, tugas requests: tidak bergerak 34 detik",
    ]


def test_channels_that_fail_and_pushes_that_are_late(patient: Patient) -> None:
    """The contact and the channel are named; nothing of the report or of its caller."""
    store, instance = patient.store, patient.instance
    assert store is not None and instance is not None
    assert isinstance(next(iter(instance.routing.contacts.values())), RoutingContact)
    ticket = store.calls.arrive(NOW, "20261122", NewCall("c1", "+6281234567890", "0812", False, True, "112"))
    before = NOW - timedelta(minutes=5)
    store.assignments.dispatch(
        before, ticket, "damkar", plan(instance.routing, "damkar", before), 600.0, Actor("user", "siti")
    )
    findings = found(reach.channels, patient)
    assert [finding.code for finding in findings] == ["PUSH_LATE"]
    [push, *_] = store.assignments.claim(NOW, "escalate", 15.0, 1)
    store.assignments.attempted(
        push, "escalate", NOW, NOW, ok=False, detail="telepon tidak terdaftar", next_due=NOW + timedelta(minutes=1)
    )
    findings = found(reach.channels, patient)
    assert findings[0].sentence == f"dorongan ke {push.contact} lewat {push.channel} gagal: telepon tidak terdaftar"
    assert "0812" not in json.dumps([finding.sentence for finding in findings])


def test_an_emergency_that_nobody_sent(patient: Patient) -> None:
    """After the command centre's turn; before it the desks are at it."""
    store, actor = patient.store, Actor("user", "siti")
    assert store is not None
    for minutes in (1, 4):
        before = NOW - timedelta(minutes=minutes)
        number = store.tickets.create(before, "20261122", actor)
        store.tickets.update(before, number, {"kind": "emergency", "description": "kebakaran"}, actor)
        codes = [finding.code for finding in found(reach.unsent, patient)]
        assert codes == (["UNSENT_EMERGENCY"] if minutes == 4 else [])
    assert "2 laporan darurat belum dikirim" in found(reach.unsent, patient)[0].sentence


def test_contacts_that_the_last_test_did_not_reach(patient: Patient) -> None:
    """Named while that test is news; nothing while it is under way, nor when all were reached."""
    store = patient.store
    assert store is not None
    assert found(reach.contacts, patient) == []
    planned = [
        PlannedTest("bupati", None, "mobile", "placeholder", "nomor contoh"),
        PlannedTest("pusdalops", None, "page"),
    ]
    store.test_pushes.ask(NOW, planned, Actor("process", "cli"), timedelta(hours=1))
    assert found(reach.contacts, patient) == []
    (row,) = store.test_pushes.due(NOW)
    assert store.test_pushes.claim(NOW, "escalate", 10, row["id"])
    store.test_pushes.ended(NOW, row, "escalate", ok=True, detail="1 halaman bersuara", answer_until=None)
    (finding,) = found(reach.contacts, patient)
    assert (finding.code, finding.level) == ("CONTACT_UNREACHED", "warning")
    assert finding.sentence == "uji 1: 1 kontak tidak sampai lewat saluran mana pun: bupati"
    patient.now = NOW + timedelta(days=15)
    assert found(reach.contacts, patient) == []


def test_web_push_without_a_telephone(patient: Patient) -> None:
    """Agencies that use it and have no telephone subscribed, or telephones that are bound to a former key."""
    store, instance = patient.store, patient.instance
    assert store is not None and instance is not None
    routing = instance.routing
    contacts = {
        name: replace(contact, webpush=name in ("damkar.siaga", "pusdalops"))
        for name, contact in routing.contacts.items()
    }
    patient.instance = replace(instance, routing=replace(routing, contacts=contacts))
    (finding,) = found(reach.devices, patient)
    assert (finding.code, finding.level) == ("PUSH_NO_DEVICE", "warning")
    assert finding.sentence == "webpush: belum ada ponsel yang terdaftar untuk damkar, pusat komando"
    ours = public_key(secrets_file.ensure(patient.home).push_key)
    for user, opd, key in (("damkar", "damkar", ours), ("pusat", None, "kunci lama")):
        store.people.add(NOW, user, user, "opd" if opd else "command", opd, "-")
        store.sessions.open(NOW, user, user, NOW + timedelta(days=1))
        device = PushDevice(f"https://x/{user}", "x", "p", "a", key)
        store.push_devices.put(NOW, user, device, Actor("user", user))
    (finding,) = found(reach.devices, patient)
    assert (finding.code, finding.sentence[:17]) == ("PUSH_OLD_KEY", "webpush: 1 ponsel")


def test_the_command(edited: Edit) -> None:
    """Text for people, JSON for machines, and the exit status."""
    home = edited()
    shown = CliRunner().invoke(main, ["--home", str(home), "doctor"])
    assert shown.exit_code == 2, shown.output
    assert (
        "SALAH       ASTERISK_DOWN: Asterisk tidak berjalan: 112 tidak dijawab\n            → jalankan: "
        in shown.output
    )
    report = json.loads(CliRunner().invoke(main, ["--home", str(home), "doctor", "--json"]).output)
    assert (report["ok"], report["status"]) == (False, 2)
    assert [set(finding) for finding in report["findings"]] == [{"code", "level", "sentence", "remedy"}] * len(
        report["findings"]
    )
    assert {"STORE_MISSING", "TRUNK_LOCAL"} <= {finding["code"] for finding in report["findings"]}
    levels = [finding["level"] for finding in report["findings"]]
    assert levels == sorted(levels)
    assert not (home / "var" / "tanggap.db").exists()


def test_the_instance_is_whole(patient: Patient) -> None:
    """The instance that these tests call well is a real one."""
    assert isinstance(patient.instance, Instance)


def test_numbers_that_a_trunk_dials_and_that_are_not_ours(patient: Patient) -> None:
    """Each form of ours is silent; another number, or none, is named with its count; a call of our own phone is not."""
    assert patient.store is not None
    dialled = ["112", "+62112", "0291112", "999", "999", ""]
    for number, text in enumerate(dialled):
        new = NewCall(f"c{number}", None, "Tanpa nomor", True, False, text, trunk="telkom")
        patient.store.calls.arrive(NOW - timedelta(hours=1), "20261122", new)
    patient.store.calls.arrive(NOW, "20261122", NewCall("own", None, "x", True, False, "111"))
    [finding] = found(telephones.dialled, patient)
    assert (finding.code, finding.level) == ("DIALLED_UNEXPECTED", "warning")
    assert "999 (2 kali, trunk telkom), tanpa nomor (1 kali, trunk telkom)" in finding.sentence


def test_refused_calls_of_trunks_and_a_scan(patient: Patient) -> None:
    """Each kind of a trunk with its remedy; strangers only where they are a scan; nothing of yesterday."""
    assert patient.store is not None
    by = Actor("process", "steward")
    trunk = Tally("telkom", "10.0.0.2", "scheme", 416, "sip:112@us", 7)
    patient.store.refused.count(NOW - timedelta(hours=30), [trunk, Tally("", "x", "unknown", 401, "", 5000)], [], by)
    assert codes(refusals.of_trunks, patient) == codes(refusals.of_strangers, patient) == []
    patient.store.refused.count(NOW - timedelta(hours=2), [trunk, Tally("", "x", "unknown", 401, "", 999)], [], by)
    [finding] = found(refusals.of_trunks, patient)
    assert (finding.code, finding.level) == ("CALLS_REFUSED", "error")
    assert "7 panggilan dari trunk telkom (10.0.0.2)" in finding.sentence
    assert "urn:service:sos" in finding.remedy
    assert codes(refusals.of_strangers, patient) == []
    patient.store.refused.count(NOW, [Tally("", "y", "unknown", 401, "")], [], by)
    assert codes(refusals.of_strangers, patient) == ["STRANGERS_CALL"]
