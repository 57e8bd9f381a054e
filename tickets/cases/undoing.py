"""«Urungkan»: whoever took a step takes it back within seconds, and pushing goes on with its former age."""

from datetime import datetime, timedelta

from tickets.cases import merging
from tickets.cases.acting import Acts
from tickets.cases.carrying import planned
from tickets.errors import Conflict, InvalidInput
from tickets.model import WAITING_STATE, Actor, PlannedPush, Row, from_text
from tickets.routing import Routing
from tickets.store import Store

# The page offers it for ten seconds; the rest is for the way to 112.
WINDOW = timedelta(seconds=20)
# An answer that is given and taken back again and again would keep an agency quiet.
MOST = 3
NOT_UNDONE = ("bukan_wewenang", "dibatalkan")
DEEDS = ("dispatch", "verdict", "merge", "close")
TOO_LATE = "terlambat: hanya bisa diurungkan dalam beberapa detik"


def undo_step(store: Store, routing: Routing, now: datetime, row: Row, user: Acts) -> Row:
    """Take back the newest step of an assignment; its pushes go on as if it had not been taken.

    Conflict where it is too old, somebody else's, was followed by another, or has handed the ticket over."""
    step = store.undoing.last(row["id"])
    if step is None or step["kind"] == "assignment.undone":
        raise Conflict("tidak ada langkah yang bisa diurungkan")
    if step["actor"] != str(user.actor):
        raise Conflict(f"langkah terakhir bukan dari Anda, melainkan dari {step['actor'].partition(':')[2]}")
    if step["data"]["state"] in NOT_UNDONE:
        raise Conflict("tugas ini sudah diserahkan atau ditarik; tidak bisa diurungkan")
    check_window(now, step["at"])
    if store.undoing.count(row["id"]) >= MOST:
        raise Conflict(f"tugas ini sudah {MOST} kali diurungkan; hubungi 112")
    return store.undoing.back(now, step, user.actor, _former(store, routing, row))


def may_undo(store: Store, now: datetime, row: Row, actor: Actor) -> bool:
    """True while this person may still take the newest step of an assignment back."""
    step = store.undoing.last(row["id"])
    return (
        step is not None
        and step["kind"] != "assignment.undone"
        and step["actor"] == str(actor)
        and step["data"]["state"] not in NOT_UNDONE
        and now - from_text(step["at"]) <= WINDOW
        and store.undoing.count(row["id"]) < MOST
    )


def undo(store: Store, routing: Routing, now: datetime, number: str, deed: str, actor: Actor) -> Row:
    """Take back a deed done to a ticket, one of `DEEDS`; returns its result, in fields of its own."""
    if deed == "dispatch":
        return _undo_dispatch(store, now, number, actor)
    if deed == "verdict":
        return {"verdict": store.reputations.take_back(now, number, actor, now - WINDOW)}
    if deed == "merge":
        return {"dispatched": _undo_merge(store, routing, now, number, actor)}
    if deed == "close":
        store.tickets.open_again(now, number, actor, now - WINDOW)
        return {}
    raise InvalidInput(f"isian what {deed!r} tidak dikenal; yang ada: {', '.join(DEEDS)}")


def check_window(now: datetime, at: str) -> None:
    """Conflict for what was done longer ago than a finger's slip."""
    if now - from_text(at) > WINDOW:
        raise Conflict(TOO_LATE)


def _former(store: Store, routing: Routing, row: Row) -> tuple[PlannedPush, ...]:
    """The ladder of an assignment as it was planned, with the age of a ticket that was handed on."""
    return tuple(push for push in planned(store, row) if push.contact in routing.contacts)


def _undo_dispatch(store: Store, now: datetime, number: str, actor: Actor) -> Row:
    """Take a ticket off the agencies that this person sent it to just now; those that answered keep it."""
    rows = store.tickets.show(number)["assignments"]
    mine = [
        row
        for row in rows
        if row["ended_at"] is None
        and row["dispatched_by"] == actor.name
        and now - from_text(row["dispatched_at"]) <= WINDOW
    ]
    waiting = [row for row in mine if row["state"] == WAITING_STATE]
    if not waiting:
        answered = ", ".join(sorted({row["opd"] for row in mine}))
        raise Conflict(f"sudah dijawab {answered}; tidak bisa diurungkan" if answered else TOO_LATE)
    for row in waiting:
        note = "pengiriman diurungkan operator"
        store.assignments.move(now, row["id"], "dibatalkan", actor, via="page", note=note)
    undone = [row["opd"] for row in waiting]
    return {"undone": undone, "kept": [row["opd"] for row in mine if row["opd"] not in undone]}


def _undo_merge(store: Store, routing: Routing, now: datetime, number: str, actor: Actor) -> list[str]:
    merged = store.merging.link(number)
    if merged is None:
        raise Conflict(f"tiket {number} tidak digabung")
    if merged["by"] != actor.name:
        raise Conflict(f"tiket ini digabung oleh {merged['by']}; pakai «Pisahkan»")
    check_window(now, merged["at"])
    return merging.part(store, routing, now, number, actor, merged_at=from_text(merged["at"]))
