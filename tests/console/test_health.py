"""What machines ask."""

from aiohttp import ClientSession

from tests.console.desk112 import Console


async def test_health_names_the_processes_and_the_version(desk: Console) -> None:
    """No login, nothing of a caller."""
    await desk.store.write(lambda store: store.people.beat(desk.clock.now, "calls", 1))
    status, answer = await desk.ask(None, "GET", "/health")
    processes = {"calls": True, "agi": False, "escalate": False}
    assert (200, {"ok": True, "version": desk.desk.version, "processes": processes}) == (status, answer)


async def test_metrics_are_counts(desk: Console) -> None:
    """In Prometheus' text format, without a number or a name of anybody."""
    await desk.ticket("damkar")
    async with ClientSession() as session, session.get(desk.url("/metrics")) as answer:
        text = await answer.text()
    assert 'tanggap_calls_live{stage="arrived"} 1.0' in text
    assert "tanggap_assignments_unanswered 1.0" in text
    assert "62813" not in text


async def test_recordings_are_served_in_ranges_and_only_from_their_folder(desk: Console) -> None:
    """A player can seek; a name that leads outside finds nothing."""
    folder = desk.desk.recordings / "messages"
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
