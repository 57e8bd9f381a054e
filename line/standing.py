"""What is held of a caller at the moment of arrival, as the first event tells it to the flow."""

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
    """Reads, in the transaction of the arrival, what the store holds of a caller and of the trunk.

    An error of ours doubts nobody: the call arrives all the same.
    """

    def look(store: Store) -> ev.Arrived:
        try:
            doubt = store.reputations.standing(new.number, new.trunk, now, rules).doubt
        except Exception:
            log.exception("call.standing_unknown", call=new.id)
            return ev.Arrived()
        return ev.Arrived(doubt, sampled=doubt is not None and sampled(new.id, rules))

    return look
