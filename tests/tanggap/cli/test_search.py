"""`tanggap search`, as a person or an outside check calls it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from instance import REPOSITORY, load
from tests.tanggap.cli.test_caller_numbers import json_of, run
from tickets.escalation.ladder import plan
from tickets.model import Actor
from tickets.store import Store
from tickets.store.calls import NewCall

NOW = datetime.now(UTC) - timedelta(minutes=5)
OLD = NOW - timedelta(days=200)
NUMBER = "+6281234567890"
SITI = Actor("user", "siti")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped instance with a fire by telephone at the fire brigade, an old flood, and a call of somebody else."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    instance = load(tmp_path)
    store = Store(tmp_path / "var" / "tanggap.db", instance.secrets.number_key)
    fire = {"category": "kebakaran", "kecamatan": "Bangsri", "description": "Gudang mebel terbakar 100%"}
    flood = {"category": "banjir", "reporter_name": "Bu Rukmini", "description": "Air masuk gudang"}
    for name, number, at, day, fields in (
        ("c1", NUMBER, NOW, "20261129", fire),
        ("c2", NUMBER, OLD, "20260513", flood),
        ("c3", "+62291591234", NOW, "20261129", {"description": "Pohon tumbang"}),
    ):
        ticket = store.calls.arrive(at, day, NewCall(name, number, number, False, True, "112", trunk="local"))
        store.tickets.update(at, ticket, fields, SITI)
    ladder = plan(instance.routing, "damkar", NOW, "emergency")
    store.assignments.dispatch(NOW, "T-20261129-0001", "damkar", ladder, 600.0, SITI)
    store.close()
    return tmp_path


def tickets(home: Path, *arguments: str) -> list[str]:
    """Numbers of the tickets that a search gives, in its order."""
    return [hit["ticket"] for hit in json_of(home, "search", *arguments)["hits"]]


@pytest.mark.parametrize("text", ["081234567890", "+62 812-3456-7890", "6281234567890", "0812 3456 7890"])
def test_a_telephone_number_in_any_form(home: Path, text: str) -> None:
    """All tickets of its calls, newest first, however old."""
    assert tickets(home, text) == ["T-20261129-0001", "T-20260513-0001"]


@pytest.mark.parametrize("text", ["T-20261129-0002", "t-20261129-0002", "20261129-0002"])
def test_a_ticket_number(home: Path, text: str) -> None:
    assert tickets(home, text) == ["T-20261129-0002"]


def test_the_tickets_of_a_day_by_the_beginning_of_their_numbers(home: Path) -> None:
    assert tickets(home, "T-20261129") == ["T-20261129-0002", "T-20261129-0001"]


@pytest.mark.parametrize("text", ["gudang", "BANGSRI terbakar", "100%", "kebakaran"])
def test_words(home: Path, text: str) -> None:
    """Each word, in story, place, category, name; signs stand for themselves; days that are asked for, not all."""
    assert tickets(home, text)[0] == "T-20261129-0001"
    assert tickets(home, text, "--to", "2026-01-01") == []


def test_what_is_older_is_searched_when_its_days_are_named(home: Path) -> None:
    first = f"{OLD - timedelta(days=2):%Y-%m-%d}"
    assert tickets(home, "gudang", "--from", first) == ["T-20261129-0001", "T-20260513-0001"]
    assert tickets(home, "rukmini", "--from", first) == ["T-20260513-0001"]
    whole = json_of(home, "search", "gudang", "--from", first, "--limit", "1")
    assert ([hit["ticket"] for hit in whole["hits"]], whole["more"]) == (["T-20261129-0001"], True)
    assert tickets(home, "gudang", "--before", whole["next"]) == ["T-20260513-0001"]


def test_one_hit_whole(home: Path) -> None:
    """The shape that outside checks read."""
    result: dict[str, Any] = json_of(home, "search", "terbakar", "--state", "dispatched")
    assert (result["by"], result["more"]) == ("words", False)
    (hit,) = result["hits"]
    assert datetime.fromisoformat(hit.pop("at")) - NOW < timedelta(seconds=1)
    assert hit == {
        "type": "ticket",
        "ticket": "T-20261129-0001",
        "call": "c1",
        "kind": "unknown",
        "category": "kebakaran",
        "state": "dispatched",
        "agencies": ["damkar"],
        "operator": "siti",
        "place": {"kecamatan": "Bangsri", "desa": None, "address": None},
        "snippet": "Gudang mebel terbakar 100%",
        "note": None,
        "caller": {"name": None, "number": NUMBER, "display": NUMBER},
        "outcome": None,
        "talked_with": None,
        "master": None,
    }
    assert tickets(home, "terbakar", "--state", "done") == []


def test_each_search_is_a_row_without_the_number_that_was_typed(home: Path) -> None:
    """Erasing a number has nothing to erase here."""
    run(home, "search", "081234567890")
    rows = [row for row in json_of(home, "journal", "--after", "0") if row["kind"] == "search.made"]
    assert [row["data"] for row in rows] == [{"by": "phone", "tickets": ["T-20261129-0001", "T-20260513-0001"]}]
    assert [row["actor"] for row in rows] == ["process:cli"]


@pytest.mark.long
def test_erased_persons_are_not_hits(home: Path) -> None:
    """Their words leave the index with the rows that had them."""
    assert tickets(home, "tumbang") == tickets(home, "0291591234") == ["T-20261129-0002"]
    store = Store(home / "var" / "tanggap.db")
    store.tickets.close(NOW, "T-20261129-0002", SITI)
    store.close()
    run(home, "erase", "+62291591234", "--yes", "--reason", "permohonan 7")
    assert tickets(home, "tumbang") == tickets(home, "0291591234") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((" ",), "gagal: isian TEXT kosong; diharapkan nomor tiket, nomor telepon atau kata-kata\n"),
        ((" ".join("abcdefghijklm"),), "gagal: isian TEXT berisi 13 kata, paling banyak 12\n"),
        (
            ("api", "--from", "kemarin dulu"),
            "gagal: isian --from bukan tanggal: 'kemarin dulu', diharapkan misalnya 2026-11-22\n",
        ),
    ],
)
def test_what_cannot_be_searched_is_refused(home: Path, arguments: tuple[str, ...], sentence: str) -> None:
    assert run(home, "search", *arguments, code=1).output == sentence


def test_for_people(home: Path) -> None:
    """A line for each hit, or a sentence."""
    assert "T-20261129-0001" in run(home, "search", "terbakar").output
    assert run(home, "search", "rahasia").output == "tidak ada tiket yang cocok\n"


def test_filters_and_misspellings(home: Path) -> None:
    """The same as on the page: by what limits it alone, and by the nearest word."""
    assert tickets(home, "--category", "banjir", "--operator", "siti") == ["T-20260513-0001"]
    assert tickets(home, "7890", "--agency", "damkar") == ["T-20261129-0001"]
    result = json_of(home, "search", "bangri")
    assert result["instead"] == {"bangri": ["bangsri"]}
    assert "«bangri» tidak ada; dicari: bangsri" in run(home, "search", "bangri").output


FIRE, FLOOD, TREE = "T-20261129-0001", "T-20260513-0001", "T-20261129-0002"
ODD: tuple[tuple[str, str, list[str]], ...] = (
    ("'\"*(%", "words", []),
    ("a NEAR b AND", "words", []),
    ("x" * 10_000, "words", []),
    ("gudang " * 1_500, "words", [FIRE, FLOOD]),
    ("🔥 gudang", "words", [FIRE, FLOOD]),
    ("a\x00b", "words", []),
    ("\ud800", "words", []),
    ("-1", "words", []),
    ("100%", "words", [FIRE]),
    ("gang_%", "words", []),
    ("0062 812.3456 (7890)", "phone", [FIRE, FLOOD]),
    ("T202611290002", "ticket", [TREE]),
    ("«tiket T–20261129–2.»", "ticket", [TREE]),
    ("13/5/2026", "day", []),
)


@pytest.mark.long
def test_odd_texts_have_plain_answers_each_in_the_journal(home: Path) -> None:
    """Nothing of them is a language; each is what a person means by it, or nothing that can be looked for."""
    for text, by, expected in ODD:
        answer = json.loads(run(home, "search", "--json", "--", text).stdout)
        assert (text[:30], answer["by"], [hit["ticket"] for hit in answer["hits"]]) == (text[:30], by, expected)
    rows = [row for row in json_of(home, "journal", "--after", "0") if row["kind"] == "search.made"]
    assert [(row["data"]["by"], row["data"]["tickets"]) for row in rows] == [(by, hits) for _text, by, hits in ODD]
