"""The routes for machines: health and metrics."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from console.site import ConsoleSite
from tests.console.desk112 import RunningConsole
from tickets.model import Actor
from tickets.store import Store

CALLS = b"""# HELP tanggap_event_loop_lag_seconds Longest delay
# TYPE tanggap_event_loop_lag_seconds gauge
tanggap_event_loop_lag_seconds 0.25
# HELP tanggap_arrival_seconds From
# TYPE tanggap_arrival_seconds histogram
tanggap_arrival_seconds_bucket{le="0.005"} 3.0
tanggap_arrival_seconds_bucket{le="+Inf"} 4.0
tanggap_arrival_seconds_count 4.0
tanggap_arrival_seconds_sum 0.09
"""
AGI = b"""# HELP tanggap_event_loop_lag_seconds Longest delay
# TYPE tanggap_event_loop_lag_seconds gauge
tanggap_event_loop_lag_seconds 0.5
"""


async def beats(desk: RunningConsole, *names: str, asterisk: bool = True) -> None:
    """These processes say that they live."""

    def say(store: Store) -> None:
        for name in names:
            store.people.beat(desk.clock.now, name, 1, {"asterisk": asterisk})

    await desk.store.write(say)


async def test_health_names_the_processes_and_the_version(desk: RunningConsole) -> None:
    """No login, nothing of a caller; readiness stands in it, liveness is its status."""
    await beats(desk, "calls")
    desk.clock.now += timedelta(seconds=3)
    status, answer = await desk.ask(None, "GET", "/health")
    assert (200, {
        "ok": True, "version": desk.console.version, "processes": {"calls": True, "agi": False, "escalate": False},
        "ready": False, "asterisk": True, "heartbeat_age_s": {"calls": 3.0}, "late_after_s": 10.0,
    }) == (status, answer)  # fmt: skip


async def test_ready_is_503_until_everything_lives(desk: RunningConsole) -> None:
    """A process without a heartbeat, an old heartbeat and an Asterisk that is away: not ready, and yet alive."""
    assert (await desk.ask(None, "GET", "/health/ready"))[0] == 503
    await beats(desk, "calls", "agi", "escalate", asterisk=False)
    status, answer = await desk.ask(None, "GET", "/health/ready")
    assert (status, answer["asterisk"], answer["processes"]["calls"]) == (503, False, True)
    await beats(desk, "calls", "agi", "escalate")
    assert (await desk.ask(None, "GET", "/health/ready"))[0] == 200
    desk.clock.now += timedelta(seconds=11)
    assert (await desk.ask(None, "GET", "/health/ready"))[0] == 503
    assert (await desk.ask(None, "GET", "/health"))[0] == 200
    assert await desk.ask(None, "GET", "/health/live") == (200, {"ok": True, "version": desk.console.version})


async def scrape(desk: RunningConsole, **headers: str) -> tuple[int, str]:
    """Status and text of /metrics."""
    async with ClientSession() as session, session.get(desk.url("/metrics"), headers=headers) as answer:
        return answer.status, await answer.text()


async def test_metrics_are_counts(desk: RunningConsole) -> None:
    """In Prometheus' text format, without a number or a name of anybody."""
    await desk.ticket("damkar")
    desk.clock.now += timedelta(seconds=40)

    def undelivered(store: Store) -> None:
        number = store.tickets.create(desk.clock.now, "20261122", Actor("user", "siti"), "complaint")
        store.complaints.file(desk.clock.now, number, Actor("user", "siti"))
        (row,) = store.outbox.claim(desk.clock.now, "wadul", 30.0, 1)
        store.outbox.failed(desk.clock.now, "wadul", row, "menjawab 500", desk.clock.now, dead=True)

    await desk.store.write(undelivered)
    _, text = await scrape(desk)
    assert "tanggap_wadul_waiting 1.0" in text and "tanggap_wadul_dead_letters 1.0" in text
    assert 'tanggap_calls_live{stage="arrived"} 1.0' in text
    assert "tanggap_assignments_unanswered 1.0" in text
    assert "tanggap_pushes_due 1.0" in text
    assert "tanggap_pushes_oldest_due_seconds 40.0" in text
    assert "62813" not in text


async def test_metrics_of_all_processes_are_one_text(desk: RunningConsole, tmp_path: Path) -> None:
    """Each process's own metrics, told apart by a label, each name described once; the disk beside them."""

    async def measured() -> dict[str, bytes]:
        return {"calls": CALLS, "agi": AGI}

    desk.console.measured, desk.console.var = measured, tmp_path
    await beats(desk, "steward")
    await desk.store.write(lambda store: store.people.beat(desk.clock.now, "steward", 1, {"restarts": {"calls": 2}}))
    _, text = await scrape(desk)
    assert 'tanggap_event_loop_lag_seconds{process="calls"} 0.25' in text
    assert 'tanggap_event_loop_lag_seconds{process="agi"} 0.5' in text
    assert 'tanggap_arrival_seconds_bucket{le="0.005",process="calls"} 3.0' in text
    assert 'tanggap_arrival_seconds_count{process="calls"} 4.0' in text
    assert 'tanggap_process_restarts{process="calls"} 2.0' in text
    assert float(re.findall(r"^tanggap_disk_free_bytes (\S+)$", text, re.MULTILINE)[0]) > 0
    types = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert sorted(set(types)) == sorted(types)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_metrics_through_a_proxy_need_the_token(desk: RunningConsole, header: str) -> None:
    """Behind a proxy everybody comes from this machine: only the token tells who may read."""
    desk.console.metrics_token = "rahasia"
    assert (await scrape(desk))[0] == 200
    assert (await scrape(desk, **{header: "203.0.113.9"}))[0] == 403
    assert (await scrape(desk, **{header: "203.0.113.9", "Authorization": "Bearer salah"}))[0] == 403
    assert (await scrape(desk, **{header: "203.0.113.9", "Authorization": "Bearer rahasia"}))[0] == 200


async def test_metrics_of_a_proxied_site_always_need_the_token(desk: RunningConsole) -> None:
    """A proxy that adds no header of its own (nginx as it comes) opens nothing; without a token nobody may read."""
    desk.console.site = ConsoleSite(public_url="https://112.example")
    assert (await scrape(desk))[0] == 403
    assert (await scrape(desk, Authorization="Bearer "))[0] == 403
    desk.console.metrics_token = "rahasia"
    assert (await scrape(desk, Authorization="Bearer rahasia"))[0] == 200


async def test_recordings_are_served_in_ranges_and_only_from_their_folder(desk: RunningConsole) -> None:
    """A player can seek; a name that leads outside finds nothing."""
    folder = desk.console.recordings / "messages"
    folder.mkdir(parents=True)
    (folder / "c1.wav").write_bytes(b"RIFF" + bytes(1000))
    await desk.call("c1", recording="messages/c1")
    await desk.call("c2", recording="../tanggap.db")
    await desk.call("c3", recording="messages/none")
    session, part = await desk.session("siti"), {"Range": "bytes=0-3"}
    async with session, session.get(desk.url("/rekaman/c1"), headers=part) as answer:
        assert (answer.status, await answer.read(), answer.content_type) == (206, b"RIFF", "audio/wav")
    for call in ("c2", "c3", "hantu"):
        assert await desk.ask("siti", "GET", f"/rekaman/{call}") == (404, {"error": "rekaman tidak ada"})
    assert (await desk.ask("damkar", "GET", "/rekaman/c1"))[0] == 403
