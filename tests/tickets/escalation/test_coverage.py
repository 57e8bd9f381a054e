"""Hours without a reachable contact of an agency, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from instance import load
from ivr.hours import Hours, SpecialDay, Window
from tests.tickets.world import CONTACTS, make_routing
from tickets.escalation.coverage import Uncovered, uncovered

DAY = Window(time(7), time(21))
NIGHT = Window(time(21), time(7))


def weekly(*days: tuple[Window, ...], **dates: tuple[Window, ...]) -> Hours:
    """The same every day when one is given."""
    exceptions = {date.fromisoformat(day[1:].replace("_", "-")): SpecialDay(on, "") for day, on in dates.items()}
    return Hours("Asia/Jakarta", days if len(days) == 7 else days * 7, exceptions)


ALWAYS, DAYTIME, NIGHTLY = weekly((Window(time(0), time(0)),)), weekly((DAY,)), weekly((NIGHT,))
OFFICE = weekly(*((Window(time(8), time(16)),),) * 5, (), ())


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({}, None),
        ({"damkar.siaga": {"duty": ALWAYS}}, None),
        ({"damkar.siaga": {"duty": DAYTIME}}, None),  # the squad's commander is always there
        (
            {"damkar.siaga": {"duty": DAYTIME}, "damkar.piket": {"duty": DAYTIME}},
            "setiap hari pukul 00.00-07.00; setiap hari pukul 21.00-24.00",
        ),
        ({"damkar.siaga": {"duty": DAYTIME}, "damkar.piket": {"duty": NIGHTLY}}, None),
        (
            {"damkar.siaga": {"duty": OFFICE}, "damkar.piket": {"duty": DAYTIME}},
            "setiap hari pukul 00.00-07.00; setiap hari pukul 21.00-24.00",
        ),
        (
            {"damkar.siaga": {"duty": OFFICE}, "damkar.piket": {"duty": OFFICE}},
            "Senin sampai Jumat pukul 00.00-08.00; Senin sampai Jumat pukul 16.00-24.00; "
            "Sabtu dan Minggu pukul 00.00-24.00",
        ),
        # the command centre stands in, and is always there
        ({"damkar.siaga": {"duty": OFFICE, "stand_in": ("pusdalops",)}, "damkar.piket": {"duty": OFFICE}}, None),
        (
            {
                "damkar.siaga": {"duty": OFFICE, "stand_in": ("pusdalops",)},
                "damkar.piket": {"duty": OFFICE},
                "pusdalops": {"duty": NIGHTLY},
            },
            "Senin sampai Jumat pukul 07.00-08.00; Senin sampai Jumat pukul 16.00-21.00; "
            "Sabtu dan Minggu pukul 07.00-21.00",
        ),
        (
            {
                "damkar.siaga": {"duty": weekly((DAY, NIGHT), d2026_12_25=(DAY,), d2027_01_01=(DAY, NIGHT))},
                "damkar.piket": {"duty": DAYTIME},
            },
            "Jumat 25 Desember 2026 pukul 21.00-24.00",
        ),
    ],
)
def test_when_nobody_is_there(changes: dict[str, dict[str, object]], times: str | None) -> None:
    """Duty hours, stand-ins and dated exceptions together, for the agency's own people."""
    contacts = tuple(replace(contact, **changes.get(contact.name, {})) for contact in CONTACTS)  # type: ignore[arg-type]
    expected = [] if times is None else [Uncovered("damkar", "emergency", ("Kebakaran",), times)]
    assert uncovered(make_routing(contacts)) == expected


def test_the_shipped_routing_is_covered() -> None:
    """Every category of Jepara reaches somebody at every hour."""
    assert uncovered(load(Path(__file__).parents[3], secrets=False).routing) == []
