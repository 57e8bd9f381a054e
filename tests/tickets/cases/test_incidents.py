"""One incident, many callers: all of them at once, after somebody has read what will be done to whom."""

from datetime import timedelta

import pytest

from tests.tickets.cases.people import BUDI, DAMKAR, DAY, FIRE, NOW, SITI, Office
from tickets.cases.incidents import ACTS, callers, crowded, offered, settle
from tickets.cases.merging import join
from tickets.errors import NotFound
from tickets.store.calls import NewCall

LATER = NOW + timedelta(minutes=2)


def fire(office: Office, minutes: float = 0) -> str:
    """A fire that siti was told of and has sent; its ticket."""
    number = caller(office, "fire", minutes, outcome="talked", operator="siti", waits=False)
    office.store.tickets.update(NOW, number, FIRE, SITI.actor)
    office.given(number)
    return number


def caller(
    office: Office,
    id: str,
    minutes: float = 1,
    *,
    kind: str = "emergency",
    waits: bool = True,
    number: str | None = None,
    doubt: str | None = None,
    **columns: str,
) -> str:
    """Somebody who rang after so many minutes and gave up before anybody answered; the ticket."""
    at = NOW + timedelta(minutes=minutes)
    number = number or f"+62813265{sum(map(ord, id)):05d}"
    ticket = office.store.calls.arrive(at, DAY, NewCall(id, number, number, False, True, "112"), doubt)
    columns = {"outcome": "abandoned", "stage": "ended", "ended_at": at.isoformat()} | columns
    office.store.calls.step(at, id, ticket, columns, ())
    office.store.connection.run("UPDATE tickets SET kind = :kind WHERE number = :number", kind=kind, number=ticket)
    if waits:
        office.store.calls.callback(at, id, "menutup saat menunggu")
    return ticket


def crowd(office: Office, count: int = 38) -> list[str]:
    """So many who gave up while the fire was told."""
    return [caller(office, f"c{n:02d}", number=f"+62813000000{n:02d}") for n in range(count)]


def of(office: Office, ticket: str, *kinds: str) -> list[str]:
    """The kinds of a ticket's journal rows."""
    return [row["kind"] for row in office.store.journal.of_ticket(ticket, None) if row["kind"].startswith(kinds)]


def test_all_callers_of_a_fire_at_once(office: Office) -> None:
    """Linked, judged, no callback left; each caller has journal rows of its own; done with the agency's «selesai»."""
    master = fire(office)
    tickets = crowd(office)
    assert [(row["number"], row["callers"], row["waiting"]) for row in crowded(office.store, LATER)] == [
        (master, 1, 38)
    ]
    incident, rows = callers(office.store, master, SITI)
    assert incident["number"] == master
    assert [(row["ticket"], row["linked"]) for row in rows] == [
        (master, False),
        *((ticket, None) for ticket in tickets),
    ]
    assert {tuple(row["does"]) for row in rows[1:]} == {("link", "judge", "called")}
    done = settle(office.store, office.routing, LATER, master, tickets, ACTS, SITI)
    assert [(row["ticket"], row["did"], row["refused"]) for row in done] == [
        (ticket, ["link", "judge", "called"], []) for ticket in tickets
    ]
    assert office.store.callbacks.open_count() == 0
    assert office.store.merging.of(master) == tickets
    for ticket in tickets:
        assert of(office, ticket, "ticket.merged", "ticket.judged", "callback.done", "incident.") == [
            "ticket.merged",
            "ticket.judged",
            "callback.done",
            "incident.settled",
        ]
    assert [(row["number"], row["callers"], row["waiting"]) for row in crowded(office.store, LATER)] == [
        (master, 39, 0)
    ]
    for state in ("diterima", "selesai"):
        office.store.assignments.move(LATER, office.assignment(master)["id"], state, DAMKAR.actor, via="page")
    assert {office.store.tickets.get(ticket)["status"] for ticket in tickets} == {"done"}


def test_only_what_was_chosen_is_done(office: Office) -> None:
    """Linked alone, a caller is still to be called back; and nothing is done for one who was not chosen."""
    master, (first, second) = fire(office), crowd(office, 2)
    (row,) = settle(office.store, office.routing, LATER, master, [first], ["link"], SITI)
    assert (row["did"], office.store.callbacks.open_count()) == (["link"], 2)
    assert office.store.merging.of(master) == [first]
    assert of(office, second, "ticket.merged", "incident.") == []


def test_a_call_back_ends_no_linked_ticket(office: Office) -> None:
    """Also where the incident was not sent yet: the caller's ticket stays open with it."""
    master, ticket = office.ticket(**FIRE), caller(office, "c1")
    join(office.store, office.routing, NOW, ticket, master, SITI.actor)
    (task,) = [row["task"] for row in callers(office.store, master, SITI)[1] if row["ticket"] == ticket]
    office.store.callbacks.done(NOW, task, SITI.actor)
    assert office.store.tickets.get(ticket)["status"] == "open"


@pytest.mark.parametrize(
    ("changes", "doubtful"),
    [
        ({}, None),
        ({"kind": "complaint"}, "memilih aduan di menu"),
        ({"doubt": "flood"}, "nomor yang diragukan"),
    ],
)
def test_a_caller_who_may_mean_something_else_is_marked(
    office: Office, changes: dict[str, str], doubtful: str | None
) -> None:
    """The page chooses such a caller only by hand."""
    master = fire(office)
    caller(office, "c1", **changes)  # type: ignore[arg-type]
    assert [row["doubtful"] for row in callers(office.store, master, SITI)[1]] == [None, doubtful]


def test_two_incidents_at_a_time_are_told_apart_by_hand(office: Office) -> None:
    """A caller who gave up may mean either."""
    master = fire(office)
    other = office.ticket(**FIRE | {"kecamatan": "Mlonggo"})
    join(office.store, office.routing, NOW, caller(office, "c1"), other, SITI.actor)
    caller(office, "c2")
    assert [row["doubtful"] for row in callers(office.store, master, SITI)[1]] == [None, f"mungkin tentang {other}"]


@pytest.mark.parametrize(
    ("minutes", "columns"),
    [
        (-6, {}),  # before anybody can have seen it
        (31, {}),  # long after the last known caller
        (1, {"outcome": "silent", "lane": "silent"}),  # perhaps somebody who cannot speak
        (1, {"outcome": "message"}),  # a message is listened to
        (1, {"waits": False}),  # nobody can call back
    ],
)
def test_who_is_no_caller_of_the_incident(office: Office, minutes: float, columns: dict[str, str]) -> None:
    """Such a call is left to the list of its own."""
    master = fire(office)
    caller(office, "c1", minutes, **columns)  # type: ignore[arg-type]
    assert [row["ticket"] for row in callers(office.store, master, SITI)[1]] == [master]


def test_a_caller_whose_ticket_somebody_filled_is_left_alone(office: Office) -> None:
    """What was written down is about that caller, and perhaps about something else."""
    master, ticket = fire(office), caller(office, "c1")
    office.store.tickets.update(NOW, ticket, {"description": "ibu saya jatuh"}, BUDI.actor)
    assert [row["ticket"] for row in callers(office.store, master, SITI)[1]] == [master]
    (row,) = settle(office.store, office.routing, LATER, master, [ticket], ACTS, SITI)
    assert (row["did"], row["refused"]) == ([], ["bukan penelepon kejadian ini lagi"])


def test_one_that_somebody_telephones_with_is_told_and_left(office: Office) -> None:
    """The others are done."""
    master, (first, second) = fire(office), crowd(office, 2)
    task = next(row["task"] for row in callers(office.store, master, SITI)[1] if row["ticket"] == first)
    office.store.callbacks.dial(NOW, task, "budi")
    done = settle(office.store, office.routing, LATER, master, [first, second], ACTS, SITI)
    assert [(row["did"], row["refused"]) for row in done] == [
        (["link", "judge"], ["sedang ditelepon budi"]),
        (["link", "judge", "called"], []),
    ]
    assert office.store.callbacks.open_count() == 1


def test_a_linked_ticket_leads_to_its_incident(office: Office) -> None:
    """The callers are those of the master; of an unknown ticket there are none."""
    master, ticket = fire(office), caller(office, "c1")
    join(office.store, office.routing, NOW, ticket, master, SITI.actor)
    incident, rows = callers(office.store, ticket, SITI)
    assert (incident["number"], [row["linked"] for row in rows]) == (master, [False, True])
    with pytest.raises(NotFound):
        callers(office.store, "T-20261122-9999", SITI)


def test_some_who_gave_up_are_no_crowd(office: Office) -> None:
    """Four around one report are chance; complaints draw none."""
    fire(office)
    crowd(office, 4)
    office.ticket(kind="complaint", category="kebakaran")
    assert crowded(office.store, LATER) == []


def test_a_caller_of_whom_nothing_is_known_is_offered_the_incident_with_a_crowd(office: Office) -> None:
    """By one key, before anything is typed; with two crowds at a time nobody can know which."""
    master = fire(office)
    crowd(office)
    number, hour = caller(office, "now", 2, waits=False, outcome="talked"), timedelta(hours=1)
    assert [row["number"] for row in offered(office.store, LATER, hour, number)] == [master]
    assert offered(office.store, LATER, hour, master) == []
    other = office.ticket(**FIRE | {"kecamatan": "Mlonggo"})
    assert offered(office.store, LATER, hour, number) == []
    office.store.tickets.close(LATER, other, SITI.actor)
    assert len(offered(office.store, LATER, hour, number)) == 1


def test_a_single_report_is_offered_to_nobody(office: Office) -> None:
    """What is proposed without a category and a place must be a crowd."""
    fire(office)
    crowd(office, 4)
    assert offered(office.store, LATER, timedelta(hours=1), "T-20261122-0002") == []
