"""«Colek»: the bupati asks an agency that has not answered; it is pushed anew at once, and nothing is an answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from console.live.snapshots import SNAPSHOTS, Moments
from tests.console.desk112 import CHEAP_HASH, NOW, SITI, RunningConsole
from tickets.escalation.ladder import plan
from tickets.model import Row, from_text
from tickets.routing import Contact, Ladder, Routing, Step, Target
from tickets.store import Store

KEPALA_AFTER_S, PUSAT_AFTER_S = 180.0, 300.0


def widened(routing: Routing) -> Routing:
    """Damkar's ladder: its post at once, its head after three minutes, the bupati after five."""
    ladder = Ladder(
        "darurat",
        (
            Step(0.0, (Target("damkar.siaga", "page"),), 30.0),
            Step(KEPALA_AFTER_S, (Target("damkar.kepala", "apprise"),), 120.0),
            Step(PUSAT_AFTER_S, (Target("bupati", "page"),), 120.0),
        ),
    )
    contacts = {
        **routing.contacts,
        "damkar.kepala": Contact("damkar.kepala", "damkar", "Kepala Damkar", apprise="json://127.0.0.1:9/x"),
        "bupati": Contact("bupati", None, "Bupati", page=True),
    }
    posts = Ladder("pln", (Step(0.0, (Target("pln.siaga", "page"),), 60.0),))
    damkar = replace(routing.opds["damkar"], contacts=("damkar.siaga", "damkar.kepala"), ladder=ladder)
    opds = routing.opds | {"damkar": damkar, "pln": replace(routing.opds["pln"], ladder=posts, complaint_ladder=posts)}
    return replace(routing, contacts=contacts, opds=opds)


@pytest.fixture
async def above(desk: RunningConsole) -> RunningConsole:
    """The console with a bupati."""
    desk.console.take(replace(desk.console.setting, routing=widened(desk.console.setting.routing)))
    await desk.store.write(lambda s: s.people.add(NOW, "regent", "Bupati", "bupati", None, CHEAP_HASH, "bupati"))
    return desk


async def read(desk: RunningConsole, job: Callable[[Store], Any]) -> Any:
    return await desk.store.read(job)


async def nudge(desk: RunningConsole, assignment: int, user: str = "regent") -> tuple[int, Any]:
    return await desk.ask(user, "POST", f"/api/assignments/{assignment}/nudge", json={})


async def pushes(desk: RunningConsole, assignment: int) -> dict[str, datetime]:
    """The due time of each open push, by contact."""
    rows = await read(desk, lambda s: s.connection.all(
        "SELECT contact, due_at FROM pushes WHERE assignment = :id AND done_at IS NULL", id=assignment))  # fmt: skip
    return {row["contact"]: from_text(row["due_at"]) for row in rows}


async def tried(desk: RunningConsole, assignment: int, now: datetime, every_s: float) -> None:
    """The daemon pushes what is due."""

    def push(store: Store) -> None:
        for due in store.assignments.claim(now, "escalate", 15.0, 9):
            then = now + timedelta(seconds=due.every_s)
            store.assignments.attempted(due, "escalate", now, now, ok=True, detail="ok", next_due=then)

    await desk.store.write(push)


async def rows(desk: RunningConsole, ticket: str, kind: str) -> list[Row]:
    newest: list[Row] = await read(desk, lambda s: s.journal.newest_of_ticket(ticket, None, 50))
    return [row for row in newest if row["kind"] == kind]


async def test_every_contact_of_the_agency_is_pushed_at_once(above: RunningConsole) -> None:
    """Also one whose step is not due for minutes; nobody above is, and it is a row with who and when."""
    number, (assignment,) = await above.ticket("damkar")
    await tried(above, assignment, above.clock.now, 30)
    above.clock.now += timedelta(seconds=5)
    status, answer = await nudge(above, assignment)
    assert (status, answer["id"], answer["contacts"]) == (200, assignment, ["damkar.kepala", "damkar.siaga"])
    due = await pushes(above, assignment)
    now = above.clock.now
    assert due == {"damkar.siaga": now, "damkar.kepala": now, "bupati": NOW + timedelta(seconds=PUSAT_AFTER_S)}
    (row,) = await rows(above, number, "assignment.nudged")
    assert (row["actor"], row["at"], row["data"]["title"]) == ("user:regent", now.isoformat(timespec="microseconds"),
                                                              "Bupati")  # fmt: skip


async def test_a_nudge_is_no_answer(above: RunningConsole) -> None:
    """The task waits as before, and is pushed on by the same ladder: never later than without the nudge."""
    _, (assignment,) = await above.ticket("damkar")
    await tried(above, assignment, above.clock.now, 30)
    above.clock.now += timedelta(seconds=5)
    await nudge(above, assignment)
    await tried(above, assignment, above.clock.now, 30)
    task = await read(above, lambda s: s.assignments.get(assignment))
    assert (task["state"], task["acknowledged_at"], task["via"]) == ("dikirim", None, None)
    due = await pushes(above, assignment)
    assert due["damkar.siaga"] == above.clock.now + timedelta(seconds=30)
    assert due["damkar.kepala"] <= NOW + timedelta(seconds=KEPALA_AFTER_S)


async def test_it_is_limited_for_each_task(above: RunningConsole) -> None:
    """A second tap within the time is refused with the time from which on; another task is another task."""
    _, (first, other) = await above.ticket("damkar", "pln")
    assert (await nudge(above, first))[0] == 200
    above.clock.now += timedelta(seconds=299)
    status, answer = await nudge(above, first)
    assert (status, answer["error"]) == (409, "baru dicolek pukul 10.00; bisa lagi pukul 10.05")
    assert (await nudge(above, other))[0] == 200
    above.clock.now += timedelta(seconds=1)
    assert (await nudge(above, first))[0] == 200
    above.clock.now -= timedelta(hours=1)  # a clock that was set back stops nobody
    assert (await nudge(above, first))[0] == 200


async def test_only_what_waits_is_nudged(above: RunningConsole) -> None:
    """An agency that has accepted is not asked whether it has; nothing is pushed or written."""
    number, (assignment,) = await above.ticket("damkar")
    await above.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    status, answer = await nudge(above, assignment)
    assert (status, answer["error"]) == (409, f"tugas tiket {number} sudah «diterima»; tidak perlu dicolek")
    assert await rows(above, number, "assignment.nudged") == []
    assert (await nudge(above, 999))[0] == 404


@pytest.mark.parametrize("user", ["siti", "damkar", "admin"])
async def test_nobody_else_nudges(above: RunningConsole, user: str) -> None:
    """Operators telephone, agencies answer."""
    _, (assignment,) = await above.ticket("damkar")
    status, answer = await nudge(above, assignment, user)
    assert (status, answer["error"][:27]) == (403, f"peran {USER_ROLES[user]} tidak boleh membuka"[:27])


USER_ROLES = {"siti": "operator", "damkar": "opd", "admin": "admin"}


async def test_the_command_centre_nudges_in_its_own_name(above: RunningConsole) -> None:
    """«Pusat kendali», and the limit is the same for both."""
    number, (assignment,) = await above.ticket("damkar")
    assert (await nudge(above, assignment, "pusat"))[0] == 200
    (row,) = await rows(above, number, "assignment.nudged")
    assert (row["actor"], row["data"]["title"]) == ("user:pusat", "Pusat kendali")
    assert (await nudge(above, assignment))[0] == 409


async def test_the_bupati_knows_for_his_own_contact(above: RunningConsole) -> None:
    """«Saya tahu, saya tangani» quiets him and nobody else."""
    number, (assignment,) = await above.ticket("damkar")
    status, _ = await above.ask("regent", "POST", f"/api/assignments/{assignment}/known", json={})
    assert status == 200
    (row,) = await rows(above, number, "assignment.known")
    assert row["data"]["contact"] == "bupati"


async def test_operators_and_the_agency_see_who_asks(above: RunningConsole) -> None:
    """On the agency's task, in its story, on the ticket, on the operator's desk and on the wall; until it answers."""
    number, (assignment,) = await above.ticket("damkar")
    await nudge(above, assignment)
    moment = Moments().at(above.console.setting, above.clock.now)
    seen = {"assignment": assignment, "ticket": number, "opd": "damkar", "title": "Bupati"}
    for page, subject in {"opd": "damkar", "operator": "siti", "overview": "", "ticket": number}.items():
        data = await read(above, lambda s, p=page, j=subject: SNAPSHOTS[p](s, moment, j))  # type: ignore[misc]
        assert [{name: row[name] for name in seen} for row in data["nudged"]] == [seen], page
    await above.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    data = await read(above, lambda s: SNAPSHOTS["operator"](s, moment, "siti"))
    assert data["nudged"] == []


async def test_a_ticket_of_another_kind_is_nudged_too(above: RunningConsole) -> None:
    """A complaint that nobody answers: its agency's contacts, over the ladder of complaints."""
    number = await above.call("c9")

    def send(store: Store) -> int:
        store.tickets.update(above.clock.now, number, {"kind": "complaint", "category": "listrik"}, SITI)
        routing = above.console.setting.routing
        return store.assignments.dispatch(NOW, number, "pln", plan(routing, "pln", NOW, "complaint"), 600.0, SITI)

    assignment = await above.store.write(send)
    assert (await nudge(above, assignment))[1]["contacts"] == ["pln.siaga"]
