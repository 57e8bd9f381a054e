"""Checks of the ways to people: certificate, channels, contacts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from instance import secrets_file
from instance.secrets_file import NO_SECRETS
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient
from operations.tls import WILDCARDS, Chain, TlsError, read
from tickets.escalation.contact_tests import summary
from tickets.model import from_text
from tickets.web_push import public_key

SOON = timedelta(days=21)
UNSENT_S = 180.0
LATE_S = 30.0
TEST_COUNTS = timedelta(days=14)
MOST = 10


async def certificate(patient: Patient) -> list[Finding]:
    """Find an own certificate that cannot be used or ends soon, and pages in the office network without HTTPS."""
    if patient.instance is None:
        return []
    site = patient.instance.site
    if site.tls is None:
        return _without(site.console.bind, site.console.public_url)
    if not site.tls.certificate:
        return []  # a certificate of ours is renewed automatically
    chain = Chain(patient.home / site.tls.certificate, patient.home / site.tls.key, own=True)
    try:
        chain.context()
        end, _ = read(chain.certificate)
    except TlsError as error:
        remedy = "perbaiki tls di site.yaml; sementara itu dipakai sertifikat buatan program"
        return [bad("TLS_UNUSABLE", str(error), remedy)]
    return _ends(chain.certificate, (end - patient.now) / timedelta(days=1), patient.now > end)


def _ends(path: Path, days: float, over: bool) -> list[Finding]:
    remedy = "perbarui sertifikatnya; berkas baru dipakai sendiri dalam satu menit"
    if over:
        return [bad("TLS_EXPIRED", f"sertifikat {path} sudah tidak berlaku", remedy)]
    if days < SOON / timedelta(days=1):
        return [odd("TLS_EXPIRES", f"sertifikat {path} berlaku {days:.0f} hari lagi", remedy)]
    return []


def _without(bind: str, url: str) -> list[Finding]:
    local = bind not in WILDCARDS and (bind.startswith("127.") or bind in ("localhost", "::1"))
    if local or url.startswith("https://"):
        return []
    sentence = "halaman dibuka di jaringan tanpa HTTPS: kata sandi dan laporan bisa disadap"
    return [bad("TLS_NONE", sentence, 'tulis "tls: {generated: ya}" di site.yaml')]


async def channels(patient: Patient) -> list[Finding]:
    """Find pushes that fail, one finding for each contact and channel, and pushes that are late."""
    rows = patient.ask(lambda store: store.assignments.troubled()) or []
    failing = {(row["contact"], row["channel"]): row["last_error"] for row in rows}
    findings = [
        bad("PUSH_FAILING", f"dorongan ke {contact} lewat {channel} gagal: {error}", "periksa saluran itu; telepon OPD")
        for (contact, channel), error in sorted(failing.items())[:MOST]
    ]
    due, oldest = patient.ask(lambda store: store.assignments.overdue(patient.now)) or (0, None)
    late_s = (patient.now - from_text(oldest)).total_seconds() if oldest else 0.0
    if late_s > LATE_S:
        sentence = f"{due} dorongan terlambat, yang tertua {late_s:.0f} detik"
        findings.append(bad("PUSH_LATE", sentence, "periksa proses escalate (temuan HEARTBEAT_OLD)"))
    return findings


async def unsent(patient: Patient) -> list[Finding]:
    """Find emergencies that nobody has sent to an agency for longer than the command centre's turn."""
    count, oldest = patient.ask(lambda store: store.unsent_board.summary()) or (0, None)
    waits_s = (patient.now - from_text(oldest)).total_seconds() if oldest else 0.0
    if waits_s <= UNSENT_S:
        return []
    sentence = f"{count} laporan darurat belum dikirim ke OPD mana pun, yang tertua {waits_s / 60:.0f} menit"
    return [bad("UNSENT_EMERGENCY", sentence, "buka Pantau, lalu kirim atau tulis mengapa tidak")]


async def devices(patient: Patient) -> list[Finding]:
    """Find agencies with web push that have no telephone subscribed, or one by our former key."""
    if patient.instance is None:
        return []
    wanted = {contact.opd for contact in patient.instance.routing.contacts.values() if contact.webpush}
    rows = patient.ask(lambda store: store.push_devices.counts(patient.now))
    if not wanted or rows is None:
        return []
    missing = sorted(opd or "pusat komando" for opd in wanted - {row["opd"] for row in rows})
    findings = []
    if missing:
        sentence = f"webpush: belum ada ponsel yang terdaftar untuk {', '.join(missing[:MOST])}"
        remedy = "buka halamannya di ponsel petugas, «Mulai tugas», izinkan pemberitahuan; perlu HTTPS"
        findings.append(odd("PUSH_NO_DEVICE", sentence, remedy))
    if old := sum(row["devices"] for row in rows if row["server_key"] != _push_key(patient)):
        sentence = f"webpush: {old} ponsel masih terdaftar dengan kunci lama dan tidak terjangkau"
        findings.append(odd("PUSH_OLD_KEY", sentence, "buka halaman OPD sekali di ponsel itu"))
    return findings


def _push_key(patient: Patient) -> str:
    known = secrets_file.present(patient.home, NO_SECRETS).push_key
    return public_key(known) if known else ""


async def contacts(patient: Patient) -> list[Finding]:
    """Find contacts that the last test did not reach by any channel; a test counts for two weeks."""
    run = patient.ask(lambda store: store.test_pushes.last_run())
    rows = patient.ask(lambda store: store.test_pushes.of_run(run)) if run else None
    if not rows:
        return []
    report = summary(rows, {}, patient.now)
    if not report["done"] or patient.now - from_text(report["asked_at"]) > TEST_COUNTS:
        return []
    names = report["unreached"]
    if not names:
        return []
    more = f" dan {len(names) - MOST} lainnya" if len(names) > MOST else ""
    sentence = f"uji {run}: {len(names)} kontak tidak sampai lewat saluran mana pun: {', '.join(names[:MOST])}{more}"
    return [odd("CONTACT_UNREACHED", sentence, "tanggap page-test --report; perbaiki kontaknya, lalu uji lagi")]
