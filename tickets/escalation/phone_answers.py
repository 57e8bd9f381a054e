"""What a contact says on the telephone: saved with the attempt that it answers, or believed and written later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from tickets.errors import StoreUnavailable
from tickets.escalation import answer_rules
from tickets.escalation.attempts import LIMIT_S, Attempts, Outcome, Sending
from tickets.escalation.unwritten import Answered, Entry, Pressed, Unwritten
from tickets.model import WAITING_STATE, Row
from tickets.notify.channel import DETAILS, Clock, Heard, Said
from tickets.routing import Contact, Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Answers:
    """`stop` ends what is on its way for an assignment that is in another state now."""

    store: StoreThread
    routing: Callable[[], Routing]
    clock: Clock
    attempts: Attempts
    unwritten: Unwritten
    stop: Callable[[Mapping[str, Any]], None]

    async def take(self, sending: Sending, contact: Contact, said: Said) -> Heard:
        """Save what this push's contact says; it may say more than one thing in one call."""
        sending.accepting = True  # it is this very call that answers: what it reads back is still to be heard
        now = self.clock()
        try:
            try:
                await self.attempts.catch_up(now)
                heard = await self.store.write_within(
                    lambda store: self._write(store, sending, contact, said, now), LIMIT_S
                )
            except StoreUnavailable as error:
                log.error("push.answer_not_written", push=sending.push.id, said=said, error=str(error))
                heard = await self._believe(sending, contact, said, now)
        except BaseException:
            sending.accepting = False
            raise
        sending.recorded = True
        return heard

    async def pressed(self, assignment: int, who: str, reply: Row) -> bool:
        """«TERIMA» on a page whose console cannot write it: believed as on the telephone, so that nobody is rung on;
        False where nothing waits for it."""
        now = self.clock()
        row = await self.store.read(lambda store: store.assignments.get(assignment))
        if row["state"] != WAITING_STATE:
            return False
        if not self.unwritten.pressed(assignment):  # its page says it again and again
            until = now + timedelta(seconds=row["follow_up_s"])
            await self.unwritten.keep(Pressed(assignment, who, now, until, reply))
            self.stop({"assignment": assignment, "state": "diterima"})
        return True

    def _write(self, store: Store, sending: Sending, contact: Contact, said: Said, now: datetime) -> Heard:
        """The attempt and then what it led to, in one transaction: not one push is younger than the answer."""
        push = sending.push
        if not sending.recorded:
            # a reminder that was heard leaves this contact in peace until the OPD's next term
            waits = push.phase != WAITING_STATE and said == "accept"
            wait_s = store.assignments.get(push.assignment)["follow_up_s"] if waits else 0
            self.attempts.write(store, sending, self.attempts.tried(sending, Outcome(True, DETAILS[said]), now, wait_s))
        return answer_rules.take(store, self.routing(), now, sending.went, contact, said)

    async def _believe(self, sending: Sending, contact: Contact, said: Said, now: datetime) -> Heard:
        """The store cannot be written: who answered is believed, and nobody else of the assignment is rung for it."""
        push, planned = sending.went, sending.push.contact
        row = await self.store.read(lambda store: store.assignments.get(push.assignment))
        term, before = row["follow_up_s"], self.unwritten.answered(push, now)
        heard = answer_rules.foretold(push, contact, said, row["state"], answered=before)
        entries: list[Entry] = []
        if not sending.recorded:
            wait_s = term if heard == "noted" else 0
            entries.append(self.attempts.tried(sending, Outcome(True, DETAILS[said]), now, wait_s))
        if heard in ("accepted", "departed", "refused"):
            entries.append(Answered(push, planned, said, now, now + timedelta(seconds=term)))
        await self.unwritten.keep(*entries)
        if heard in ("accepted", "departed"):
            state = "diterima" if heard == "accepted" else "berangkat"
            self.stop({"assignment": push.assignment, "state": state})
        return heard
