"""Messages left after hours: the push to the duty contact, as routing.yaml and hours.yaml name it."""

from datetime import UTC, datetime

from instance import load
from line.recordings import duty_of
from tests.fixtures import Edit

NIGHT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def test_without_page_duty_nobody_is_pushed(edited: Edit) -> None:
    """The shipped files: the message waits for the morning."""
    assert duty_of(load(edited()), NIGHT) is None


def test_the_duty_contact_is_pushed_for_its_agency(edited: Edit) -> None:
    """Each push of the plan goes to that contact alone."""
    instance = load(edited("hours.yaml", ("page_duty: false", "page_duty: true")))
    duty = duty_of(instance, NIGHT)
    assert duty is not None
    assert duty.opd == instance.routing.contacts[instance.routing.duty].opd
    assert duty.follow_up_s == instance.routing.opds[duty.opd].follow_up_s
    assert {push.contact for push in duty.ladder} == {instance.routing.duty}
