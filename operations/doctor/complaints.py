"""Check of complaints that the government's own application should take over."""

from __future__ import annotations

from operations.doctor.finding import Finding, bad
from operations.doctor.patient import Patient

MOST = 5


async def handed_over(patient: Patient) -> list[Finding]:
    """Find dead letters: deliveries that are no longer tried after `wadul.give_up`."""
    dead = patient.ask(lambda store: store.outbox.dead()) or []
    if not dead:
        return []
    some = ", ".join(dead[:MOST]) + (", …" if len(dead) > MOST else "")
    sentence = f"{len(dead)} aduan tidak diterima aplikasi pemerintah dan tidak dicoba lagi: {some}"
    return [bad("WADUL_UNDELIVERED", sentence, "tanggap wadul show NOMOR menyebut sebabnya; lalu tanggap wadul resend")]
