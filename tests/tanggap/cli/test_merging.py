"""`tanggap tickets merge`, `tickets unmerge`, as a person or a script calls them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from instance import load
from tests.tanggap.cli.test_report import home, json_of, run
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row
from tickets.store import Store

__all__ = ("home",)
SITI = Actor("user", "siti")
NOW = datetime.now(UTC) - timedelta(minutes=5)
FIRE = {"category": "kebakaran", "kecamatan": "Bangsri", "description": "api"}


def report(home: Path, *opds: str, kind: str = "emergency", **fields: str) -> str:
    """A ticket that these agencies have."""
    store, routing = Store(home / "var" / "tanggap.db"), load(home).routing
    number = store.tickets.create(NOW, f"{NOW:%Y%m%d}", SITI, kind)
    store.tickets.update(NOW, number, FIRE | fields, SITI)
    for opd in opds:
        store.assignments.dispatch(NOW, number, opd, plan(routing, opd, NOW, "emergency"), 600.0, SITI)
    store.close()
    return number


def shown(home: Path, number: str) -> Row:
    """The ticket, with the `opds` at which it is open."""
    row: Row = json_of(home, "tickets", "show", number)
    return row | {"opds": [assignment["opd"] for assignment in row["assignments"] if assignment["ended_at"] is None]}


@pytest.mark.long
def test_one_incident_and_back(home: Path) -> None:
    """One stream of pushes; the master gets the agencies that it did not have. After unmerging, agencies whose
    assignment had ended by merging are sent the ticket anew."""
    master, first, second = report(home, "damkar"), report(home, "damkar", "bpbd"), report(home, kind="unknown")
    assert json_of(home, "tickets", "merge", master, first, second) == {"master": master, "merged": [first, second]}
    assert (shown(home, master)["opds"], shown(home, first)["opds"]) == (["damkar", "bpbd"], [])
    assert (shown(home, second)["master"], shown(home, second)["kind"]) == (master, "emergency")
    assert json_of(home, "tickets", "unmerge", first) == {"number": first, "master": master, "dispatched": ["damkar"]}
    assert (sorted(shown(home, first)["opds"]), shown(home, master)["opds"]) == (["bpbd", "damkar"], ["damkar"])
    assert (shown(home, first)["master"], shown(home, master)["merged"]) == (None, [second])
    kinds = {row["kind"] for row in shown(home, first)["timeline"] if row["actor"] == "process:cli"}
    assert kinds >= {"ticket.merged", "ticket.judged", "ticket.split", "ticket.dispatched"}


def test_to_one_that_is_linked_itself(home: Path) -> None:
    """The report is merged into the master of that ticket, and the output says so."""
    master, first, second = report(home, "damkar"), report(home), report(home)
    run(home, "tickets", "merge", master, first)
    output = run(home, "tickets", "merge", first, second).output
    assert output == f"{second} digabung ke {master}; kembalikan dengan: tanggap tickets unmerge\n"
    assert run(home, "tickets", "unmerge", second).output == f"{second} dipisahkan dari {master}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("merge", "{a}", "{a}"), 1, "tidak bisa digabung ke dirinya sendiri"),
        (("merge", "{a}", "T-20200101-0001"), 1, "T-20200101-0001"),
        (("merge", "{a}", "{b}", "T-20200101-0001"), 1, "T-20200101-0001"),
        (("merge", "{a}"), 2, "Missing argument"),
        (("unmerge", "{b}"), 1, "tidak digabung"),
        (("unmerge", "T-20200101-0001"), 1, "T-20200101-0001"),
    ],
)
@pytest.mark.long
def test_what_cannot_be_done(home: Path, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    """A sentence, exit 1 (2 for wrong usage), and nothing has changed: all of them or none."""
    numbers = {"a": report(home, "damkar"), "b": report(home, "damkar")}
    words = [word.format(**numbers) for word in arguments]
    assert sentence in run(home, "tickets", *words, code=code).output
    assert (shown(home, numbers["b"])["master"], shown(home, numbers["b"])["opds"]) == (None, ["damkar"])
