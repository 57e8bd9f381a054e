"""Looks up the caller's reputation inside the arrival's transaction."""

from collections.abc import Callable
from datetime import datetime

import structlog

from ivr import events as ev
from ivr.screening_rules import ScreeningRules
from tickets.screening.reputation import sampled
from tickets.store import Store
from tickets.store.calls import NewCall

log = structlog.get_logger(__name__)


def judge(new: NewCall, now: datetime, rules: ScreeningRules) -> Callable[[Store], ev.Arrived]:
    """Build the look-up of a caller's and a trunk's reputation, to be run in the arrival's transaction.

    It never raises: after an error nobody is doubted, and the call arrives.
    """

    def look(store: Store) -> ev.Arrived:
        try:
            doubt = store.reputations.standing(new.number, new.trunk, now, rules).doubt
        except Exception:
            log.exception("call.standing_unknown", call=new.id)
            return ev.Arrived(callable=new.callable)
        return ev.Arrived(doubt, doubt is not None and sampled(new.id, rules), new.callable)

    return look
