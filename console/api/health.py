"""Health of the console and the other processes: for scripts, for people, for Prometheus."""

import hmac
import shutil
from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from console.console import Console, console_of
from console.errors import NotAllowed
from console.live.live import LIVE
from console.live.snapshots import BEAT_LATE_S, PROCESSES, processes
from tickets.model import Row, from_text
from tickets.store import Store

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
LOCAL = ("localhost",)


async def health(request: web.Request) -> web.StreamResponse:
    """GET /health: 200 when the store can be read, and which processes are heard."""
    return web.json_response(await _state(console_of(request)))


async def ready(request: web.Request) -> web.StreamResponse:
    """GET /health/ready: 503 while a call would not get everything: a process or Asterisk is away."""
    state = await _state(console_of(request))
    return web.json_response(state, status=200 if state["ready"] else 503)


async def live(request: web.Request) -> web.StreamResponse:
    """GET /health/live: 200 when this process answers, whatever else is broken."""
    return web.json_response({"ok": True, "version": console_of(request).version})


async def _state(console: Console) -> Row:
    now = console.clock()
    beats = await console.store.read_short(lambda store: store.people.beats())
    rows = processes(beats, now)
    ages = {row["process"]: round((now - from_text(row["at"])).total_seconds(), 1) for row in beats}
    asterisk = any(row["process"] == "calls" and row["data"].get("asterisk") for row in beats)
    alive = {row["name"]: row["alive"] for row in rows}
    needed = all(alive[name] for name in PROCESSES)
    asterisk = asterisk and alive["calls"]
    return {
        "ok": True,
        "version": console.version,
        "processes": alive,
        "ready": needed and asterisk,
        "asterisk": asterisk,
        "heartbeat_age_s": ages,
        "late_after_s": BEAT_LATE_S,
    }


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /metrics: of all processes; counts only, nothing of a caller. For this machine, or with the token."""
    console = console_of(request)
    if not _may_measure(request, console):
        raise NotAllowed("metrik hanya untuk komputer ini, atau dengan token (tanggap metrics-token)")
    now = console.clock()
    midnight = console.setting.midnight(now)

    def read(store: Store) -> Row:
        unanswered, oldest = store.boards.unanswered()
        beats = store.people.beats()
        due, oldest_due = store.assignments.overdue(now)
        return {
            "stages": Tally(row["stage"] for row in store.calls.live()),
            "operators": Tally(row["live"] for row in store.people.presences()),
            "counts": store.boards.counts(midnight),
            "work": store.boards.work_count(),
            "unanswered": unanswered,
            "oldest_s": (now - from_text(oldest)).total_seconds() if oldest else 0.0,
            "due": due,
            "due_s": (now - from_text(oldest_due)).total_seconds() if oldest_due else 0.0,
            "unsent": _aged(store.unsent_board.summary(), now),
            "troubled": store.assignments.troubled_count(),
            "wadul": store.outbox.waiting(),
            "beats": {row["process"]: (now - from_text(row["at"])).total_seconds() for row in beats},
            "restarts": _restarts(beats),
            "journal": store.journal.last(),
        }

    text = _exposition(await console.store.read(read), request.app[LIVE].clients, console)
    text += _of_processes(await console.measured())
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _may_measure(request: web.Request, console: Console) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    given_token = given.encode("utf-8", "replace")
    if console.metrics_token and scheme.lower() == "bearer" and hmac.compare_digest(given_token, _token(console)):
        return True
    # behind a proxy everybody comes from this machine
    straight = not console.site.proxied and not any(name in request.headers for name in FORWARDED)
    return straight and _is_local(request.remote or "")


def _token(console: Console) -> bytes:
    return console.metrics_token.encode()


def _is_local(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address in LOCAL


def _aged(summary: tuple[int, str | None], now: datetime) -> tuple[int, float]:
    """A count with the age of the oldest in seconds."""
    count, oldest = summary
    return count, (now - from_text(oldest)).total_seconds() if oldest else 0.0


def _restarts(beats: Iterable[Row]) -> dict[str, int]:
    counted = next((row["data"].get("restarts") for row in beats if row["process"] == "steward"), None)
    return counted if isinstance(counted, dict) else {}


def _exposition(figures: Row, pages: int, console: Console) -> bytes:
    registry = CollectorRegistry()
    _labelled(registry, "tanggap_calls_live", "Calls in progress by stage", "stage", figures["stages"])
    _labelled(registry, "tanggap_operators", "Operators by state", "state", figures["operators"])
    _labelled(registry, "tanggap_calls_today", "Calls since midnight by outcome", "outcome", figures["counts"]["calls"])
    finished = figures["counts"]["finished"]
    _labelled(registry, "tanggap_tickets_finished_today", "Finished tickets of today by kind", "kind", finished)
    _labelled(registry, "tanggap_heartbeat_age_seconds", "Age of a process's heartbeat", "process", figures["beats"])
    restarts = "Times that the supervisor has started a process again"
    _labelled(registry, "tanggap_process_restarts", restarts, "process", figures["restarts"])
    _plain(registry, "tanggap_tickets_in_work", "Tickets somebody has to do something for", figures["work"])
    _plain(registry, "tanggap_assignments_unanswered", "Assignments no agency has answered", figures["unanswered"])
    _plain(registry, "tanggap_oldest_unanswered_seconds", "Age of the oldest of them", figures["oldest_s"])
    unsent, unsent_s = figures["unsent"]
    _plain(registry, "tanggap_unsent_emergencies", "Emergencies that nobody has sent to an agency", unsent)
    _plain(registry, "tanggap_oldest_unsent_seconds", "Age of the oldest of them", unsent_s)
    _plain(registry, "tanggap_pushes_due", "Pushes that are due and not sent yet", figures["due"])
    _plain(registry, "tanggap_pushes_oldest_due_seconds", "How late the oldest of them is", figures["due_s"])
    _plain(registry, "tanggap_pushes_troubled", "Pushes whose last attempt failed", figures["troubled"])
    waiting, dead = figures["wadul"]
    _plain(registry, "tanggap_wadul_waiting", "Hand-overs that the government's application has not taken", waiting)
    _plain(registry, "tanggap_wadul_dead_letters", "Those of them that are not tried any more", dead)
    _plain(registry, "tanggap_journal_rows", "The newest journal row", figures["journal"])
    _plain(registry, "tanggap_pages_connected", "Pages on the live socket", pages)
    if console.var is not None:
        disk = shutil.disk_usage(console.var)
        _plain(registry, "tanggap_disk_free_bytes", "Free space where the store is", disk.free)
        _plain(registry, "tanggap_disk_size_bytes", "Size of that disk", disk.total)
    return generate_latest(registry)


def _of_processes(texts: Mapping[str, bytes]) -> bytes:
    """The processes' own metrics under one name each, told apart by the label `process`."""
    merged: dict[str, Metric] = {}
    for process, text in texts.items():
        for family in text_string_to_metric_families(text.decode()):
            metric = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            metric.samples += [each._replace(labels={"process": process, **each.labels}) for each in family.samples]
    registry = CollectorRegistry()
    registry.register(_Merged(list(merged.values())))
    return generate_latest(registry) if merged else b""


class _Merged:
    """A collector of families that other processes measured."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        """The families."""
        return self._families


def _labelled(registry: CollectorRegistry, name: str, meaning: str, label: str, values: Mapping[str, float]) -> None:
    gauge = Gauge(name, meaning, [label], registry=registry)
    for word, value in values.items():
        gauge.labels(word).set(value)


def _plain(registry: CollectorRegistry, name: str, meaning: str, value: float) -> None:
    Gauge(name, meaning, registry=registry).set(value)
