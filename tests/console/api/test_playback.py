"""Playbacks of recordings stand in the ticket's story, each once."""

from datetime import timedelta
from typing import Any

from tests.console.desk112 import RunningConsole
from tickets.errors import StoreUnavailable

SOUND = bytes(2000)


async def with_recording(desk: RunningConsole) -> str:
    """A call `c1` that was recorded; its ticket."""
    ticket = await desk.call("c1", recording="calls/c1")
    path = desk.console.recordings / "calls" / "c1.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(SOUND)
    return ticket


async def played(desk: RunningConsole, ticket: str) -> list[tuple[str, dict[str, Any]]]:
    """The playbacks in the ticket's time line: actor and data."""
    row = await desk.store.read(lambda store: store.tickets.show(ticket))
    return [(entry["actor"], entry["data"]) for entry in row["timeline"] if entry["kind"] == "recording.played"]


async def get(
    desk: RunningConsole, user: str, range_: str | None = None, path: str = "/rekaman/c1", method: str = "GET"
) -> int:
    """The status of one request of the same browser."""
    if user not in BROWSERS:
        BROWSERS[user] = await desk.session(user)
    headers = {"Range": range_} if range_ else {}
    async with BROWSERS[user].get(desk.url(path), headers=headers) as answer:
        await answer.read()
        assert answer.headers["Cache-Control"] == "no-store" or answer.status == 404
        return answer.status


BROWSERS: dict[str, Any] = {}


async def leave() -> None:
    """Close the browsers of a test."""
    for session in BROWSERS.values():
        await session.close()
    BROWSERS.clear()


async def test_each_playback_is_one_row(desk: RunningConsole) -> None:
    """From the beginning: a row. Seeking in it, and the browser's second request for the beginning: none."""
    ticket = await with_recording(desk)
    assert await get(desk, "siti", "bytes=0-") == 206
    assert await get(desk, "siti", "bytes=0-1") == 206
    assert await get(desk, "siti", "bytes=1000-") == 206
    assert await played(desk, ticket) == [("user:siti", {"recording": "calls/c1"})]
    desk.clock.now += timedelta(seconds=30)
    assert await get(desk, "siti", "bytes=1500-") == 206
    assert len(await played(desk, ticket)) == 1
    assert await get(desk, "siti", "bytes=0-") == 206
    assert await get(desk, "pusat") == 200
    assert [actor for actor, _ in await played(desk, ticket)] == ["user:siti", "user:siti", "user:pusat"]
    await leave()


async def test_a_part_is_a_playback_where_none_was_heard(desk: RunningConsole) -> None:
    """Asking for all but the first bytes is no way around."""
    ticket = await with_recording(desk)
    assert await get(desk, "admin", "bytes=44-") == 206
    assert len(await played(desk, ticket)) == 1
    desk.clock.now += timedelta(minutes=10)
    assert await get(desk, "admin", "bytes=44-") == 206
    assert len(await played(desk, ticket)) == 2
    await leave()


async def test_what_is_not_there_and_who_may_not_leaves_nothing(desk: RunningConsole) -> None:
    """No recording, no row; an agency hears none."""
    ticket = await with_recording(desk)
    assert await get(desk, "siti", path="/rekaman/c2") == 404
    assert (await desk.ask("damkar", "GET", "/rekaman/c1"))[0] == 403
    assert await played(desk, ticket) == []
    await leave()


async def test_a_callbacks_recording_is_told_of_the_callback(desk: RunningConsole) -> None:
    """With the try it belongs to."""
    ticket = await with_recording(desk)
    now = desk.clock.now

    def call_back(store: Any) -> int:
        store.calls.callback(now, "c1", "penelepon menutup")
        attempt = int(store.callbacks.dial(now, 1, "siti")["attempt"])
        store.callbacks.talks(now, attempt, "calls/c1")
        return attempt

    attempt = await desk.store.write(call_back)
    assert await get(desk, "siti", path=f"/rekaman/balik/{attempt}") == 200
    assert await played(desk, ticket) == [("user:siti", {"recording": "calls/c1", "attempt": attempt})]
    await leave()


async def test_a_message_is_heard_also_while_nothing_can_be_written(desk: RunningConsole, monkeypatch: Any) -> None:
    """An emergency left on tape goes before the record of who heard it; the row comes with the next playback."""
    ticket = await with_recording(desk)
    write = desk.store.write

    async def full(job: Any) -> Any:
        raise StoreUnavailable("disk penuh")

    await get(desk, "siti", path="/rekaman/c2")  # logged in
    monkeypatch.setattr(desk.store, "write", full)
    assert await get(desk, "siti") == 200
    monkeypatch.setattr(desk.store, "write", write)
    assert await played(desk, ticket) == []
    assert await get(desk, "admin") == 200
    assert [actor for actor, _ in await played(desk, ticket)] == ["user:siti", "user:admin"]
    await leave()
