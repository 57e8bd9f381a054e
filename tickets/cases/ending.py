"""Ends an incident that no agency works on with all of its callers' tickets, and takes back within seconds what was
done to a crowd."""

from collections.abc import Callable, Collection
from datetime import datetime

from tickets.cases import merging
from tickets.cases.acting import Acts
from tickets.cases.incidents import CALLED, JUDGE, LINK, callers, settle
from tickets.cases.undoing import WINDOW
from tickets.errors import Conflict, TicketError
from tickets.model import Row, from_text
from tickets.routing import Routing
from tickets.store import Store

_OPEN = ("open", "dispatched")


def close(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    tickets: Collection[str],
    acts: Collection[str],
    note: str,
    user: Acts,
) -> tuple[int, list[Row]]:
    """Do `acts` for the callers of these tickets, as `incidents.settle` does, and close the incident; gives the number
    of tickets that are over with it, and what was done for each caller.

    Conflict where it is over already, or an agency works on it: then nothing is done."""
    incident, _ = callers(store, number, user)
    master = incident["number"]
    if incident["status"] not in _OPEN:
        raise Conflict(f"kejadian {master} sudah selesai")
    if working := agencies(store, routing, master):
        raise Conflict(
            f"{', '.join(working)} masih menangani: semua tiketnya selesai bersama OPD, atau tarik dulu penugasannya"
        )
    rows = settle(store, routing, now, master, tickets, acts, user)
    store.tickets.close(now, master, user.actor, note)
    return 1 + len(store.merging.of(master)), rows


def agencies(store: Store, routing: Routing, number: str) -> list[str]:
    """The short names of the agencies that work on a ticket."""
    codes = [row["opd"] for row in store.tickets.report(number)["assignments"] if row["ended_at"] is None]
    return [routing.opds[code].short if code in routing.opds else code for code in codes]


def take_back(
    store: Store, routing: Routing, now: datetime, number: str, tickets: Collection[str], user: Acts
) -> list[Row]:
    """Take back what this person did to these callers within seconds; gives for each what was (`undone`).

    What is older, another's, or was followed by something else stays; one refusal leaves the others alone."""
    incident, _ = callers(store, number, user)
    rows = []
    for ticket in dict.fromkeys(tickets):
        undone = []
        for act, undo in _UNDO.items():
            try:
                with store.savepoint():
                    undo(store, routing, now, incident["number"], ticket, user)
            except TicketError:
                continue
            undone.append(act)
        rows.append({"ticket": ticket, "undone": undone})
    return rows


def _call_again(store: Store, routing: Routing, now: datetime, master: str, ticket: str, user: Acts) -> None:
    store.callbacks.reopen(now, ticket, user.actor, now - WINDOW)
    if store.merging.link(ticket) is None and store.tickets.get(ticket)["status"] not in _OPEN:
        store.tickets.open_again(now, ticket, user.actor, now - WINDOW)


def _unjudge(store: Store, routing: Routing, now: datetime, master: str, ticket: str, user: Acts) -> None:
    store.reputations.take_back(now, ticket, user.actor, now - WINDOW)


def _unlink(store: Store, routing: Routing, now: datetime, master: str, ticket: str, user: Acts) -> None:
    link = store.merging.link(ticket)
    if link is None or link["master"] != master or link["by"] != user.actor.name:
        raise Conflict(f"tiket {ticket} tidak Anda gabung ke {master}")
    if now - from_text(link["at"]) > WINDOW:
        raise Conflict(f"tiket {ticket} sudah lebih lama digabung")
    merging.part(store, routing, now, ticket, user.actor, merged_at=from_text(link["at"]))


# In the reverse order of the acts: a verdict came with its link.
_UNDO: dict[str, Callable[[Store, Routing, datetime, str, str, Acts], None]] = {
    CALLED: _call_again,
    JUDGE: _unjudge,
    LINK: _unlink,
}
