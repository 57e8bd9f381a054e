"""The three YAML files, and which of them is in force."""

from __future__ import annotations

from tanggap.doctor.finding import Finding, bad, odd
from tanggap.doctor.patient import Patient

MEND = "perbaiki baris itu, lalu: tanggap check"


async def files(patient: Patient) -> list[Finding]:
    """Every problem that `tanggap check` finds."""
    return [
        odd("CONFIG_WARNING", str(one), "boleh dibiarkan bila memang begitu maksudnya")
        if one.warning
        else bad("CONFIG_ERROR", str(one), MEND)
        for one in patient.problems
    ]


async def in_force(patient: Patient) -> list[Finding]:
    """A wrong edit is not taken up, and a change of site.yaml waits for a restart."""
    kinds = ("config.accepted", "config.refused", "config.restart_needed")
    newest = patient.ask(lambda store: store.boards.newest(*kinds))
    started = patient.beats.get("calls")
    if newest is None or started is None:
        return []
    if newest["kind"] == "config.refused":
        sentence = "perubahan konfigurasi terakhir ditolak; yang dipakai masih yang lama"
        return [bad("CONFIG_REFUSED", sentence, MEND)]
    return []
