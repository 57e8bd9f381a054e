"""Checks of our own processes: alive, steady, quick."""

from __future__ import annotations

import json
from datetime import timedelta

from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient
from processes.vitals import answers, starts

LATE_S = 10.0
OFTEN, SPAN = 3, timedelta(minutes=10)
SLOW_S = 1.0
NAMES = {
    "calls": "panggilan dijawab jalur cadangan",
    "agi": "bila proses panggilan mati, hanya Asterisk yang menjawab",
    "escalate": "OPD tidak didorong",
    "console": "halaman tidak bisa dibuka",
}
START = "jalankan: tanggap up (atau systemctl start tanggap.target)"


async def heartbeats(patient: Patient) -> list[Finding]:
    """Find processes without a recent heartbeat; one finding where the whole line is down."""
    if not patient.database.exists():
        return []
    ages = {name: patient.age_s(name) for name in NAMES}
    silent = {name: age for name, age in ages.items() if age is None or age > LATE_S}
    if len(silent) == len(NAMES):
        return [bad("LINE_DOWN", "tidak satu pun proses berjalan: 112 hanya dijawab Asterisk, bila ia hidup", START)]
    findings = []
    for name, age in silent.items():
        heard = "belum pernah terdengar" if age is None else f"terakhir terdengar {age:.0f} detik lalu"
        remedy = f"lihat {patient.var / 'log' / f'{name}.err'}; proses dimulai lagi sendiri bila tanggap up berjalan"
        findings.append(bad("HEARTBEAT_OLD", f"proses {name} tidak hidup ({heard}): {NAMES[name]}", remedy))
    steward = patient.age_s("steward")
    if steward is None or steward > LATE_S:
        sentence = "tidak ada penjaga: proses yang mati tidak dimulai lagi oleh tanggap up"
        findings.append(odd("NO_STEWARD", sentence, START))
    return findings


async def restarting(patient: Patient) -> list[Finding]:
    """Find a process that ends again and again."""
    findings = []
    for name in (*NAMES, "asterisk", "steward"):
        times = starts.read(patient.var / "run", name).within(patient.now, SPAN)
        if times >= OFTEN:
            sentence = f"{name} dimulai {times} kali dalam {SPAN // timedelta(minutes=1)} menit terakhir"
            findings.append(
                odd("PROCESS_RESTARTING", sentence, f"sebabnya ada di {patient.var / 'log' / f'{name}.err'}")
            )
    return findings


async def vitals(patient: Patient) -> list[Finding]:
    """Check what running processes report of themselves: a slow loop, a refusing store, duties that fail."""
    findings = []
    for name in (*NAMES, "steward"):
        text = await answers.ask(answers.socket_of(patient.var, name), "/health")
        if text is None:
            continue
        health = json.loads(text)
        if health["loop_lag_s"] > SLOW_S:
            sentence = f"proses {name} tersendat: {health['loop_lag_s']:.1f} detik dalam setengah menit terakhir"
            findings.append(odd("PROCESS_SLOW", sentence, "komputer terlalu sibuk? lihat: top, iostat"))
        if health["store"]["error"]:
            sentence = f"proses {name} tidak bisa menulis: {health['store']['error']}"
            findings.append(bad("STORE_REFUSES", sentence, "periksa cakram (temuan DISK_… di atas atau di bawah)"))
        log = health.get("process", name)  # `tanggap up` answers for the steward, and has a log of its own
        for duty, trouble in health.get("duties", {}).items():
            remedy = f"sebabnya ada di {patient.var / 'log' / f'{log}.log'} (duty.hung, duty.failed)"
            findings.append(bad("DUTY_STUCK", f"proses {name}, tugas {duty}: {trouble}", remedy))
    return findings
