"""An agency's answer over the live socket: as over HTTP, once, and nobody else's."""

import json
from typing import Any

from aiohttp import ClientWebSocketResponse

from console.api.once import HEADER
from tests.console.desk112 import SITI, RunningConsole
from tests.console.live.test_live import page

KEY = "3f2b8c1e-aaaa-bbbb-cccc-000000000001"
BODY = '{"state":"diterima"}'


async def say(socket: ClientWebSocketResponse, assignment: int, key: str = KEY, body: str = BODY) -> Any:
    """The reply to an answer."""
    await socket.send_str(json.dumps({"key": key, "assignment": assignment, "body": body}))
    while (message := await socket.receive_json(timeout=60))["type"] != "answered":
        pass
    return message


async def test_an_answer_over_the_socket_counts_once(desk: RunningConsole) -> None:
    """Over the socket, again over the socket, and over HTTP with the same key: one acceptance, the same reply."""
    number, (assignment,) = await desk.ticket("damkar")
    async with page(desk, "damkar", "page=opd") as socket:
        first, again = await say(socket, assignment), await say(socket, assignment)
    assert (first["status"], first["body"]["state"], first["body"]["acknowledged_by"]) == (200, "diterima", "damkar")
    assert again["body"] == first["body"]
    path = f"/api/assignments/{assignment}/move"
    session = await desk.session("damkar")
    headers = {HEADER: KEY, "Content-Type": "application/json"}
    async with session, session.post(desk.url(path), data=BODY, headers=headers) as reply:
        assert (reply.status, await reply.json()) == (200, first["body"])
    rows = await desk.store.read(lambda store: store.journal.of_ticket(number, None))
    assert [row["kind"] for row in rows if row["kind"].startswith("assignment.")] == ["assignment.acknowledged"]


async def test_refusals_are_those_of_http(desk: RunningConsole) -> None:
    """Another agency's, a wrong state, unknown fields, a key that is none, a body that is none."""
    _, (assignment, theirs) = await desk.ticket("damkar", "pln")
    async with page(desk, "damkar", "page=opd") as socket:
        for number, key, body, status in (
            (theirs, KEY, BODY, 404),
            (assignment, KEY, '{"state":"x"}', 400),
            (assignment, KEY, '{"state":"diterima","x":1}', 400),
            (assignment, "x", BODY, 400),
            (assignment, KEY, "[", 400),
            (assignment, KEY, '{"state":"selesai","note":"x"}', 409),
        ):
            reply = await say(socket, number, key, body)
            assert (reply["status"], bool(reply["body"]["error"])) == (status, True), body
        for nonsense in ("{", '{"key":1}', "[]", "apa"):
            await socket.send_str(nonsense)
        assert (await say(socket, assignment))["status"] == 200  # the socket goes on


async def test_only_an_agencys_page_answers(desk: RunningConsole) -> None:
    """Staff record answers with a note over HTTP; what their pages send is no answer."""
    _, (assignment,) = await desk.ticket("damkar")
    async with page(desk, "pusat", "page=overview") as socket:
        await socket.send_str(json.dumps({"key": KEY, "assignment": assignment, "body": BODY}))
        await socket.send_str("here")
        await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "berangkat"})
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_by"]) == ("berangkat", "damkar")


async def test_a_session_that_has_ended_answers_nothing(desk: RunningConsole) -> None:
    """The socket is closed instead."""
    _, (assignment,) = await desk.ticket("damkar")
    async with page(desk, "damkar", "page=opd") as socket:
        await desk.store.write(lambda store: store.sessions.end_all(desk.clock.now, "damkar", SITI))
        await socket.send_str(json.dumps({"key": KEY, "assignment": assignment, "body": BODY}))
        while not socket.closed:
            await socket.receive(timeout=60)
    assert (await desk.store.read(lambda store: store.assignments.get(assignment)))["state"] == "dikirim"
