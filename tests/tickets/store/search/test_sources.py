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
    "category": {"search_facts_category"},
    "kecamatan": {"search_facts_kecamatan"},
    "agency": {"SEARCH d USING PRIMARY KEY (opd=?"},
    "operator": {"search_facts_operator", "search_facts_talked_with"},
    "outcome": {"search_facts_outcome"},
    "phone": {"SEARCH d USING PRIMARY KEY (tail=?"},
    "digits": {"SEARCH d USING PRIMARY KEY (tail=?"},
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
    """Counted, bounded and read by it in its order, with all the other conditions checked: nothing is sorted."""
    value = VALUES.get(name, "x")
    (source,) = sources_of(Wanted(AT, AT, 50, **{name: value}), ())
    others = {other: VALUES.get(other, "x") for other in INDEXES.keys() - {name, "phone", "digits"}}
    rest = sources_of(Wanted(AT, AT, 50, **others), [Term("api", (1, 2))])
    values = {key: item for each in (source, *rest) for key, item in each.values.items()}
    whole = source.statement([each.facts for each in rest if each.facts], [each.check for each in rest if each.check])
    shown = plan(store, whole, **values)
    assert all(index in shown for index in INDEXES[name])
    assert scans(store.connection.raw, whole) == []
    assert "TEMP B-TREE" not in shown
    for sql, own in (*source.counts(), *source.floors()):
        assert any(index in plan(store, sql, **own) for index in INDEXES[name])


@pytest.mark.parametrize("ids", [(1,), (1, 2, 3)])
def test_words_are_walked_by_the_key_in_order(store: Store, ids: tuple[int, ...]) -> None:
    """Nor do many spellings need sorting: they are merged, the newest hits come first, and the rest is not read."""
    (source,) = sources_of(Wanted(AT, AT, 50, words=("api",)), [Term("api", ids)])
    shown = plan(store, source.statement(["coalesce({f}.status, '') = 'x'"], []), **source.values)
    assert shown.count("SEARCH d USING PRIMARY KEY (word=? AND ticket>? AND ticket<?)") == len(ids)
    assert shown.count("SEARCH f USING PRIMARY KEY (ticket=?)") == len(ids)
    assert "TEMP B-TREE" not in shown


@pytest.mark.parametrize("name", ["category", "kecamatan", "outcome"])
def test_many_tickets_are_checked_by_the_indexes_of_their_facts(store: Store, name: str) -> None:
    """In the order in which they are given, each by the index that has nothing but it; the row of facts comes last."""
    (agency, word) = sources_of(Wanted(AT, AT, 50, words=("api",), agency="x"), [Term("api", (1,))])[::-1]
    others = [*sources_of(Wanted(AT, AT, 50, **{name: "x"}), ())]
    others += sources_of(Wanted(AT, AT, 50, operator="x", state="closed"), ())
    values = {key: item for each in (agency, word, *others) for key, item in each.values.items()}
    shown = plan(store, agency.passing([*others, word], ["{f}.created_at > ''"], few=False), **values)
    seeks = (name, "operator", "talked_with")
    places = [shown.index(f"search_facts_{seek} ({seek}=? AND ticket>? AND ticket<?)") for seek in seeks]
    places += [shown.index("SEARCH p USING PRIMARY KEY (word=? AND ticket=?)")]
    places += [shown.index("SEARCH f USING PRIMARY KEY (ticket=?)")]
    assert (shown.count("SEARCH f"), "TEMP B-TREE" in shown) == (1, False)
    assert places == sorted(places)


def test_few_tickets_are_checked_by_one_look_at_their_row(store: Store) -> None:
    """As are those whose row is walked anyway: its page is there already."""
    others = sources_of(Wanted(AT, AT, 50, category="x", kecamatan="x", operator="x"), ())
    (agency,) = sources_of(Wanted(AT, AT, 50, agency="x"), ())
    (closed,) = sources_of(Wanted(AT, AT, 50, state="closed"), ())
    values = {key: item for each in (agency, closed, *others) for key, item in each.values.items()}
    shown = plan(store, agency.passing(others, [], few=True), **values)
    assert (shown.count("SEARCH f USING PRIMARY KEY (ticket=?)"), "SEARCH x" in shown) == (1, False)
    shown = plan(store, closed.passing([closed, *others], [], few=False), **values)
    assert shown == "SEARCH d USING PRIMARY KEY (ticket>? AND ticket<?)"


def test_facts_are_one_look_however_many_there_are(store: Store) -> None:
    """Walked themselves, they are checked in their own row."""
    sources = sources_of(Wanted(AT, AT, 50, category="x", kecamatan="x", outcome="x"), ())
    shown = plan(store, sources[0].statement([each.facts for each in sources[1:]], []), **dict.fromkeys(INDEXES, "x"))
    assert shown == "SEARCH d USING INDEX search_facts_category (category=? AND ticket>? AND ticket<?)"


@pytest.mark.parametrize(
    ("whole", "expected"),
    [(True, "SEARCH d USING PRIMARY KEY (ticket>? AND ticket<?)"), (False, "sqlite_autoindex_tickets_1")],
)
def test_with_nothing_but_days_all_tickets_are_walked_by_their_key(store: Store, whole: bool, expected: str) -> None:
    """Also while the facts are not whole."""
    (source,) = sources_of(Wanted(AT, AT, 50), (), whole=whole)
    assert expected in plan(store, source.statement([], []))


def test_a_whole_number_has_its_old_index_until_the_new_one_is_whole(store: Store) -> None:
    (source,) = sources_of(Wanted(AT, AT, 50, phone=VALUES["phone"]), (), whole=False)
    shown = plan(store, source.statement([], []), **source.values)
    assert "SEARCH d USING PRIMARY KEY (tail=?" in shown
    assert "SEARCH d USING INDEX calls_number (number=?)" in shown


def test_an_agency_reads_no_notes_but_its_own(store: Store) -> None:
    """Walked and checked alike."""
    wanted = Wanted(AT, AT, 50, agency="damkar", reader="damkar")
    first, second = sources_of(wanted, [Term("api", (1,)), Term("air", (2,))])[:2]
    sql = first.statement([], [second.check])
    assert sql.count(".source IN ('', :reader)") == 2


def test_names_of_values_never_collide() -> None:
    """They stand in one statement together with the search's own."""
    wanted = Wanted(AT, AT, 50, digits="6789", **dict.fromkeys(INDEXES.keys() - {"phone", "digits"}, "x"))
    sources = sources_of(wanted, [Term("api", (1, 2)), Term("air", (3,))])
    names = [name for source in sources for name in source.values]
    names += ["low", "high", "first", "last", "limit", "most", "span"]
    assert len(names) == len(set(names))
