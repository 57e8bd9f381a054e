"""Words and recipients of an unsent emergency's channels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tickets.world import CONTACTS, START, WIB, make_routing
from tickets.escalation.unsent_words import command_centre, unsent_report
from tickets.messages import Messages
from tickets.model import to_text
from tickets.routing import Contact

TICKET = {
    "number": "J-20261122-0001", "kind": "emergency", "category": "kebakaran", "kecamatan": "Tahunan",
    "desa": "Mantingan", "address": None, "description": "rumah terbakar", "created_at": to_text(START),
    "operator": "sari",
}  # fmt: skip
EPISODE = {"since": to_text(START), "sign": "emergency"}


@pytest.mark.parametrize(
    ("centre", "ways"),
    [
        (Contact("pusdalops", None, "Pusat kendali", page=True, sip="p1", webpush=True), ("call", "webpush")),
        (Contact("pusdalops", None, "Pusat kendali", page=True), ()),
        (Contact("pusdalops", None, "Pusat kendali", mobile="+620001120001", apprise="json://x"), ("apprise",)),
    ],
)
def test_the_command_centre_is_who_stands_above_first(centre: Contact, ways: tuple[str, ...]) -> None:
    """Over every channel that it has: a placeholder is no number, and pages are pushed by themselves."""
    routing = make_routing((*CONTACTS[:-1], centre))
    assert command_centre(routing) == tuple(("pusdalops", way) for way in ways)


def test_without_anybody_above_the_duty_contact_is_pushed() -> None:
    """A site that names nobody above its agencies has a duty contact all the same."""
    opds = {"bpbd": make_routing().opds["bpbd"]}
    assert command_centre(replace(make_routing(), opds=opds)) == (("bpbd.siaga", "apprise"),)


def test_the_words_say_first_that_nobody_has_it() -> None:
    """On the telephone, in a message, and with a subject of the site's own."""
    centre = CONTACTS[-1]
    known = unsent_report(TICKET, EPISODE, centre, make_routing(), WIB, attempt=2, link="https://112/tiket/J")
    assert known.subject == "[112] BELUM DIKIRIM: Kebakaran: Mantingan, Tahunan (J-20261122-0001)"
    assert known.body.splitlines()[0] == "BELUM DIKIRIM KE OPD sejak 14.00, operator sari"
    assert known.body.splitlines()[-2:] == [
        "Pemberitahuan ke-2. Laporan ini belum dikirim ke OPD mana pun. "
        "Telepon meja operator sekarang, minta laporan ini dikirim.",
        "Buka: https://112/tiket/J",
    ]
    assert known.spoken.startswith("Laporan ini belum dikirim ke OPD mana pun. Untuk Pusat kendali. Kebakaran.")
    own = replace(make_routing(), messages=Messages(subject="Laporan {tiket}"))
    other = unsent_report(TICKET, EPISODE, centre, own, WIB, attempt=1, link="")
    assert other.subject == "BELUM DIKIRIM: Laporan J-20261122-0001"
