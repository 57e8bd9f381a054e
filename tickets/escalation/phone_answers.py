"""Answers by key on the telephone: saved with the attempt that they answer, or kept and written later."""

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
from tickets.model import AMENDED, WAITING_STATE, Row
from tickets.notify.channel import DETAILS, Clock, Heard, Said
from tickets.routing import Contact, Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Answers:
    """Takes answers for the daemon; `stop` hangs up pushes for an assignment whose state changed."""

    store: StoreThread
    routing: Callable[[], Routing]
    clock: Clock
    attempts: Attempts
    unwritten: Unwritten
    stop: Callable[[Mapping[str, Any]], None]

    async def take(self, sending: Sending, contact: Contact, answer: Said) -> Heard:
        """Save an answer of this push's contact; one call may bring several."""
        answer = answer_rules.meant(sending.went, contact, answer)
        if sending.push.phase == AMENDED and not sending.heard and answer != "know":
            return "unfit"  # nothing was said that could have been heard
        sending.accepting = True  # this call must not be hung up: its read-back is still to be heard
        now = self.clock()
        try:
            try:
                await self.attempts.catch_up(now)
                heard = await self.store.write_within(
                    lambda store: self._write(store, sending, contact, answer, now), LIMIT_S
                )
            except StoreUnavailable as error:
                log.error("push.answer_not_written", push=sending.push.id, said=answer, error=str(error))
                heard = await self._believe(sending, contact, answer, now)
        except BaseException:
            sending.accepting = False
            raise
        sending.recorded = True
        return heard

    async def pressed(self, assignment: int, user: str, reply: Row) -> bool:
        """Accept «TERIMA» of a page whose console cannot write it, so that nobody is rung any more; False where no
        assignment waits for it."""
        now = self.clock()
        row = await self.store.read(lambda store: store.assignments.get(assignment))
        if row["state"] != WAITING_STATE:
            return False
        if not self.unwritten.pressed(assignment):  # its page says it again and again
            until = now + timedelta(seconds=row["follow_up_s"])
            await self.unwritten.keep(Pressed(assignment, user, now, until, reply))
            self.stop({"assignment": assignment, "state": "diterima"})
        return True

    def _write(self, store: Store, sending: Sending, contact: Contact, answer: Said, now: datetime) -> Heard:
        """Write the attempt and then its answer in one transaction: no push is planned after the answer."""
        push = sending.push
        if not sending.recorded:
            term = store.assignments.get(push.assignment)["follow_up_s"]
            wait_s = answer_rules.quiet_s(self.routing(), push, answer, term)
            self.attempts.write(
                store, sending, self.attempts.tried(sending, Outcome(True, DETAILS[answer]), now, wait_s)
            )
        return answer_rules.take(store, self.routing(), now, sending.went, contact, answer, sending.shown)

    async def _believe(self, sending: Sending, contact: Contact, answer: Said, now: datetime) -> Heard:
        """Accept an answer while the store cannot be written, and stop ringing for its assignment."""
        push, planned = sending.went, sending.push.contact
        row = await self.store.read(lambda store: store.assignments.get(push.assignment))
        term, before = row["follow_up_s"], self.unwritten.answered(push, now)
        heard = answer_rules.foretold(push, contact, answer, row["state"], answered=before)
        entries: list[Entry] = []
        if not sending.recorded:
            wait_s = answer_rules.quiet_s(self.routing(), push, answer, term) if heard in ("noted", "known") else 0
            entries.append(self.attempts.tried(sending, Outcome(True, DETAILS[answer]), now, wait_s))
        read = heard == "noted" and push.phase == AMENDED
        if heard in ("accepted", "departed", "refused", "known") or read:
            quiet_s = self.routing().known_s if heard == "known" else term
            shown = tuple(sending.shown.items())
            entries.append(Answered(push, planned, answer, now, now + timedelta(seconds=quiet_s), shown))
        await self.unwritten.keep(*entries)
        if heard in ("accepted", "departed"):
            state = "diterima" if heard == "accepted" else "berangkat"
            self.stop({"assignment": push.assignment, "state": state})
        return heard
