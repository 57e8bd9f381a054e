"""The push that follows a message left after hours."""

from datetime import datetime

from instance import Instance
from tickets.escalation.ladder import duty_plan
from tickets.store.steps import Duty


def duty_of(instance: Instance, now: datetime) -> Duty | None:
    """The push of a message left after hours to the duty contact; None without `page_duty: true` in hours.yaml."""
    routing, after = instance.routing, instance.hours.after_hours
    contact = routing.contacts[routing.duty]
    if not after.page_duty or contact.opd is None:
        return None
    return Duty(contact.opd, duty_plan(routing, now), routing.opds[contact.opd].follow_up_s)
