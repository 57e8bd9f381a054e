"""Measures of the call service, beside those that every process has."""

from ivr.state import STAGES
from line.service import CallService
from processes.vitals.measures import Vitals

ARRIVAL_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def measure(service: CallService, vitals: Vitals) -> None:
    """Register the measures: calls in hand by stage, latency of arrivals, links to Asterisk, journal."""

    def at(stage: str) -> float:
        return sum(runner.state.stage == stage for runner in service.runners.values())

    for stage in STAGES:
        calls = "Calls that this process serves, by stage"
        vitals.gauge("tanggap_calls_in_hand", calls, lambda stage=stage: at(stage), stage=stage)  # type: ignore[misc]
    up = "1 while Asterisk is connected"
    vitals.gauge("tanggap_asterisk_connected", up, lambda: float(service.ari.connected), link="ari")
    vitals.gauge("tanggap_asterisk_connected", up, lambda: float(service.ami.connected), link="ami")
    vitals.gauge("tanggap_journal_seen", "Last journal row that was followed", lambda: service.followed)
    arrival = "Seconds from Asterisk's word of a call until call and ticket are durable"
    service.on_beat = vitals.beat
    service.on_arrival = vitals.histogram("tanggap_arrival_seconds", arrival, ARRIVAL_BUCKETS).observe
