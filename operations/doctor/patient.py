"""The instance under examination; answers that several checks need are asked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from asterisk.errors import LaunchError
from asterisk.launch import Asterisk, Status
from instance import Instance, editions
from instance.examination import check
from instance.problems import ConfigErrors, Problem
from operations.phone_system import phone_system
from tickets.errors import TicketError
from tickets.model import Row
from tickets.store import Store
from tickets.store.examination import damage, schema

T = TypeVar("T")


@dataclass(slots=True)
class Patient:
    """An instance at one moment; a part that cannot be asked is None, and its own check says why."""

    home: Path
    now: datetime
    instance: Instance | None = None
    problems: list[Problem] = field(default_factory=list)
    asterisk: Asterisk | None = None
    no_asterisk: str = ""
    status: Status = field(default_factory=lambda: Status(False))
    store: Store | None = None
    no_store: str = ""
    damage: list[str] = field(default_factory=list)
    unknown_steps: list[str] = field(default_factory=list)
    missing_steps: list[str] = field(default_factory=list)
    beats: dict[str, Row] = field(default_factory=dict)

    @property
    def var(self) -> Path:
        """The folder in which the instance writes."""
        return self.home / "var"

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.var / "tanggap.db"

    def age_s(self, process: str) -> float | None:
        """Age of a process's last heartbeat in seconds; None when there never was one."""
        row = self.beats.get(process)
        return None if row is None else (self.now - datetime.fromisoformat(row["at"])).total_seconds()

    def ask(self, question: Callable[[Store], T]) -> T | None:
        """Read from the store; None where that fails."""
        if self.store is None:
            return None
        try:
            return question(self.store)
        except Exception as error:  # a damaged file raises any exception; the store's own check reports it
            self.no_store = self.no_store or str(error)
            return None

    def close(self) -> None:
        """Close the store."""
        if self.store is not None:
            self.store.close()


async def admit(home: Path, now: datetime) -> Patient:
    """Ask everything that the checks need; changes nothing."""
    patient = Patient(home, now, problems=check(home))
    await asyncio.to_thread(_look_at_store, patient.database, patient)
    await _look_at_asterisk(patient)
    _open_store(patient)
    return patient


async def _look_at_asterisk(patient: Patient) -> None:
    try:
        patient.instance = editions.present(patient.home, secrets=False)
    except ConfigErrors:
        return
    try:
        patient.asterisk = phone_system(patient.instance)
        patient.status = await patient.asterisk.status()
    except LaunchError as error:
        patient.no_asterisk = str(error)


def _look_at_store(path: Path, patient: Patient) -> None:
    if path.exists():
        patient.damage = damage(path)
        if not patient.damage:
            patient.unknown_steps, patient.missing_steps = schema(path)


def _open_store(patient: Patient) -> None:
    """Open the store unless that would change it: only a sound one of this program's version."""
    if not patient.database.exists():
        return
    if not patient.damage and not patient.missing_steps:
        try:
            patient.store = Store(patient.database)
        except TicketError as error:
            patient.no_store = str(error)
        except Exception as error:
            patient.no_store = f"{type(error).__name__}: {error}"
    patient.beats = {row["process"]: row for row in patient.ask(lambda store: store.people.beats()) or []}
