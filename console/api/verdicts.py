"""Verdicts on calls, and who may give them."""

from aiohttp import web

from console.api.ticketing import check_words
from console.console import User, console_of, user_of
from console.errors import BadField, NotAllowed
from console.web.forms import choice, fields, optional_text, read_form
from tickets.model import Row
from tickets.screening.reputation import VERDICTS
from tickets.store import Store

MAX_REASON = 300


async def verdict(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/verdict {kind, fields?, reason?}: what the call was; the ticket follows.

    Prank, information and silence close it, genuine keeps it. An operator judges own calls and those that nobody
    answered; who corrects another's verdict is of the command centre or an admin, and says why.
    """
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "kind", "fields", "reason")
    kind = choice(form, "kind", "putusan", VERDICTS)
    reason = optional_text(form, "reason", "alasan", longest=MAX_REASON)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)

    def judge(store: Store) -> Row:
        _check_may(store, user, number, kind, reason)
        store.tickets.update(now, number, changes, user.actor)
        store.reputations.judge(now, number, kind, user.actor, reason=reason)
        return store.tickets.get(number)

    row = await console.store.write(judge)
    return web.json_response({"number": number, "verdict": kind, "kind": row["kind"], "status": row["status"]})


def _check_may(store: Store, user: User, number: str, kind: str, reason: str | None) -> None:
    ticket, before = store.tickets.get(number), store.reputations.of_ticket(number)
    others = before is not None and before["by"] != user.name
    if user.role != "operator":
        if others and before is not None and before["verdict"] != kind and reason is None:
            raise BadField("reason", f"tulis alasan mengubah penilaian {before['by']}")
        return
    call = store.calls.find(ticket["call"]) if ticket["call"] else None
    served_by = call["operator"] if call is not None else None
    if served_by not in (None, user.name) and not store.calls.talked_with(ticket["call"], user.name):
        raise NotAllowed(f"panggilan ini dilayani {served_by}; minta admin bila penilaiannya salah")
    if others and before is not None:
        raise NotAllowed(f"panggilan ini sudah dinilai {before['by']}; minta admin bila penilaiannya salah")
