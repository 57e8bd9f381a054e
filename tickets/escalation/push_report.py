"""The proof of the ledger for a period of days, as plain values."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.errors import InvalidInput
from tickets.escalation.gaps import GRACE_S, Gap, Proof, prove
from tickets.escalation.unsent import DEFAULTS, UnsentRules
from tickets.model import Row, to_text
from tickets.notify.call import MOBILE_PACE_S
from tickets.screening.report import MOST_DAYS, midnight
from tickets.store import Store


def report(store: Store, first: date, last: date, zone: ZoneInfo, now: datetime, rules: UnsentRules = DEFAULTS) -> Row:
    """Both days included, as the zone has them; `violations` are the gaps that no ladder allows.
    Of `amendments` (what changed after a dispatch) `unpushed` are those that nobody has read and nothing pushes now.

    `unreached` are those in which pushes were tried, perhaps, and none arrived at a person.
    `unsent` proves the same of emergencies that nobody had sent; `rules` are theirs where no daemon began their ladder.

    InvalidInput when the period is empty or longer than a year.
    """
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise InvalidInput(f"masa laporan {first} sampai {last} tidak sah: 1 sampai {MOST_DAYS} hari, dari yang awal")
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    unpushed = store.ledger.unpushed(now - timedelta(seconds=GRACE_S))
    amended = store.ledger.amended(start, end)
    proof = prove(store.ledger.duties(start, end, now), start, end, now, MOBILE_PACE_S)
    unsent = prove(store.unsent_pushes.duties(start, end, now, rules), start, end, now, MOBILE_PACE_S)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "time_zone": zone.key,
        "holds": proof.holds and unsent.holds and not unpushed,
        "grace_s": GRACE_S,
        "assignments": proof.assignments,
        "attempts": proof.attempts,
        "delivered": proof.delivered,
        "longest": _gap(proof.longest) if proof.longest else None,
        "violations": [_gap(gap) for gap in proof.violations],
        "unreached": [_gap(gap) for gap in proof.unreached],
        "amendments": amended | {"unread": amended["made"] - amended["read"], "unpushed": unpushed},
        "unsent": _unsent(unsent),
    }


def _unsent(proof: Proof) -> Row:
    """The proof of what nobody had sent: `opd` of its gaps is the audience."""
    return {
        "episodes": proof.assignments,
        "pushes": proof.attempts,
        "arrived": proof.delivered,
        "longest": _gap(proof.longest) if proof.longest else None,
        "violations": [_gap(gap) for gap in proof.violations],
        "unreached": [_gap(gap) for gap in proof.unreached],
    }


def _gap(gap: Gap) -> Row:
    duty = gap.duty
    return {
        "ticket": duty.ticket,
        "assignment": duty.assignment,
        "opd": duty.opd,
        "phase": duty.phase,
        "step": duty.step,
        "started_at": to_text(gap.start),
        "ended_at": to_text(gap.end),
        "seconds": round(gap.seconds, 3),
        "allowed_s": gap.allowed_s,
    }
