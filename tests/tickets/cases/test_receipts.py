"""Receipts are kept once, and of the user's own alone."""

from datetime import timedelta

import pytest

from tests.tickets.cases.people import BPBD, DAMKAR, NOW, PUSAT, Office, Person
from tickets.cases.receipts import heard, seen
from tickets.errors import NotFound
from tickets.model import Actor, PlannedTest


def test_an_assignment_is_seen_once_for_each_user(office: Office) -> None:
    """Another agency's does not exist."""
    number = office.sent()["id"]
    assert [seen(office.store, NOW, number, DAMKAR) for _ in range(2)] == [True, False]
    with pytest.raises(NotFound):
        seen(office.store, NOW, number, BPBD)


@pytest.mark.parametrize(
    ("contact", "opd", "channel", "user", "expected"),
    [
        ("damkar.siaga", "damkar", "page", DAMKAR, True),
        ("damkar.siaga", "damkar", "page", BPBD, None),
        ("damkar.siaga", "damkar", "page", PUSAT, None),
        ("pusdalops", None, "page", PUSAT, True),
        ("damkar.siaga", "damkar", "call", DAMKAR, None),
    ],
)
def test_a_test_push_is_heard_on_the_page_that_it_was_sent_to(
    office: Office, contact: str, opd: str | None, channel: str, user: Person, expected: bool | None
) -> None:
    """By its agency, or by those above all agencies; noted once."""
    planned = [PlannedTest(contact, opd, channel)]
    run = office.store.test_pushes.ask(NOW, planned, Actor("process", "cli"), timedelta(minutes=10))
    test = office.store.test_pushes.of_run(run)[0]["id"]
    if expected is None:
        with pytest.raises(NotFound):
            heard(office.store, NOW, test, user)
        return
    assert [heard(office.store, NOW, test, user) for _ in range(2)] == [expected, False]
