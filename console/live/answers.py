"""An agency's answer over the live socket, where its request over HTTP hangs: the same key, so that it counts once."""

import json
from typing import Any

import structlog

from console.api import once
from console.api.assigning import MOVE, change_of
from console.console import Console, User
from console.errors import Refusal
from console.web.forms import form_of
from console.web.refusals import refusal_of
from tickets.errors import TicketError

log = structlog.get_logger(__name__)


async def answer(console: Console, user: User, text: str) -> dict[str, Any] | None:
    """The reply to a message {key, assignment, body}, `body` being the JSON of POST /api/assignments/ID/move.

    `status` and `body` are those that the request gets over HTTP. None for a message that is none."""
    try:
        message = json.loads(text)
        key, number, body = str(message["key"]), int(message["assignment"]), str(message["body"])
    except (ValueError, TypeError, KeyError, RecursionError):
        log.info("console.message_ignored", user=user.name)
        return None
    return {"type": "answered", "key": key} | await _carried_out(console, user, key, number, body)


async def _carried_out(console: Console, user: User, key: str, number: int, body: str) -> dict[str, Any]:
    try:
        asked = once.Asked(
            once.check_key(key), user.name, once.digest("POST", f"/api/assignments/{number}/move", body.encode())
        )
        row = await once.carry_out(console, asked, change_of(console, user, number, form_of(body, *MOVE)))
        return {"status": row["status"], "body": json.loads(row["body"])}
    except (Refusal, TicketError) as error:
        refusal = refusal_of(error)
        return {"status": refusal.status, "body": {"error": refusal.sentence}}
