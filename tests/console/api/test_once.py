"""Repeated requests with one key count once."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from console.api.once import HEADER, REPEATED
from tests.console.api.test_assigning import png
from tests.console.api.test_photos import jpeg
from tests.console.desk112 import RunningConsole
from tests.console.pictures import JEPARA, TAKEN, with_exif
from tickets.errors import StoreUnavailable

KEY = "3f2b8c1e-aaaa-bbbb-cccc-000000000001"


async def send(
    desk: RunningConsole, path: str, key: str = KEY, user: str = "damkar", **more: Any
) -> tuple[int, Any, bool]:
    """Status, answer, and whether it is said to be a repeated one."""
    session = await desk.session(user)
    async with session, session.post(desk.url(path), headers={HEADER: key}, **more) as answer:
        return answer.status, await answer.json(), answer.headers.get(REPEATED) == "true"


async def story(desk: RunningConsole, ticket: str) -> list[str]:
    """Kinds of the journal that tell of an assignment."""
    rows = await desk.store.read(lambda store: store.journal.of_ticket(ticket, None))
    return [row["kind"] for row in rows if row["kind"].startswith("assignment.")]


async def test_a_state_that_is_sent_again_is_answered_again(desk: RunningConsole) -> None:
    """The same answer, also after the state has moved on; nothing is done twice."""
    ticket, (assignment,) = await desk.ticket("damkar")
    path, body = f"/api/assignments/{assignment}/move", {"state": "diterima"}
    first = await send(desk, path, json=body)
    assert (first[0], first[1]["state"], first[2]) == (200, "diterima", False)
    await desk.ask("damkar", "POST", path, json={"state": "berangkat"})
    assert (200, first[1], True) == await send(desk, path, json=body)
    assert await story(desk, ticket) == ["assignment.acknowledged", "assignment.moved"]


async def test_two_at_once_count_once(desk: RunningConsole) -> None:
    """As when the first answer was slow and the browser gave up waiting."""
    ticket, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/notes"
    answers = await asyncio.gather(*(send(desk, path, json={"note": "butuh selang"}) for _ in range(4)))
    assert {status for status, _, _ in answers} == {201}
    assert sorted(repeated for _, _, repeated in answers) == [False, True, True, True]
    assert await story(desk, ticket) == ["assignment.noted"]


async def test_a_key_belongs_to_one_request_of_one_user(desk: RunningConsole) -> None:
    """Another body with it is refused; another user's key is another key; what is no key is said."""
    _, (assignment, two) = await desk.ticket("damkar", "pln")
    path = f"/api/assignments/{assignment}/notes"
    assert (await send(desk, path, json={"note": "a"}))[0] == 201
    used = (409, {"error": "kunci kiriman ini sudah dipakai untuk isi yang lain"}, False)
    assert used == await send(desk, path, json={"note": "b"})
    assert (await send(desk, f"/api/assignments/{two}/notes", user="pln", json={"note": "a"}))[0] == 201
    assert (await send(desk, path, key="pendek", json={"note": "a"}))[0] == 400


async def test_what_was_refused_may_be_tried_again(desk: RunningConsole) -> None:
    """A refusal is no answer that is kept: the state may allow it by then."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/move"
    body = {"state": "selesai", "note": "padam"}
    assert (await send(desk, path, json=body))[0] == 409
    await desk.ask("damkar", "POST", path, json={"state": "diterima"})
    assert (await send(desk, path, json=body))[0] == 200


async def test_a_photo_that_is_sent_again_is_there_once(desk: RunningConsole) -> None:
    """One row, one file; also when the assignment has ended meanwhile."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/photos"
    first = await send(desk, path, data=png())
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "selesai"})
    assert (201, first[1], True) == await send(desk, path, data=png())
    assert len(list(desk.console.media.iterdir())) == 1


async def test_a_photo_is_kept_with_its_time_and_place_and_shown_without(desk: RunningConsole) -> None:
    """From the file where a page sends it as it is."""
    _, (assignment,) = await desk.ticket("damkar")
    status, answer = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/photos", data=with_exif(jpeg()))
    assert status == 201
    (row,) = await desk.store.read(lambda store: store.assignments.attachments(assignment))
    assert (row["taken_at"], row["lat"], row["lon"]) == (TAKEN, *JEPARA)
    session = await desk.session("pusat")
    async with session, session.get(desk.url(answer["url"])) as response:
        assert await response.read() == jpeg()


async def test_what_came_late_says_when_it_was_pressed(desk: RunningConsole) -> None:
    """Half a minute and more; a clock that is ahead, or off by weeks, says nothing."""
    ticket, (assignment,) = await desk.ticket("damkar")
    at = desk.clock.now - timedelta(minutes=7)
    moments = {"diterima": at, "berangkat": desk.clock.now + timedelta(hours=1), "di_lokasi": at - timedelta(days=30)}
    for state, moment in moments.items():
        body = {"state": state, "acted_at": moment.isoformat()}
        assert (await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json=body))[0] == 200
    rows = await desk.store.read(lambda store: store.journal.of_ticket(ticket, None))
    pressed = [row["data"].get("acted_at") for row in rows if row["kind"].startswith("assignment.")]
    assert pressed == [at.isoformat(timespec="microseconds"), None, None]


async def test_what_cannot_be_written_is_told_to_the_escalation(desk: RunningConsole) -> None:
    """«TERIMA» on a full disk: 503 with a sentence that says so, and the facts by which its repetition is recognised.
    Only an agency's own «accept» is; where the escalation keeps nothing, the sentence does not say so."""
    _, (assignment,) = await desk.ticket("damkar")
    calls: list[tuple[int, str, dict[str, Any]]] = []
    keeps = [True, False]

    async def believed(assignment: int, user: str, reply: dict[str, Any]) -> bool:
        calls.append((assignment, user, reply))
        return keeps.pop(0)

    desk.console.believed = believed
    path, accepts = f"/api/assignments/{assignment}/move", {"state": "diterima"}
    sentence = "basis data tidak bisa ditulis: cakram penuh"
    kept = f"{sentence}; 112 sudah tahu dan tidak mendorong lagi"
    assert [await on_a_full_disk(desk, "damkar", path, accepts) for _ in range(2)] == [(503, kept), (503, sentence)]
    assert await on_a_full_disk(desk, "damkar", path, {"state": "berangkat"}) == (503, sentence)
    assert await on_a_full_disk(desk, "siti", path, accepts | {"note": "lewat telepon"}) == (503, sentence)
    assert (await on_a_full_disk(desk, "pln", path, accepts))[0] in (403, 404)
    (first, second), body = calls, {"state": "diterima", "id": assignment}
    assert (first, first[:2]) == (second, (assignment, "damkar"))
    assert {"id", "state"} <= set(first[2].pop("names"))
    known = {"request" if name == "asked" else name: value for name, value in first[2].items()}
    await desk.store.write(lambda store: store.replies.keep(desk.clock.now, status=200, body=json.dumps(body), **known))
    assert await send(desk, path, json=accepts) == (200, body, True)


async def on_a_full_disk(desk: RunningConsole, user: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """Status and sentence."""
    session, write = await desk.session(user), desk.store.write

    async def full(job: Any) -> Any:
        raise StoreUnavailable("basis data tidak bisa ditulis: database or disk is full")

    desk.store.write = full  # type: ignore[method-assign]
    try:
        async with session, session.post(desk.url(path), headers={HEADER: KEY}, json=body) as answer:
            return answer.status, (await answer.json())["error"]
    finally:
        desk.store.write = write  # type: ignore[method-assign]
