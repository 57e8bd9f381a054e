"""Checks of telephones: operators, desks, trunks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from asterisk.callers.dialled import is_meant
from asterisk.trunks.rendering import contacts
from instance import secrets_file
from instance.secrets_file import NO_SECRETS
from ivr.hours import decide
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient
from operations.trunks import trying
from operations.trunks.asking import ANSWER_S, ask
from tickets.routing import desk_accounts

DIALLED_WITHIN, MOST = timedelta(hours=24), 5
SHORT = "daftarkan aplikasi teleponnya; caranya di halaman operator, «Cara mendaftar»"


async def operators(patient: Patient) -> list[Finding]:
    """Find that there is no operator, or none whose telephone is registered."""
    if patient.store is None or patient.instance is None:
        return []
    names = [row["name"] for row in patient.ask(lambda store: store.people.operators()) or []]
    if not names:
        add = 'tanggap user add siti --role operator --name "Siti Aminah"'
        return [bad("NO_OPERATOR", "belum ada operator: tidak ada yang bisa menjawab panggilan", add)]
    if not patient.status.running:
        return []
    registered = {phone.account for phone in patient.status.contacts if phone.state != "Unavail"}
    findings = []
    if not registered & set(names):
        is_open = decide(patient.instance.hours, patient.now, until=False).open
        sentence = "tidak satu pun telepon operator terdaftar: panggilan tidak bisa berdering di mana pun"
        findings.append((bad if is_open else odd)("NO_PHONE", sentence, SHORT))
    return findings


async def desks(patient: Patient) -> list[Finding]:
    """Find desk phones of agencies that ladders ring and that are not registered."""
    if patient.instance is None or not patient.status.running:
        return []
    registered = {phone.account for phone in patient.status.contacts if phone.state != "Unavail"}
    wanted = set(desk_accounts(patient.instance.routing))
    missing = sorted(wanted - registered)
    if not missing:
        return []
    sentence = f"telepon meja OPD tidak terdaftar: {', '.join(missing)}; dorongan telepon ke sana gagal"
    return [odd("DESK_PHONE_MISSING", sentence, "daftarkan dengan: tanggap user sip NAMA")]


async def trunks(patient: Patient) -> list[Finding]:
    """Find contacts of trunks that do not answer SIP OPTIONS, and a site that only this machine can call."""
    if patient.instance is None:
        return []
    known = patient.instance.site.asterisk.trunks
    findings = []
    if all(match.startswith("127.") for trunk in known for match in trunk.match):
        sentence = "hanya komputer ini bisa menelepon 112: tidak ada trunk operator telekomunikasi"
        findings.append(odd("TRUNK_LOCAL", sentence, "tulis alamat SBC di asterisk.trunks, site.yaml"))
    asked = [(trunk, uri) for trunk in known for _, uri in contacts(trunk)]
    replies = await asyncio.gather(*(ask(uri) for _, uri in asked))
    for (trunk, uri), reply in zip(asked, replies, strict=True):
        if reply is None:
            sentence = f"trunk {trunk.name} ({uri}) tidak menjawab SIP OPTIONS dalam {ANSWER_S:g} detik"
            remedy = "periksa jaringan, VPN dan firewall ke alamat itu; ada SBC yang memang tidak menjawab OPTIONS"
            findings.append(odd("TRUNK_UNREACHABLE", sentence, remedy))
    return findings


async def registrations(patient: Patient) -> list[Finding]:
    """Find trunks that their carrier does not let in, or whose password nobody has kept."""
    if patient.instance is None:
        return []
    known = [trunk for trunk in patient.instance.site.asterisk.trunks if trunk.outgoing.user]
    kept = secrets_file.present(patient.home, NO_SECRETS).trunks if known else {}
    findings = []
    for trunk in known:
        if trunk.name not in kept:
            sentence = f"kata sandi trunk {trunk.name} belum disimpan: operator akan menolak"
            findings.append(bad("TRUNK_PASSWORD_MISSING", sentence, f"tanggap secrets trunk {trunk.name}"))
        elif patient.asterisk is not None and patient.status.running:
            for step in await trying.registration(trunk, patient.asterisk):
                if step.ok is False:
                    findings.append(bad("TRUNK_UNREGISTERED", step.sentence, f"tanggap trunk test {trunk.name}"))
    return findings


async def codecs(patient: Patient) -> list[Finding]:
    """Find codecs of trunks of which this Asterisk cannot make sound."""
    if patient.instance is None or patient.asterisk is None or not patient.status.running:
        return []
    findings = []
    for trunk in patient.instance.site.asterisk.trunks:
        lacking = await trying.uncarried(trunk.codecs, patient.asterisk)
        if lacking:
            sentence = f"trunk {trunk.name}: Asterisk ini tidak bisa membawa {', '.join(lacking)}; tidak ditawarkan"
            remedy = "hapus dari codecs trunk itu, atau pasang modul codecnya"
            findings.append((bad if len(lacking) == len(trunk.codecs) else odd)("TRUNK_CODEC", sentence, remedy))
    return findings


async def dialled(patient: Patient) -> list[Finding]:
    """Find numbers that a trunk hands on and that are not among ours: they are answered all the same."""
    if patient.instance is None:
        return []
    site = patient.instance.site
    rows = patient.ask(lambda store: store.calls.dialled(patient.now - DIALLED_WITHIN)) or []
    numbers = site.asterisk.numbers
    other = [row for row in rows if not is_meant(row["dialled"], numbers, site.country_code, site.area_code)]
    if not other:
        return []
    parts = [f"{row['dialled'] or 'tanpa nomor'} ({row['calls']} kali, trunk {row['trunk']})" for row in other[:MOST]]
    sentence = f"dalam 24 jam dihubungi juga {', '.join(parts)}: tidak ada di asterisk.numbers, tetap dijawab"
    remedy = "bila memang untuk 112, tambahkan di asterisk.numbers; bila tidak, tanyakan operator telekomunikasi"
    return [odd("DIALLED_UNEXPECTED", sentence, remedy)]
