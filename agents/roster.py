"""All operators of the line: a frozen map of desks, changed by replacing one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from agents.presence import Desk, free, interruptible


@dataclass(frozen=True, slots=True)
class Roster:
    """Desks by operator's name."""

    desks: Mapping[str, Desk] = field(default_factory=dict)

    def get(self, operator: str) -> Desk | None:
        """The desk of an operator, or None."""
        return self.desks.get(operator)

    def put(self, desk: Desk) -> "Roster":
        """The roster with this desk in place of the operator's former one."""
        return replace(self, desks={**self.desks, desk.operator: desk})

    def staffed_by(self, operators: Iterable[str]) -> "Roster":
        """The roster of exactly these operators: new ones offline, a removed one until its present call is over."""
        now = {name: self.desks.get(name) or Desk(name) for name in operators}
        removed = {name: desk for name, desk in self.desks.items() if name not in now and desk.engaged}
        leaving = {name: replace(desk, wanted="offline") for name, desk in removed.items()}
        return Roster(dict(sorted({**now, **leaving}.items())))

    def free(self, now: datetime) -> tuple[Desk, ...]:
        """Desks where a call may ring, longest idle first."""
        ready = (desk for desk in self.desks.values() if free(desk, now))
        return tuple(sorted(ready, key=lambda desk: (desk.idle_since or now, desk.operator)))

    def listeners(self, now: datetime) -> tuple[Desk, ...]:
        """Desks of operators who only listen and would otherwise be free, longest idle first."""
        listening = (desk for desk in self.desks.values() if interruptible(desk, now))
        return tuple(sorted(listening, key=lambda desk: (desk.idle_since or now, desk.operator)))

    def next_change(self, now: datetime) -> datetime | None:
        """The next moment at which a desk becomes free by itself (cool-down or wrap-up over), or None."""
        moments = [m for desk in self.desks.values() for m in (desk.not_before, desk.wrap_up_until) if m and m > now]
        return min(moments, default=None)
