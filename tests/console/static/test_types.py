"""The shapes that the scripts are checked against (console/types/snapshots.d.ts) are those that the server sends."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from console.web.app import STATIC
from tests.console.desk112 import SITI, RunningConsole
from tests.console.live.test_live import page, snapshot

DECLARED = (STATIC.parent / "types" / "snapshots.d.ts").read_text(encoding="utf-8")
PLAIN = {"string": str, "Moment": str, "number": (int, float), "boolean": bool, "null": type(None)}


@dataclass(slots=True)
class Shape:
    """An interface: its fields with their types, and whose fields it has too."""

    above: list[str]
    fields: dict[str, str] = field(default_factory=dict)


def _shapes() -> dict[str, Shape]:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", DECLARED, flags=re.DOTALL)
    shapes = {}
    for matched in re.finditer(r"interface (\w+)(?: extends ([\w, ]+))? \{", text):
        end, depth = matched.end(), 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        shape = Shape(above=re.findall(r"\w+", matched[2] or ""))
        for name, kind in re.findall(r"(\w+\??): ((?:\{[^{}]*\}|[^;{}])+)", text[matched.end() : end - 1]):
            shape.fields[name] = kind.strip()
        shapes[matched[1]] = shape
    return shapes


SHAPES = _shapes()


def _wrong(value: Any, kind: str, where: str) -> list[str]:
    """The places where a value is not of its declared type; only names, lists and «or null» are looked into."""
    if value is None and re.search(r"\| null$", kind):
        return []
    kind = kind.removesuffix(" | null")
    if kind.endswith("[]") and re.fullmatch(r"\w+\[\]", kind):
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list of {kind[:-2]}"]
        return [text for index, row in enumerate(value) for text in _wrong(row, kind[:-2], f"{where}[{index}]")]
    if kind in PLAIN:
        fits = isinstance(value, PLAIN[kind]) and (kind != "number" or not isinstance(value, bool))
        return [] if fits else [f"{where}: {value!r} is no {kind}"]
    return _wrong_fields(value, kind, where) if kind in SHAPES else []


def _wrong_fields(value: Any, kind: str, where: str) -> list[str]:
    shape, wrong = SHAPES[kind], []
    for above in shape.above:
        wrong += _wrong_fields(value, above, where)
    for name, declared in shape.fields.items():
        known = name.removesuffix("?")
        if known in value:
            wrong += _wrong(value[known], declared, f"{where}.{known}")
        elif known == name:
            wrong.append(f"{where}.{name}: missing")
    return wrong


async def _busy(desk: RunningConsole) -> str:
    """A line on which every list of every page has something in it; the number of a ticket with an agency."""
    number, (assignment, silent) = await desk.ticket("damkar", "pln")
    await desk.call("c-waiting", stage="waiting", lane="normal", waiting_at="2026-11-23T02:00:00+00:00")
    await desk.call("c-silent", stage="waiting", lane="silent", waiting_at="2026-11-23T02:00:00+00:00")
    await desk.call("c-rings", stage="ringing", lane="urgent", location='{"lat": -6.5, "lon": 110.6, "radius_m": 40}')
    now = desk.clock.now
    await desk.store.write(lambda store: store.people.set_presence(now, "siti", "ready", "ringing", "c-rings"))
    await desk.store.write(
        lambda store: store.assignments.move(now, assignment, "diterima", SITI, via="page", note=None)
    )
    await desk.ask("bupati", "POST", f"/api/assignments/{silent}/nudge", json={})
    return number


@pytest.mark.parametrize(
    ("user", "kind", "query"),
    [
        ("siti", "OperatorSnapshot", "page=operator"),
        ("damkar", "OpdSnapshot", "page=opd"),
        ("pusat", "OverviewSnapshot", "page=overview"),
        ("pusat", "TicketSnapshot", "page=ticket&number={number}"),
        ("bupati", "BupatiSnapshot", "page=bupati"),
        ("pusat", "ScreeningSnapshot", "page=screening"),
        ("pusat", "WadulSnapshot", "page=wadul"),
    ],
)
async def test_a_snapshot_has_the_shape_that_its_page_is_checked_against(
    desk: RunningConsole, user: str, kind: str, query: str
) -> None:
    """Every declared field is there, of its type: a check against a shape that is not so would be worth nothing."""
    number = await _busy(desk)
    async with page(desk, user, query.format(number=number)) as socket:
        assert _wrong(await snapshot(socket), kind, kind) == []


async def test_what_forms_offer_has_its_shape(desk: RunningConsole) -> None:
    """GET /api/reference."""
    status, data = await desk.ask("siti", "GET", "/api/reference")
    assert (status, _wrong(data, "Reference", "Reference")) == (200, [])


def test_a_wrong_shape_is_seen() -> None:
    """The comparison itself: a field that is missing, one of another type, one inside a list."""
    assert _wrong({"open": 1}, "Gate", "gate") == ["gate.open: 1 is no boolean", "gate.reason: missing"]
    rows = [{"name": "calls", "alive": True, "since": None}, {"name": 7, "alive": True, "since": None}]
    assert _wrong(rows, "Beat[]", "rows") == ["rows[1].name: 7 is no string"]
