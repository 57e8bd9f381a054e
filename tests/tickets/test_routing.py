"""OPDs of a report: the category's, changed by every matching rule, never none."""

import pytest

from ivr.menu import Menus
from tickets.routing import Category, Contact, Ladder, Opd, Proposal, Routing, Rule, is_placeholder, ladder_for, propose

FAST, SLOW = Ladder("darurat", ()), Ladder("pengaduan", ())


def opd(code: str) -> Opd:
    return Opd(code, code.upper(), code.upper(), (), FAST, SLOW, "#000000", 900)


ROUTING = Routing(
    menus=Menus("utama", {}),
    categories={
        "api": Category("api", "Kebakaran", "emergency", ("damkar", "pln"), 1),
        "banjir": Category("banjir", "Banjir", "emergency", ("bpbd",), 2),
        "jalan": Category("jalan", "Jalan rusak", "complaint", ("dpupr",), 4),
    },
    opds={code: opd(code) for code in ("damkar", "pln", "bpbd", "dpupr", "pos")},
    contacts={},
    rules=(
        Rule(kinds=("emergency",), kecamatan=("Karimunjawa",), add=("pos",), why="ada pos di pulau"),
        Rule(
            categories=("api",), kecamatan=("Karimunjawa",), opds=("pos", "bpbd"), why="damkar tidak bisa menyeberang"
        ),
        Rule(categories=("banjir",), kecamatan=("Welahan", "Mayong"), add=("dpupr", "bpbd"), why="rawan banjir"),
    ),
    fallback=("bpbd",),
    duty="bpbd.siaga",
)


@pytest.mark.parametrize(
    ("category", "kecamatan", "opds", "why"),
    [
        ("api", None, ("damkar", "pln"), "kategori Kebakaran"),
        ("api", "Jepara", ("damkar", "pln"), "kategori Kebakaran"),
        ("api", "karimunjawa", ("pos", "bpbd"), "kategori Kebakaran; ada pos di pulau; damkar tidak bisa menyeberang"),
        ("banjir", "Karimunjawa", ("bpbd", "pos"), "kategori Banjir; ada pos di pulau"),
        ("banjir", "Mayong", ("bpbd", "dpupr"), "kategori Banjir; rawan banjir"),
        ("jalan", "Karimunjawa", ("dpupr",), "kategori Jalan rusak"),
        (None, None, ("bpbd",), "kategori belum dipilih: tujuan cadangan"),
        (None, "Karimunjawa", ("bpbd",), "kategori belum dipilih: tujuan cadangan"),
        ("tidak-ada", "Welahan", ("bpbd",), "kategori belum dipilih: tujuan cadangan"),
        ("", "", ("bpbd",), "kategori belum dipilih: tujuan cadangan"),
    ],
)
def test_propose(category: str | None, kecamatan: str | None, opds: tuple[str, ...], why: str) -> None:
    """A proposal is never empty and says why."""
    assert propose(ROUTING, category, kecamatan) == Proposal(opds, why)


@pytest.mark.parametrize(
    ("kind", "ladder"), [("emergency", FAST), ("complaint", SLOW), ("unknown", FAST), ("silent", FAST)]
)
def test_only_a_complaint_is_pushed_slowly(kind: str, ladder: Ladder) -> None:
    """A report that is not known to be a complaint is pushed as an emergency."""
    assert ladder_for(ROUTING, "bpbd", kind) == ladder


@pytest.mark.parametrize(("mobile", "example"), [("+620001120101", True), ("+6281234567890", False), ("+62", False)])
def test_placeholders(mobile: str, example: bool) -> None:
    """The shipped examples are told from real numbers by a shape that no real number has."""
    assert is_placeholder(mobile) is example


def test_a_contacts_repr_shows_no_address() -> None:
    """Addresses of message services hold tokens."""
    shown = repr(Contact("a", None, "A", apprise="tgram://rahasia", webhook="https://rahasia"))
    assert "rahasia" not in shown
