"""Checks of the three YAML files and of the edition in force."""

from __future__ import annotations

from datetime import timedelta

from instance import agreement, editions
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient

MEND = "perbaiki baris itu, lalu: tanggap check"
# a process that still runs another edition after so long is reported
LATE_S = 10.0
RESTART = "jalankan ulang seluruh 112: tanggap up, atau systemctl restart tanggap.target"


async def files(patient: Patient) -> list[Finding]:
    """Report every problem that `tanggap check` finds."""
    return [
        odd("CONFIG_WARNING", str(problem), "boleh dibiarkan bila memang begitu maksudnya")
        if problem.warning
        else bad("CONFIG_ERROR", str(problem), MEND)
        for problem in patient.problems
    ]


async def in_force(patient: Patient) -> list[Finding]:
    """Find edits that were refused and changes of site.yaml that wait for a restart."""
    kinds = ("config.accepted", "config.refused", "config.restart_needed", "config.followed")
    newest = patient.ask(lambda store: store.boards.newest(*kinds))
    started = patient.beats.get("calls")
    if newest is None or started is None:
        return []
    kind, data = newest["kind"], newest["data"]
    if kind == "config.refused" or data.get("refused"):
        sentence = "perubahan konfigurasi terakhir ditolak; yang dipakai masih yang lama"
        return [bad("CONFIG_REFUSED", sentence, MEND)]
    waiting = data.get("waiting") or (data.get("problems", []) if kind == "config.restart_needed" else [])
    return [odd("CONFIG_WAITS", str(sentence), RESTART) for sentence in waiting]


async def everywhere(patient: Patient) -> list[Finding]:
    """Find processes, or Asterisk's fail-safe, that do not run the edition in force."""
    newest = patient.ask(lambda store: store.boards.newest("config.not_in_force", "config.in_force", "config.followed"))
    journalled = newest["data"].get("problems", []) if newest and newest["kind"] == "config.not_in_force" else []
    current = editions.current(patient.home)
    fresh = current is not None and current.age(patient.now) < timedelta(seconds=LATE_S)
    number = current.number if current else 0
    seen = () if fresh else agreement.behind(patient.beats.values(), number, patient.now).values()
    log = patient.var / "log"
    remedy = f"dicoba lagi sendiri; sebabnya ada di {log}. Bila tetap begitu, jalankan ulang proses itu"
    return [bad("CONFIG_NOT_IN_FORCE", str(sentence), remedy) for sentence in dict.fromkeys((*journalled, *seen))]
