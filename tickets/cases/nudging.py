"""«Colek» of somebody above: an agency that has not answered is pushed anew at once, and reads who asks."""

from datetime import datetime, timedelta, tzinfo

from ivr.wording import write_time
from tickets.cases.acting import Acts
from tickets.cases.knowing import contact_of
from tickets.errors import Conflict
from tickets.escalation.ladder import is_above, is_outside
from tickets.model import WAITING_STATE, Row, from_text
from tickets.routing import Routing
from tickets.store import Store


def nudge(store: Store, routing: Routing, zone: tzinfo, now: datetime, assignment: int, user: Acts) -> list[str]:
    """Push the agency's contacts for a task that waits, over all channels of its ladder; returns their names.

    It answers nothing, and every later push is due no later than before. Conflict where the task does not wait, or was
    nudged within `routing.nudge_s`."""
    row = store.assignments.get(assignment)
    if row["state"] != WAITING_STATE:
        raise Conflict(f"tugas tiket {row['ticket']} sudah «{row['state']}»; tidak perlu dicolek")
    _check_pace(store, routing, zone, now, assignment)
    pushes = store.assignments.planned_now(assignment)
    own = [push for push in pushes if not is_outside(routing, push["contact"], row["opd"])]
    own = own or [push for push in pushes if not is_above(routing, push["contact"])]  # an agency without contacts
    contact = contact_of(store, routing, user.actor.name)
    return store.nudges.nudge(now, assignment, own, user.actor, contact.title if contact else user.actor.name)


def asked(store: Store, routing: Routing, now: datetime, tasks: list[int]) -> dict[int, Row]:
    """The last nudge of each of these tasks while it keeps others waiting; `again`: from when on it may be nudged."""
    nudges: dict[int, Row] = {}
    for task in tasks:
        last = store.nudges.last(now, task, routing.nudge_s)
        if last is not None:
            nudges[task] = last | {"again": from_text(last["at"]) + timedelta(seconds=routing.nudge_s)}
    return nudges


def _check_pace(store: Store, routing: Routing, zone: tzinfo, now: datetime, assignment: int) -> None:
    last = asked(store, routing, now, [assignment]).get(assignment)
    if last is not None:
        again = last["again"] + timedelta(seconds=59)  # never named too early
        raise Conflict(
            f"baru dicolek pukul {_clock(from_text(last['at']), zone)}; bisa lagi pukul {_clock(again, zone)}"
        )


def _clock(moment: datetime, zone: tzinfo) -> str:
    return write_time(moment.astimezone(zone).time().replace(second=0, microsecond=0))
