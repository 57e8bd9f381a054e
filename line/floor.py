"""The floor: the operators' desks and the waiting line, and the offers of calls to free operators."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from agents.listening import interruptions
from agents.presence import Desk, engage, live, release, want, wrapped_up
from agents.roster import Roster
from agents.waiting import Line, LineRules, Offer, offers

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


class Floor:
    """Holds the pure roster and line; calls `changed(desk, live)` for each desk whose state has changed.

    Nothing here awaits anything, so two calls can never be given the same operator.
    """

    def __init__(
        self,
        clock: Clock,
        changed: Callable[[Desk, str], None],
        rules: Callable[[], LineRules],
        wrap_up_s: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._rules = rules
        self._wrap_up_s = wrap_up_s
        self._reported: dict[str, tuple[str, str | None, str, str | None]] = {}
        self.stop_listening: Callable[[str, str], None] = lambda operator, why: None
        self.roster = Roster()
        self.line = Line()

    def now(self) -> datetime:
        """The floor's own clock, by which desks and calls wait."""
        return self._clock()

    # desks

    def staff(self, operators: Iterable[str], wanted: Mapping[str, str] | None = None) -> None:
        """Set the operators; `wanted`: the state that each of them last asked for."""
        self.roster = self.roster.staffed_by(operators)
        for operator, wish in (wanted or {}).items():
            if (desk := self.roster.get(operator)) is not None:
                self.roster = self.roster.put(want(desk, wish, self._clock()))
        for desk in self.roster.desks.values():
            self._tell(desk)

    def want(self, operator: str, wanted: str) -> bool:
        """Set the state that an operator asked for; False when there is no such operator."""
        desk = self.roster.get(operator)
        if desk is None:
            return False
        self._put(want(desk, wanted, self._clock()))
        return True

    def registered(self, operator: str, registered: bool) -> str | None:
        """Note that a phone registered or was lost; the call that rang on a phone just lost, or None."""
        desk = self.roster.get(operator)
        if desk is None or desk.registered == registered:
            return None
        self._put(replace(desk, registered=registered))
        return desk.call if not registered and desk.engaged == "ringing" else None

    def wraps_up(self, operator: str, call: str, since: datetime) -> None:
        """Resume the wrap-up that an operator had begun, at `since`, under a former process."""
        desk = self.roster.get(operator)
        if desk is not None and desk.engaged is None:
            until = since + timedelta(seconds=self._wrap_up_s())
            self._put(replace(desk, call=call, wrap_up_until=until))

    def wrapped_up(self, operator: str) -> None:
        """End an operator's wrap-up: the ticket is finished."""
        desk = self.roster.get(operator)
        if desk is not None:
            self._put(wrapped_up(desk, self._clock()))

    def engaged(self, operator: str, call: str, how: str) -> None:
        """Engage a desk by a call that rings or talks there; ends listening at this desk, and to a talking call."""
        waiting = self.line.calls.get(call)
        desk = self.roster.get(operator) or Desk(operator)
        self._put(engage(desk, call, how, waiting.lane if waiting else None))
        if desk.listens is not None:
            self.stop_listening(operator, "other_call")
        for other in self.roster.desks.values() if how == "talking" else ():
            if other.listens == call:
                self.stop_listening(other.operator, "taken")

    def listens(self, operator: str, call: str | None) -> None:
        """Note that an operator's phone listens to a waiting call; None: no longer."""
        desk = self.roster.get(operator)
        if desk is not None:
            self._put(replace(desk, listens=call))

    def listened(self, call: str) -> bool:
        """True while an operator listens to this call."""
        return any(desk.listens == call for desk in self.roster.desks.values())

    def released(self, operator: str, call: str, why: str) -> None:
        """Free a desk of a call; `why` it ended there decides about wrap-up and a second offer."""
        desk = self.roster.get(operator)
        if desk is not None:
            self._put(release(desk, call, why, self._clock(), self._wrap_up_s()))
        if why not in ("talked", "cancelled"):
            self.line = self.line.missed(call, operator)

    def settle(self, call: str, operators: set[str]) -> None:
        """Free every desk that this call engages, except those of `operators`."""
        for desk in list(self.roster.desks.values()):
            if desk.call == call and desk.engaged is not None and desk.operator not in operators:
                self.released(desk.operator, call, "cancelled")

    def may_take(self, operator: str) -> bool:
        """True when an operator may take a call by hand: the phone is registered and no call engages it."""
        desk = self.roster.get(operator)
        return desk is not None and desk.registered and desk.engaged is None

    def ready(self) -> tuple[str, ...]:
        """The operators whose phone a call may ring."""
        return tuple(desk.operator for desk in self.roster.free(self._clock()))

    # line

    def pump(self) -> tuple[Offer, ...]:
        """Offer waiting calls to free operators; the desks count as ringing at once, so carry each offer out."""
        now = self._clock()
        doubtful = any(desk.engaged and desk.lane == "unverified" for desk in self.roster.desks.values())
        made = offers(self.line, self.roster.free(now), self._rules(), now, unverified_engaged=doubtful)
        self._ring(made)
        more = interruptions(self.line, self.roster.listeners(now), self._rules(), now)
        self._ring(more)
        return made + more

    def _ring(self, made: tuple[Offer, ...]) -> None:
        for offer in made:
            self.line = self.line.rings(offer.call, True)
            for operator in offer.operators:
                self.engaged(operator, offer.call, "ringing")

    def refresh(self) -> datetime | None:
        """Report desks that changed by time alone (wrap-up or cool-down over); returns the next such moment."""
        for desk in self.roster.desks.values():
            self._tell(desk)
        return self.roster.next_change(self._clock())

    def _put(self, desk: Desk) -> None:
        self.roster = self.roster.put(desk)
        self._tell(desk)

    def _tell(self, desk: Desk) -> None:
        state = live(desk, self._clock())
        seen = (state, desk.call, desk.wanted, desk.listens)
        if self._reported.get(desk.operator) != seen:
            self._reported[desk.operator] = seen
            self._changed(desk, state)
