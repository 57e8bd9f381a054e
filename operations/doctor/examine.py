"""The list of checks, in the order of their findings; a new check is a function and a line here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from operations.doctor import (
    asterisk_checks,
    complaints,
    configuration,
    machine,
    processes,
    reach,
    records,
    refusals,
    telephones,
)
from operations.doctor.finding import Finding, odd
from operations.doctor.patient import Patient, admit

LIMIT_S = 20.0
Check = Callable[[Patient], Awaitable[list[Finding]]]

CHECKS: tuple[Check, ...] = (
    configuration.files,
    configuration.in_force,
    configuration.everywhere,
    machine.clock,
    machine.zone,
    machine.disk,
    machine.rights,
    machine.programs,
    records.store,
    records.backup,
    records.copies,
    records.search_index,
    records.prompts,
    complaints.handed_over,
    asterisk_checks.installed,
    asterisk_checks.running,
    asterisk_checks.foreign,
    asterisk_checks.modules,
    asterisk_checks.ports,
    asterisk_checks.link,
    telephones.operators,
    telephones.desks,
    telephones.trunks,
    telephones.registrations,
    telephones.codecs,
    telephones.dialled,
    refusals.of_trunks,
    refusals.of_strangers,
    processes.heartbeats,
    processes.restarting,
    processes.vitals,
    reach.certificate,
    reach.channels,
    reach.unsent,
    reach.contacts,
    reach.devices,
)


async def examine(home: Path, now: datetime) -> list[Finding]:
    """Run all checks on an instance; returns findings, errors first. A check that itself fails is a finding."""
    patient = await admit(home, now)
    try:
        findings = [finding for check in CHECKS for finding in await _guarded(check, patient)]
    finally:
        patient.close()
    return sorted(findings, key=lambda finding: finding.level != "error")


async def _guarded(check: Check, patient: Patient) -> list[Finding]:
    name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
    try:
        async with asyncio.timeout(LIMIT_S):
            return await check(patient)
    except Exception as error:
        sentence = f"pemeriksaan {name} gagal: {type(error).__name__}: {error}"
        return [odd("CHECK_FAILED", sentence, "laporkan kepada pembuat program")]


def status(findings: list[Finding]) -> int:
    """The exit status: 0 nothing, 1 warnings, 2 errors."""
    levels = {finding.level for finding in findings}
    return 2 if "error" in levels else 1 if levels else 0
