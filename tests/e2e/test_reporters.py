"""An agency calls the reporter through 112: its desk phone first, then the reporter, who sees 112."""

import asyncio

from asterisk.phone_numbers import normalise
from drills.phones.softphone import Phone
from instance import load
from tests.e2e.line import LineUnderTest
from tests.e2e.test_callbacks import CALLER_HZ, OPERATOR_HZ, gave_up, ours
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row

DAMKAR = "damkar"


async def assignment(line: LineUnderTest) -> tuple[Row, int]:
    """A report of somebody who called, given to damkar."""
    task, now, routing = await gave_up(line), line.clock(), line.house.instance.routing
    ladder, actor = plan(routing, DAMKAR, now), Actor("user", "op1")
    assignment = await line.store.write(
        lambda store: store.assignments.dispatch(now, task["ticket"], DAMKAR, ladder, 600.0, actor)
    )
    return task, assignment


async def desk_phone(line: LineUnderTest) -> Phone:
    """The telephone of the fire station."""
    password = load(line.house.instance.home).secrets.sip["damkar1"]
    phone = await Phone.register(line.sip, line.house.server, "damkar1", password, line.keeper.start)
    line.agents.append(phone)
    await line.until(lambda: "damkar1" in line.service.phones, 10)
    return phone


async def outcome(line: LineUnderTest, ticket: str) -> list[Row]:
    """The journal's rows on calls to the reporter, once the try is over."""
    async with asyncio.timeout(10):
        while True:
            rows = await line.store.read(lambda store: store.journal.of_ticket(ticket, None))
            calls = [row for row in rows if row["kind"].startswith("callback.") and row["kind"] != "callback.opened"]
            if calls and calls[-1]["kind"] == "callback.tried":
                return calls
            await asyncio.sleep(0.05)


async def test_an_agency_talks_with_the_reporter(line: LineUnderTest) -> None:
    """Both hear each other; it is recorded and told, no operator's desk is touched, no task is left."""
    task, ident = await assignment(line)
    station, person = await desk_phone(line), await line.caller(task["number"])
    await line.ask("request.reporter_call", operator="piket", assignment=ident, opd=DAMKAR)
    spoken = await line.answer(station, await station.rings())
    ringing = await person.rings()
    assert normalise(ringing.peer.removeprefix("sip:").split("@")[0], None).display == "112"
    talk = await line.answer(person, ringing)
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    assert "piket" not in line.service.floor.roster.desks
    await spoken.hang_up()
    await talk.ended()
    rows = await outcome(line, task["ticket"])
    assert [row["kind"] for row in rows] == ["callback.dialled", "callback.talking", "callback.tried"]
    assert (rows[0]["data"]["opd"], rows[0]["data"]["assignment"]) == (DAMKAR, ident)
    assert task["number"] not in str([row["data"] for row in rows])
    (recorded,) = await line.store.read(lambda store: store.callbacks.recorded(task["ticket"]))
    assert (recorded["operator"], recorded["outcome"]) == ("piket", "talked")
    assert [row["id"] for row in await line.store.read(lambda store: store.callbacks.open())] == [task["id"]]
    assert await ours(line) == []


async def test_a_station_without_its_phone_is_told_so(line: LineUnderTest) -> None:
    """Nobody outside is dialled."""
    task, ident = await assignment(line)
    person = await line.caller(task["number"])
    await line.until(lambda: "damkar1" not in line.service.phones, 10)
    await line.ask("request.reporter_call", operator="piket", assignment=ident, opd=DAMKAR)
    async with asyncio.timeout(60):
        while (row := await line.store.read(lambda s: s.boards.newest("request.reporter_call.refused"))) is None:
            await asyncio.sleep(0.05)
    assert row["data"]["why"] == "telepon meja OPD tidak terdaftar"
    assert person.incoming.empty()
