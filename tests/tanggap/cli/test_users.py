"""`tanggap user`: the bupati's account, and that of an earlier release."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tanggap.cli import users
from tanggap.program import main
from tests.fixtures import Edit
from tickets.store import Store

Run = Callable[..., Result]


@pytest.fixture
def home(edited: Edit) -> Path:
    """An instance of the shipped files, without a user."""
    made = edited()
    (made / "var").mkdir()
    return made


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program in a new instance; no Asterisk runs that could be told."""
    monkeypatch.setattr(users, "_tell_asterisk", lambda context: None)
    return lambda *arguments: CliRunner().invoke(main, ["--home", str(home), *arguments])


def test_a_bupati_is_the_contact_of_that_name(run: Run, home: Path) -> None:
    """He has no telephone of the line, and no agency."""
    result = run("user", "add", "regent", "--role", "bupati", "--json")
    made = json.loads(result.output)
    assert (result.exit_code, made["role"], "sip_password" in made) == (0, "bupati", False)
    assert contact(home, "regent") == ("bupati", "bupati")


def test_his_contact_must_stand_above_the_agencies(run: Run, home: Path) -> None:
    """Another one is named; an agency's own, or one of an operator's, is refused with those that there are."""
    assert run("user", "add", "wakil", "--role", "bupati", "--contact", "pusdalops").exit_code == 0
    assert contact(home, "wakil") == ("bupati", "pusdalops")
    refused = run("user", "add", "sekda", "--role", "bupati", "--contact", "damkar.siaga")
    assert (refused.exit_code, "yang ada: pusdalops, bupati" in refused.output) == (2, True)
    assert run("user", "add", "op9", "--role", "operator", "--contact", "bupati").exit_code == 2


def test_an_account_of_0_1_keeps_its_role_until_it_is_changed(run: Run, home: Path) -> None:
    """Then its sessions end, and its password stays; no other account becomes the bupati's."""
    now = datetime.now(UTC)
    with_store(home, lambda s: s.people.add(now, "bupati", "Bupati", "command", None, "hash"))
    with_store(home, lambda s: s.people.add(now, "damkar", "Damkar", "opd", "damkar", "hash"))
    with_store(home, lambda s: s.sessions.open(now, "token", "bupati", datetime(2999, 1, 1, tzinfo=UTC)))
    assert contact(home, "bupati") == ("command", None)
    result = run("user", "role", "bupati", "bupati")
    assert (result.exit_code, result.output) == (0, "pengguna bupati kini bupati, kontak bupati\n")
    assert contact(home, "bupati") == ("bupati", "bupati")
    assert with_store(home, lambda s: s.sessions.all_alive(now)) == set()
    assert with_store(home, lambda s: s.people.user("bupati"))["password_hash"] == "hash"
    refused = run("user", "role", "damkar", "bupati")
    assert (refused.exit_code, "bukan command atau bupati" in refused.output) == (1, True)
    assert run("user", "role", "bupati", "command").exit_code == 0
    assert contact(home, "bupati") == ("command", None)


def with_store(home: Path, job: Callable[[Store], Any]) -> Any:
    store = Store(home / "var" / "tanggap.db")
    try:
        return job(store)
    finally:
        store.close()


def contact(home: Path, name: str) -> tuple[str, str | None]:
    """Role and contact of a user."""
    row = with_store(home, lambda s: s.people.user(name))
    return row["role"], row["contact"]
