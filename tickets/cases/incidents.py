"""Deals with all callers of one incident at once: linked, judged, and no longer to be called back.

What will be done to whom is a plan that a person reads first; carried out, it is made anew, and whatever does not hold
any more is left and told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from tickets.cases.acting import Acts
from tickets.cases.judging import check_may_judge
from tickets.cases.merging import join
from tickets.errors import NotFound, TicketError
from tickets.model import Row, from_text
from tickets.routing import Routing
from tickets.store import Store

LINK, JUDGE, CALLED = "link", "judge", "called"
ACTS = (LINK, JUDGE, CALLED)
BEFORE = timedelta(minutes=5)  # others saw the fire before the first who was answered
AFTER = timedelta(minutes=30)  # after the last known caller
LASTS = timedelta(hours=6)
CROWD = 5  # so many who gave up at the time of an incident are a crowd, fewer are chance


def crowded(store: Store, now: datetime) -> list[Row]:
    """Open incidents with several callers or a crowd around them, the largest first: `callers` that are known,
    `waiting` who gave up meanwhile, `callbacks` to make."""
    return [row for row, _ in crowds(store, now)]


def crowds(store: Store, now: datetime) -> list[tuple[Row, list[str]]]:
    """The incidents of `crowded`, each with the tickets of the crowd around it."""
    incidents = store.incidents.open(now - LASTS)
    waiting = store.incidents.gave_up(now - LASTS) if incidents else []
    rows: list[tuple[Row, list[str]]] = []
    for row in incidents:
        near = [caller["ticket"] for caller in waiting if _near(row, caller)]
        crowd = near if len(near) >= CROWD else []
        if row["merged"] or crowd:
            count = {"callers": row["merged"] + 1, "waiting": len(crowd), "callbacks": row["callbacks"] + len(crowd)}
            rows.append((row | count, crowd))
    return sorted(rows, key=lambda each: (-each[0]["callers"] - each[0]["waiting"], each[0]["number"]))


def around(known: Iterable[tuple[Row, list[str]]]) -> dict[str, str]:
    """The incident of each ticket of these crowds; a caller who rang at the time of two of them is of neither."""
    of: dict[str, list[str]] = defaultdict(list)
    for row, crowd in known:
        for ticket in crowd:
            of[ticket].append(row["number"])
    return {ticket: numbers[0] for ticket, numbers in of.items() if len(numbers) == 1}


def offered(store: Store, now: datetime, within: timedelta, number: str) -> list[Row]:
    """The incident around which a crowd calls, as `store.merging.similar` gives it, for a caller of whom nothing is
    known yet; none while there are two of them."""
    crowds = [row for row in crowded(store, now) if row["callers"] + row["waiting"] > CROWD]
    if len(crowds) != 1 or crowds[0]["number"] == number:
        return []
    place = (crowds[0]["category"], crowds[0]["kecamatan"] or "", crowds[0]["desa"])
    return [row for row in store.merging.similar(number, now - within, *place) if row["number"] == crowds[0]["number"]]


def callers(store: Store, number: str, user: Acts) -> tuple[Row, list[Row]]:
    """The incident of a ticket, and its callers with what can be done for each: `does`, and `unable` with reasons.

    Behind them stand those who gave up at that time (`linked` None); `doubtful`: why one of them may be about something
    else. NotFound when there is no such ticket."""
    master = store.merging.master_of(number) or number
    incident = store.incidents.get(master)
    if incident is None:
        raise NotFound(f"tiket {number} tidak ada")
    known = [row | {"linked": bool(row["linked"])} for row in store.incidents.callers(master)]
    near: list[Row] = []
    if incident["status"] in ("open", "dispatched"):
        waiting = store.incidents.gave_up(from_text(incident["created_at"]) - BEFORE)
        own = {row["ticket"] for row in known}
        others = _others(store, incident)
        near = [
            row | {"linked": None, "doubtful": _doubtful(row, others)}
            for row in waiting
            if row["ticket"] not in own and _near(incident, row)
        ]
    return incident, [_planned(store, row, user) for row in (*known, *near)]


def settle(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    tickets: Collection[str],
    acts: Collection[str],
    user: Acts,
) -> list[Row]:
    """Do `acts` for the callers of these tickets; gives for each what was done (`did`) and what was refused.

    One that cannot be done leaves the others alone. Each caller gets a journal row of its own."""
    incident, rows = callers(store, number, user)
    known = {row["ticket"]: row for row in rows}
    done = []
    for ticket in dict.fromkeys(tickets):
        row = known.get(ticket)
        if row is None:
            done.append(
                {"ticket": ticket, "display": None, "did": [], "refused": ["bukan penelepon kejadian ini lagi"]}
            )
            continue
        wanted = [act for act in row["does"] if act in acts]
        refused = [reason for act, reason in row["unable"].items() if act in acts]
        did, failed = _carry_out(store, routing, now, incident["number"], row, wanted, user)
        _write_down(store, now, incident["number"], ticket, did, len(tickets), user)
        done.append({"ticket": ticket, "display": row["display"], "did": did, "refused": [*refused, *failed]})
    return done


def _carry_out(
    store: Store, routing: Routing, now: datetime, master: str, row: Row, acts: Iterable[str], user: Acts
) -> tuple[list[str], list[str]]:
    did, refused = [], []
    for act in acts:
        try:
            with store.savepoint():
                _do(store, routing, now, master, row, act, user)
        except TicketError as error:
            refused.append(str(error))
        else:
            did.append(act)
    return did, refused


def _do(store: Store, routing: Routing, now: datetime, master: str, row: Row, act: str, user: Acts) -> None:
    ticket = row["ticket"]
    if act == LINK:
        join(store, routing, now, ticket, master, user.actor)
    elif act == JUDGE:
        store.reputations.judge(now, ticket, "genuine", user.actor)
    else:
        store.callbacks.done(now, row["task"], user.actor, f"satu kejadian dengan {master}")


def _write_down(
    store: Store, now: datetime, master: str, ticket: str, did: list[str], together: int, user: Acts
) -> None:
    if did:
        call = store.tickets.get(ticket)["call"]
        data = {"master": master, "did": did, "together": together}
        store.journal.append(now, "incident.settled", user.actor, call=call, ticket=ticket, data=data)


def _planned(store: Store, row: Row, user: Acts) -> Row:
    """The caller with what can be done, in the order in which it is."""
    does, unable = [], {}
    if row["linked"] is None:
        does.append(LINK)
    if row["verdict"] is None:
        try:
            check_may_judge(store, user, row["ticket"], "genuine", None)
            does.append(JUDGE)
        except TicketError as error:
            unable[JUDGE] = str(error)
    if row["task"] is not None and row["calling"] is not None:
        unable[CALLED] = f"sedang ditelepon {row['calling']}"
    elif row["task"] is not None:
        does.append(CALLED)
    return {"doubtful": None} | row | {"does": does, "unable": unable}


def _near(incident: Row, caller: Row) -> bool:
    """True for a caller who rang while others reported this incident."""
    first, last = from_text(incident["created_at"]), from_text(incident["last_at"] or incident["created_at"])
    return first - BEFORE <= from_text(caller["created_at"]) <= max(first, last) + AFTER


def _others(store: Store, incident: Row) -> list[Row]:
    """Other incidents with callers of their own at that time: a caller who gave up may be about one of them."""
    rows = store.incidents.open(from_text(incident["created_at"]) - AFTER)
    return [row for row in rows if row["number"] != incident["number"] and row["merged"]]


def _doubtful(row: Row, others: Iterable[Row]) -> str | None:
    if row["kind"] == "complaint":
        return "memilih aduan di menu"
    if row["doubt"] is not None:
        return "nomor yang diragukan"
    other = next((other for other in others if _near(other, row)), None)
    return f"mungkin tentang {other['number']}" if other is not None else None
