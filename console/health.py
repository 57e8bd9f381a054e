"""Whether the console and the others are alive: for scripts, for people, for Prometheus."""

from collections import Counter as Tally

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from console.desk import desk_of
from console.live import LIVE
from console.snapshots import processes
from tickets.model import Row, from_text
from tickets.store import Store


async def health(request: web.Request) -> web.StreamResponse:
    """GET /health: 200 when the store can be read, and which processes are heard."""
    desk = desk_of(request)
    rows = await desk.store.read(lambda store: processes(store, desk.clock()))
    return web.json_response(
        {"ok": True, "version": desk.version, "processes": {row["name"]: row["alive"] for row in rows}}
    )


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /metrics: counts only, nothing of a caller."""
    desk = desk_of(request)
    now = desk.clock()
    midnight = desk.setting.midnight(now)

    def read(store: Store) -> Row:
        unanswered, oldest = store.boards.unanswered()
        return {
            "stages": Tally(row["stage"] for row in store.calls.live()),
            "operators": Tally(row["live"] for row in store.people.presences()),
            "counts": store.boards.counts(midnight),
            "work": store.boards.work_count(),
            "unanswered": unanswered,
            "oldest_s": (now - from_text(oldest)).total_seconds() if oldest else 0.0,
            "troubled": len(store.assignments.troubled()),
            "beats": {row["process"]: (now - from_text(row["at"])).total_seconds() for row in store.people.beats()},
        }

    text = _exposition(await desk.store.read(read), request.app[LIVE].clients)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _exposition(found: Row, pages: int) -> bytes:
    registry = CollectorRegistry()
    _labelled(registry, "tanggap_calls_live", "Calls in progress by stage", "stage", found["stages"])
    _labelled(registry, "tanggap_operators", "Operators by state", "state", found["operators"])
    _labelled(registry, "tanggap_calls_today", "Calls since midnight by outcome", "outcome", found["counts"]["calls"])
    finished = found["counts"]["finished"]
    _labelled(registry, "tanggap_tickets_finished_today", "Finished tickets of today by kind", "kind", finished)
    _labelled(registry, "tanggap_heartbeat_age_seconds", "Age of a process's heartbeat", "process", found["beats"])
    _plain(registry, "tanggap_tickets_in_work", "Tickets somebody has to do something for", found["work"])
    _plain(registry, "tanggap_assignments_unanswered", "Assignments no agency has answered", found["unanswered"])
    _plain(registry, "tanggap_oldest_unanswered_seconds", "Age of the oldest of them", found["oldest_s"])
    _plain(registry, "tanggap_pushes_troubled", "Pushes whose last attempt failed", found["troubled"])
    _plain(registry, "tanggap_pages_connected", "Pages on the live socket", pages)
    return generate_latest(registry)


def _labelled(registry: CollectorRegistry, name: str, what: str, label: str, values: dict[str, float]) -> None:
    gauge = Gauge(name, what, [label], registry=registry)
    for word, value in values.items():
        gauge.labels(word).set(value)


def _plain(registry: CollectorRegistry, name: str, what: str, value: float) -> None:
    Gauge(name, what, registry=registry).set(value)
