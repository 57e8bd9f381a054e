"""Positions by what is pasted, by a place of the gazetteer, and by the desa of the ticket."""

from __future__ import annotations

import pytest

from tests.tickets.cases.conftest import office
from tests.tickets.cases.people import NOW, SITI, Office
from tickets.cases import positioning
from tickets.errors import Conflict, InvalidField, TicketEnded
from tickets.locating.atlas import NOWHERE, Atlas
from tickets.locating.finding import Place

__all__ = ["office"]
ATLAS = Atlas.of(
    [
        Place("Kecapi", "Kecapi", "Tahunan", "desa", (), -6.61, 110.70, 850.0),
        Place("Ngabul", "Ngabul", "Tahunan", "desa", (), -6.63, 110.69, 900.0),
        Place("Mindahan", "Mindahan", "Batealit"),
        Place("Masjid Besar", "Kecapi", "Tahunan", "masjid", (), -6.612, 110.701),
    ]
)


def kept(office: Office, number: str) -> list[tuple[str, float | None, str]]:
    return [(row["kind"], row["radius_m"], row["source"]) for row in office.store.positions.of(number)[::-1]]


@pytest.mark.parametrize(
    ("text", "radius_m", "source", "note"),
    [
        ("-6.6101, 110.7001", None, "dari angka", None),
        ("https://maps.google.com/?q=-6.6101,110.7001", None, "dari tautan peta", None),
        ("geo:-6.6101,110.7001;u=35", 35.0, "dari geo", None),
        ("-7.80, 110.36", None, "dari angka", "di luar wilayah, dekat Ngabul, Kec. Tahunan (135,1 km)"),
    ],
)
def test_a_pasted_point(office: Office, text: str, radius_m: float | None, source: str, note: str | None) -> None:
    """In every notation; one outside is kept, and says so: the region is made of circles."""
    number = office.ticket(kind="emergency")
    standing = positioning.add(office.store, NOW, number, positioning.from_text(ATLAS, text), SITI.actor)
    assert standing is not None
    assert {name: standing[name] for name in ("kind", "radius_m", "source", "by")} == {
        "kind": "point", "radius_m": radius_m, "source": source, "by": "siti",
    }  # fmt: skip
    assert (standing["note"] is None) == (note is None)
    assert note is None or standing["note"].startswith(note[:28])


@pytest.mark.parametrize("text", ["dekat pasar", "https://maps.app.goo.gl/AbCdEf", "0, 0"])
def test_a_text_without_a_point(text: str) -> None:
    """A sentence at the field, and no row."""
    with pytest.raises(InvalidField) as refused:
        positioning.from_text(ATLAS, text)
    assert refused.value.field == "text"


def test_a_desa_and_a_landmark_in_it() -> None:
    """With centre and radius of the gazetteer; one that has no point is said."""
    desa = positioning.from_place(ATLAS, "Tahunan", "Kecapi", None)
    assert (desa.kind, desa.radius_m, desa.source) == ("desa", 850.0, "dari desa Kecapi")
    landmark = positioning.from_place(ATLAS, "Tahunan", "Kecapi", "Masjid Besar")
    assert (landmark.kind, landmark.radius_m, landmark.source) == ("landmark", None, "dari patokan Masjid Besar")
    for name in ("Mindahan", "Krapyak"):
        with pytest.raises(InvalidField, match="belum dikenal"):
            positioning.from_place(ATLAS, "Batealit", name, None)


def test_the_position_follows_the_desa(office: Office) -> None:
    """Once for each change of it; another desa counts instead, an unknown one not at all."""
    store, number = office.store, office.ticket(kecamatan="Tahunan", desa="Kecapi")

    def follow(atlas: Atlas = ATLAS, **fields: str) -> str | None:
        store.tickets.update(NOW, number, fields, SITI.actor)
        positioning.follow_desa(store, atlas, NOW, number, SITI.actor)
        standing = store.positions.standing(number)
        return standing and standing["words"]

    assert follow() == "± 850 m, dari desa Kecapi"
    assert follow() == "± 850 m, dari desa Kecapi"
    assert follow(desa="Ngabul") == "± 900 m, dari desa Ngabul"
    assert follow(desa="kecapik") is None
    assert follow(desa="Kecapi") == "± 850 m, dari desa Kecapi"
    assert follow(NOWHERE, desa="Ngabul") == "± 900 m, dari desa Ngabul"  # known from before
    assert kept(office, number) == [
        ("desa", 850.0, "dari desa Kecapi"), ("desa", 900.0, "dari desa Ngabul"), ("desa", 850.0, "dari desa Kecapi"),
    ]  # fmt: skip


def test_an_ended_ticket_takes_no_position(office: Office) -> None:
    """As no other change; and the wrong one of another ticket is not withdrawn here."""
    store, number, other = office.store, office.ticket(), office.ticket()
    position = positioning.from_place(ATLAS, "Tahunan", "Kecapi", None)
    positioning.add(store, NOW, other, position, SITI.actor)
    with pytest.raises(Conflict, match="tidak ada atau sudah dihapus"):
        positioning.withdraw(store, NOW, number, store.positions.of(other)[0]["id"], SITI.actor)
    store.tickets.close(NOW, number, SITI.actor, "selesai")
    with pytest.raises(TicketEnded):
        positioning.add(store, NOW, number, position, SITI.actor)
    with pytest.raises(TicketEnded):
        positioning.withdraw(store, NOW, number, 1, SITI.actor)
