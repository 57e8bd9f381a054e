"""Verdicts on calls."""

from aiohttp import web

from console.api.drafts import read_over, write
from console.api.ticketing import check_words
from console.console import console_of, user_of
from console.web.forms import choice, fields, optional_text, read_form
from tickets.cases.judging import judge
from tickets.screening.reputation import VERDICTS

MAX_REASON = 300


async def verdict(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/verdict {kind, fields?, over?, reason?}: the verdict on a call; the ticket follows.

    Prank, information and silence close it, genuine keeps it. An operator judges own calls and those that nobody
    answered. Only the command centre and admins correct another's verdict, with a reason.
    """
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "kind", "fields", "over", "reason")
    over = read_over(request, form)
    kind = choice(form, "kind", "putusan", VERDICTS)
    reason = optional_text(form, "reason", "alasan", longest=MAX_REASON)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)
    row = await write(request, lambda store: judge(store, now, number, kind, reason, changes, user, over))
    return web.json_response({"number": number, "verdict": kind, "kind": row["kind"], "status": row["status"]})
