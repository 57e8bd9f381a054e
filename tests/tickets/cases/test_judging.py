"""Verdicts: operators judge their own calls once, others correct them with a reason."""

import pytest

from tests.tickets.cases.people import BUDI, NOW, PUSAT, SITI, Office, Person
from tickets.cases.judging import check_may_judge, judge
from tickets.errors import InvalidField, NotPermitted, TicketError


def test_the_ticket_follows_the_verdict(office: Office) -> None:
    """A prank closes it, with the last of the draft."""
    number = office.call(operator="siti")
    row = judge(office.store, NOW, number, "prank", None, {"description": "tertawa"}, SITI)
    assert (row["kind"], row["status"], row["description"]) == ("prank", "closed", "tertawa")


SERVED = "panggilan ini dilayani siti; minta admin bila penilaiannya salah"
JUDGED = "panggilan ini sudah dinilai siti; minta admin bila penilaiannya salah"


@pytest.mark.parametrize(
    ("user", "served_by", "judged", "verdict", "reason", "refusal"),
    [
        (SITI, "siti", False, "prank", None, None),
        (BUDI, None, False, "prank", None, None),
        (BUDI, "siti", False, "prank", None, (NotPermitted, SERVED)),
        (BUDI, None, True, "prank", None, (NotPermitted, JUDGED)),
        (SITI, "siti", True, "prank", None, None),
        (PUSAT, "siti", True, "genuine", None, None),
        (PUSAT, "siti", True, "prank", None, (InvalidField, "tulis alasan mengubah penilaian siti")),
        (PUSAT, "siti", True, "prank", "rekaman", None),
    ],
)
def test_people_who_may_judge(
    office: Office,
    user: Person,
    served_by: str | None,
    judged: bool,
    verdict: str,
    reason: str | None,
    refusal: tuple[type[TicketError], str] | None,
) -> None:
    """By role, by the operator who answered, and by an earlier verdict."""
    number = office.call(**({"operator": served_by} if served_by else {}))
    if judged:
        office.store.reputations.judge(NOW, number, "genuine", SITI.actor)
    if refusal is None:
        check_may_judge(office.store, user, number, verdict, reason)
        return
    kind, sentence = refusal
    with pytest.raises(kind) as refused:
        check_may_judge(office.store, user, number, verdict, reason)
    assert str(refused.value) == sentence
