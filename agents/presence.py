"""Presence of an operator, derived from the phone, the page and the call."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WANTED = ("ready", "paused", "offline")
LIVE = ("offline", "unregistered", "paused", "ready", "listening", "ringing", "talking", "calling", "wrap_up")

# Seconds without offers after a phone refused a call: else it would ring in a tight loop.
COOL_DOWN_S = {"declined": 5.0, "busy": 5.0, "unreachable": 5.0, "dropped": 5.0, "missed": 2.0}


@dataclass(frozen=True, slots=True)
class Desk:
    """One operator's place: the phone, the wish, and the present or last call.

    `wanted` is one of WANTED. `engaged` is ringing, talking, calling (back) or None; `call` and `lane` are those of the
    call that engages the desk, or that ended last. `listens` is the waiting call that the operator only listens to."""

    operator: str
    wanted: str = "offline"
    registered: bool = False
    engaged: str | None = None
    call: str | None = None
    lane: str | None = None
    wrap_up_until: datetime | None = None
    not_before: datetime | None = None
    idle_since: datetime | None = None
    listens: str | None = None


def live(desk: Desk, now: datetime) -> str:
    """The presence that pages show, one of LIVE."""
    if desk.engaged is not None:
        return desk.engaged
    if desk.listens is not None:
        return "listening"
    if desk.wanted == "offline":
        return "offline"
    if not desk.registered:
        return "unregistered"
    if desk.wrap_up_until is not None and now < desk.wrap_up_until:
        return "wrap_up"
    return desk.wanted


def free(desk: Desk, now: datetime) -> bool:
    """True when a call may ring here now."""
    return live(desk, now) == "ready" and (desk.not_before is None or desk.not_before <= now)


def interruptible(desk: Desk, now: datetime) -> bool:
    """True when the operator only listens, and a call that must not wait may ring here."""
    return desk.listens is not None and free(replace(desk, listens=None), now)


def want(desk: Desk, wanted: str, now: datetime) -> Desk:
    """Set the presence that the operator asked for; `ready` ends a wrap-up. ValueError for an unknown one."""
    if wanted not in WANTED:
        raise ValueError(f"presence {wanted!r}, expected one of {WANTED}")
    wrap_up = None if wanted == "ready" else desk.wrap_up_until
    return replace(desk, wanted=wanted, wrap_up_until=wrap_up, idle_since=desk.idle_since or now)


def engage(desk: Desk, call: str, how: str, lane: str | None = None) -> Desk:
    """Occupy the desk with a call (`how` is ringing, talking or calling); listening ends.

    Without a `lane` the one that is known of this call stays."""
    known = desk.lane if desk.call == call else None
    return replace(desk, engaged=how, call=call, listens=None, lane=lane or known)


def release(desk: Desk, call: str, why: str, now: datetime, wrap_up_s: float) -> Desk:
    """Free the desk of a call; a desk that another call took meanwhile stays as it is.

    `why` is talked (wrap-up follows) or a key of COOL_DOWN_S (a pause follows)."""
    if desk.call != call or desk.engaged is None:
        return desk
    freed = replace(desk, engaged=None, idle_since=now)
    if why == "talked":
        return replace(freed, wrap_up_until=now + timedelta(seconds=wrap_up_s))
    pause = COOL_DOWN_S.get(why)
    not_before = now + timedelta(seconds=pause) if pause else desk.not_before
    return replace(freed, call=None, not_before=not_before)


def wrapped_up(desk: Desk, now: datetime) -> Desk:
    """End the wrap-up: the operator has finished the ticket."""
    if desk.engaged is not None:
        return desk
    return replace(desk, wrap_up_until=None, call=None, idle_since=now)
