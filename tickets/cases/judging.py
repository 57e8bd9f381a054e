"""Verdicts on calls, and the people who may give them."""

from datetime import datetime

from tickets.cases.acting import Acts
from tickets.cases.typed_over import UNKNOWN, TypedOver, write
from tickets.errors import InvalidField, NotPermitted
from tickets.model import Row
from tickets.store import Store


def judge(
    store: Store,
    now: datetime,
    number: str,
    verdict: str,
    reason: str | None,
    changes: Row,
    user: Acts,
    over: TypedOver = UNKNOWN,
) -> Row:
    """Save the last of the draft and the verdict on its call; returns the ticket, which follows the verdict.

    A verdict that opens the ticket again comes first: an ended one takes no text."""
    check_may_judge(store, user, number, verdict, reason)
    if verdict != "genuine":
        write(store, now, number, changes, user.actor, over)
    store.reputations.judge(now, number, verdict, user.actor, reason=reason)
    if verdict == "genuine":
        write(store, now, number, changes, user.actor, over)
    return store.tickets.get(number)


def check_may_judge(store: Store, user: Acts, number: str, verdict: str, reason: str | None) -> None:
    """Let operators judge their own calls and those that nobody answered, once; others correct with a reason.

    NotPermitted for an operator who may not; InvalidField for a correction without a reason."""
    ticket, before, name = store.tickets.get(number), store.reputations.of_ticket(number), user.actor.name
    others = before is not None and before["by"] != name
    if user.role != "operator":
        if others and before is not None and before["verdict"] != verdict and reason is None:
            raise InvalidField("reason", f"tulis alasan mengubah penilaian {before['by']}")
        return
    call = store.calls.find(ticket["call"]) if ticket["call"] else None
    served_by = call["operator"] if call is not None else None
    if served_by not in (None, name) and not store.calls.talked_with(ticket["call"], name):
        raise NotPermitted(f"panggilan ini dilayani {served_by}; minta admin bila penilaiannya salah")
    if others and before is not None:
        raise NotPermitted(f"panggilan ini sudah dinilai {before['by']}; minta admin bila penilaiannya salah")
