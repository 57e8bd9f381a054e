"""Requests of users to the calls process: journal rows that it follows, each refused here where it cannot be met."""

from datetime import datetime

from tickets.cases.acting import Acts
from tickets.errors import Conflict, InvalidField
from tickets.model import Actor, Row
from tickets.store import Store

CAN_BE_TAKEN = ("menu", "waiting", "ringing")
_STAGES = {
    "talking": "dijawab operator lain",
    "ended": "berakhir",
    "recording": "merekam pesan",
    "closed": "di luar jam buka",
}


def presence(store: Store, now: datetime, wanted: str, user: Actor) -> None:
    """Ask to be ready, paused or offline."""
    data = {"operator": user.name, "wanted": wanted}
    store.journal.append(now, "request.presence", user, data=data)


def take(store: Store, now: datetime, call: str, user: Actor) -> None:
    """Ask that this operator's phone rings for a call; Conflict when nobody can take it any more."""
    row = store.calls.get(call)
    if row["stage"] not in CAN_BE_TAKEN:
        raise Conflict(f"panggilan dari {row['display']} sudah {_STAGES.get(row['stage'], row['stage'])}")
    data = {"call": call, "operator": user.name}
    store.journal.append(now, "request.take", user, call=call, ticket=row["ticket"], data=data)


def transfer(store: Store, now: datetime, call: str, to: str, user: Actor, note: str | None = None) -> None:
    """Ask that a colleague gets the caller, and say why; only the operator who talks with the caller may."""
    if to == user.name:
        raise InvalidField("to", "panggilan tidak bisa dialihkan ke diri sendiri")
    row = store.calls.get(call)
    if to not in {person["name"] for person in store.people.operators()}:
        raise InvalidField("to", f"operator {to!r} tidak ada atau sudah dinonaktifkan")
    if row["stage"] != "talking" or row["operator"] != user.name:
        raise Conflict(f"Anda tidak sedang berbicara dengan {row['display']}")
    data = {"operator": user.name, "call": call, "to": to} | ({"note": note} if note else {})
    store.journal.append(now, "request.transfer", user, call=call, ticket=row["ticket"], data=data)


def wrap_up_done(store: Store, now: datetime, user: Actor) -> None:
    """Tell that the operator has written the last call up."""
    own = next((row for row in store.people.presences() if row["operator"] == user.name), None)
    data = {"operator": user.name, "call": own["call"] if own else None}
    store.journal.append(now, "request.wrap_up_done", user, call=data["call"], data=data)


def listen(store: Store, now: datetime, call: str, mode: str, user: Acts) -> None:
    """Ask that the user's phone hears a call; asked again, another mode counts."""
    row, name = store.calls.get(call), user.actor.name
    _check_may_listen(row, user, mode)
    data = {"operator": name, "call": call, "mode": mode}
    store.journal.append(now, "request.listen", user.actor, call=call, ticket=row["ticket"], data=data)


def listen_done(store: Store, now: datetime, user: Actor) -> None:
    """Tell that the user no longer listens."""
    store.journal.append(now, "request.listen_end", user, data={"operator": user.name})


def dial(store: Store, now: datetime, task: int, user: Actor) -> None:
    """Ask that a number is called back over the trunk; Conflict while somebody telephones with it."""
    row = store.callbacks.get(task)
    busy = next((live for live in store.callbacks.live() if live["number"] == row["number"]), None)
    if busy is not None:
        raise Conflict(f"nomor ini sedang ditelepon {busy['operator']}")
    data = {"operator": user.name, "task": task}
    store.journal.append(now, "request.callback", user, call=row["call"], ticket=row["ticket"], data=data)


def _check_may_listen(row: Row, user: Acts, mode: str) -> None:
    """Let operators hear callers who wait in silence, and supervisors the talks of operators."""
    if user.role != "operator":
        if row["stage"] != "talking":
            raise Conflict(f"panggilan dari {row['display']} tidak sedang dibicarakan operator")
        return
    if mode != "listen":
        raise InvalidField("mode", "operator hanya bisa mendengarkan")
    if row["stage"] not in ("waiting", "ringing") or row["lane"] != "silent":
        raise Conflict(f"panggilan dari {row['display']} sudah tidak di jalur hening")
