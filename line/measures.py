"""What the calls process measures beside its loop and its store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.state import STAGES
from processes.vitals.measures import Vitals

if TYPE_CHECKING:
    from line.service import CallService

ARRIVAL_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def measure(service: CallService, vitals: Vitals) -> None:
    """Calls in hand by stage, arrivals and their latency, the links to Asterisk, the journal."""

    def at(stage: str) -> float:
        return sum(runner.state.stage == stage for runner in service.runners.values())

    for stage in STAGES:
        what = "Calls that this process serves, by stage"
        vitals.gauge("tanggap_calls_in_hand", what, lambda stage=stage: at(stage), stage=stage)  # type: ignore[misc]
    up = "1 while Asterisk is connected"
    vitals.gauge("tanggap_asterisk_connected", up, lambda: float(service.ari.connected), link="ari")
    vitals.gauge("tanggap_asterisk_connected", up, lambda: float(service.ami.connected), link="ami")
    vitals.gauge("tanggap_journal_seen", "Last journal row that was followed", lambda: service.followed)
    arrival = "Seconds from Asterisk's word of a call until call and ticket are durable"
    service.on_beat = vitals.beat
    service.on_arrival = vitals.histogram("tanggap_arrival_seconds", arrival, ARRIVAL_BUCKETS).observe
