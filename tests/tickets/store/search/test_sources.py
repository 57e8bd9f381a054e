"""Sources of a search: each is walked by an index of its own, from the newest ticket on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tickets.store.test_query_plans import scans
from tickets.store import Store
from tickets.store.search.searches import Wanted
from tickets.store.search.sources import sources_of
from tickets.store.search.text_index import Term

AT = datetime(2026, 11, 29, tzinfo=UTC)
INDEXES = {
    "state": {"tickets_unsent"},
    "category": {"tickets_category"},
    "kecamatan": {"tickets_kecamatan"},
    "agency": {"assignments_opd"},
    "operator": {"tickets_operator", "calls_operator"},
    "outcome": {"calls_outcome"},
    "phone": {"calls_number", "tickets_typed_number"},
    "digits": {"calls_last_digits", "tickets_typed_number"},
}
VALUES = {"state": "open", "phone": "+628123456789", "digits": "6789"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "t.db")
    yield store
    store.close()


def plan(store: Store, sql: str, **values: object) -> str:
    """The plan of a statement in one text."""
    known = dict.fromkeys(("low", "high", "first", "last", "limit", "most", "span"), 1) | values
    rows = store.connection.raw.execute(f"EXPLAIN QUERY PLAN {sql}", known)
    return "; ".join(row[3] for row in rows)


@pytest.mark.parametrize("name", INDEXES)
def test_each_condition_is_walked_by_its_own_index(store: Store, name: str) -> None:
    """Counted, bounded and read by it, with all the other conditions checked."""
    value = VALUES.get(name, "x")
    (source,) = sources_of(Wanted(AT, AT, 50, **{name: value}), ())
    others = {other: VALUES.get(other, "x") for other in INDEXES.keys() - {name, "phone", "digits"}}
    rest = sources_of(Wanted(AT, AT, 50, **others), [Term("api", (1, 2))])
    values = {key: item for each in (source, *rest) for key, item in each.values.items()}
    whole = source.statement([each.check for each in rest])
    assert all(index in plan(store, whole, **values) for index in INDEXES[name])
    assert scans(store.connection.raw, whole) == []
    for sql, own in (*source.counts(), *source.floors()):
        assert any(index in plan(store, sql, **own) for index in INDEXES[name])


def test_words_are_walked_by_the_key_in_order(store: Store) -> None:
    """One word needs no sorting: the newest hits come first, and the rest is not read."""
    (source,) = sources_of(Wanted(AT, AT, 50, words=("api",)), [Term("api", (1,))])
    shown = plan(store, source.statement(["t.status = 'x'"]), word0_0=1)
    assert "SEARCH d USING PRIMARY KEY (word=? AND ticket>? AND ticket<?)" in shown
    assert "TEMP B-TREE" not in shown


def test_with_nothing_but_days_all_tickets_are_walked_by_their_key(store: Store) -> None:
    (source,) = sources_of(Wanted(AT, AT, 50), ())
    assert "SEARCH d USING COVERING INDEX sqlite_autoindex_tickets_1" in plan(store, source.statement(["1 = 1"]))


def test_names_of_values_never_collide() -> None:
    """They stand in one statement together with the search's own."""
    wanted = Wanted(AT, AT, 50, digits="6789", **dict.fromkeys(INDEXES.keys() - {"phone", "digits"}, "x"))
    sources = sources_of(wanted, [Term("api", (1, 2)), Term("air", (3,))])
    names = [name for source in sources for name in source.values]
    names += ["low", "high", "first", "last", "limit", "most", "span"]
    assert len(names) == len(set(names))
