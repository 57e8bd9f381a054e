"""Checks of calls that Asterisk itself refused."""

from __future__ import annotations

from datetime import timedelta

from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient
from tickets.refusals import REASONS

WITHIN = timedelta(hours=24)
# a stranger now and then is the internet; so many are a scan
SCAN = 1000


async def of_trunks(patient: Patient) -> list[Finding]:
    """Find calls from trunks' addresses that did not become any."""
    rows = patient.ask(lambda store: store.refused.of_trunks(patient.now - WITHIN)) or []
    return [
        bad(
            "CALLS_REFUSED",
            f"{row['times']} panggilan dari trunk {row['trunk']} ({row['far_end']}) ditolak dalam 24 jam: "
            f"{REASONS[row['reason']].sentence}" + (f", kode {row['status']}" if row["status"] else ""),
            REASONS[row["reason"]].remedy,
        )
        for row in rows
    ]


async def of_strangers(patient: Patient) -> list[Finding]:
    """Find a scan by strangers; none of it is answered."""
    row = patient.ask(lambda store: store.refused.of_strangers(patient.now - WITHIN))
    if row is None or row["times"] < SCAN:
        return []
    sentence = f"{row['times']} panggilan dari alamat yang bukan trunk dalam 24 jam (pemindaian SIP): semua ditolak"
    return [odd("STRANGERS_CALL", sentence, "batasi sip_port dengan firewall: hanya trunk dan jaringan kantor")]
