"""Measures of a process's duties."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from processes.duties import Duties


class DutyCollector(Collector):
    """Reads the duties at each request for the metrics."""

    def __init__(self, duties: Duties) -> None:
        self._duties = duties

    def collect(self) -> Iterator[Metric]:
        """Measures of each duty: its health, its seconds without moving, its failures and hangs."""
        up = GaugeMetricFamily("tanggap_duty_up", "1 while a duty moves and does not fail", labels=["duty"])
        silent = GaugeMetricFamily("tanggap_duty_silent_seconds", "Since when a duty has not moved", labels=["duty"])
        failures = CounterMetricFamily("tanggap_duty_failures", "Errors after which a duty began anew", labels=["duty"])
        hangs = CounterMetricFamily("tanggap_duty_hangs", "How often a duty did not move in time", labels=["duty"])
        for duty in self._duties:
            up.add_metric([duty.name], float(not duty.trouble))
            silent.add_metric([duty.name], duty.silent_s)
            failures.add_metric([duty.name], duty.failures)
            hangs.add_metric([duty.name], duty.hangs)
        yield from (up, silent, failures, hangs)
