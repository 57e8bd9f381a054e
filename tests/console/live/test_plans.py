"""No statement of a page reads a table whole that only grows: asked of SQLite's planner, statement by statement."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.live.snapshots import SNAPSHOTS, Moment, Moments
from ivr.state import CallState, Leg, to_dict
from tests.console.desk112 import NOW, SITI, setting
from tickets.complaints.states import Terms
from tickets.escalation.ladder import plan
from tickets.model import day_of
from tickets.store import Store
from tickets.store.calls import NewCall

GROWING = frozenset({"calls", "tickets", "assignments", "pushes", "attempts", "journal", "attachments", "callbacks"})
GROWING |= {"callback_tries", "verdicts", "merges", "complaints", "wadul_outbox", "test_pushes", "links", "replies"}
PAGES = {
    "operator": "siti",
    "opd": "damkar",
    "overview": "",
    "ticket": "T-20261122-0001",
    "screening": "",
    "numbers": "",
}
PAGES |= {"wadul": ""}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A little of everything, so that no statement is left out."""
    with closing(Store(tmp_path / "tanggap.db", "kunci uji")) as made:
        _fill(made)
        yield made


def _fill(store: Store) -> None:
    routing, day = setting().routing, day_of(NOW, setting().zone)
    for name in ("siti", "budi"):
        store.people.add(NOW, name, name.title(), "operator", None, "x")
    for id, kind in (("c1", "emergency"), ("c2", "complaint"), ("c3", "emergency")):
        number = store.calls.arrive(NOW, day, NewCall(id, "+6281326554021", "0813", False, True, "112"))
        fields = {"kind": kind, "category": "kebakaran", "kecamatan": "Bangsri", "description": "rumah terbakar"}
        store.tickets.update(NOW, number, fields, SITI)
        if id != "c3":
            store.assignments.dispatch(NOW, number, "damkar", plan(routing, "damkar", NOW), 600.0, SITI)
        store.calls.callback(NOW, id, "terputus")
    state = CallState("c3", stage="ringing", legs=(Leg("op-c3-1", "siti"),))
    store.calls.step(NOW, "c3", number, {"stage": "ringing", "lane": "urgent", "state": json.dumps(to_dict(state))}, ())
    store.calls.step(NOW, "c1", "T-20261122-0001", {"ended_at": "2026-11-22T03:00:00+00:00", "keys": "1"}, ())


def _moment() -> Moment:
    moment = Moments().at(replace(setting(), terms=Terms(url="https://wadul.invalid/")), NOW + timedelta(seconds=5))
    return moment


def statements(store: Store, page: str) -> list[str]:
    """The statements of a page, with their values in them."""
    asked: list[str] = []
    store.connection.raw.set_trace_callback(asked.append)
    SNAPSHOTS[page](store, _moment(), PAGES[page])
    store.connection.raw.set_trace_callback(None)
    assert asked, page
    return [sql for sql in asked if not sql.startswith(("--", "PRAGMA"))]


def scans(store: Store, sql: str) -> list[str]:
    """Steps of its plan that read a growing table whole; a partial index holds only what is under way."""
    partial = {
        row[0] for row in store.connection.raw.execute("SELECT name FROM sqlite_master WHERE sql LIKE '% WHERE %'")
    }
    tables = {
        alias or table: table
        for table, alias in re.findall(
            r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?!WHERE|LEFT|JOIN|ON|ORDER|GROUP|LIMIT|SET)(\w+))?", sql
        )
    }
    bad = []
    for row in store.connection.raw.execute(f"EXPLAIN QUERY PLAN {sql}"):
        step = re.match(r"SCAN (\w+)(?:.* USING (?:COVERING )?INDEX (\w+))?", row[3])
        if re.match(r"SEARCH \w+ USING (COVERING )?INDEX sqlite_autoindex_\w+ \(\w+[<>]", row[3]):
            bad.append(row[3])  # the whole of a primary key, from a place in it on
        if step and tables.get(step[1], step[1]) in GROWING and step[2] not in partial:
            bad.append(row[3])
    return bad


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_growing_table_whole(store: Store, page: str) -> None:
    """Neither at its first reading nor later."""
    bad = {sql: steps for sql in statements(store, page) if (steps := scans(store, sql))}
    assert bad == {}
