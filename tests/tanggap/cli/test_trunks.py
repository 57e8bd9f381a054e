"""`tanggap secrets trunk`: a carrier's password, kept and never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from instance import secrets_file
from tanggap.program import main
from tests.fixtures import Edit
from tests.instance.trunks.test_checks import with_trunk
from tickets.store import Store

PASSWORD = "rahasia-operator"


@pytest.fixture
def home(edited: Edit) -> Path:
    """An instance with a trunk that asks for a password, and a store."""
    home = with_trunk(edited, "    ims: {match: [192.0.2.1], contact: sip:192.0.2.1, user: pelanggan}")
    secrets_file.ensure(home)
    Store(home / "var" / "tanggap.db").close()
    return home


def run(home: Path, *arguments: str, typed: str = "", code: int = 0) -> Result:
    """The command's result; another exit status fails."""
    result = CliRunner().invoke(main, ["--home", str(home), "secrets", *arguments], input=typed)
    assert result.exit_code == code, result.output
    return result


def test_a_password_is_read_from_standard_input_and_shown_nowhere(home: Path) -> None:
    """It is kept, Asterisk's file has it, the journal and the output name the trunk alone."""
    result = run(home, "trunk", "ims", "--json", typed=f"{PASSWORD}\n")
    assert json.loads(result.output)["kept"] is True
    assert secrets_file.ensure(home).trunks == {"ims": PASSWORD}
    listed = run(home, "list", "--json").output
    assert json.loads(listed)["trunks"] == ["ims"]
    store = Store(home / "var" / "tanggap.db")
    journal = str(store.journal.after(0))
    store.close()
    assert "trunk:ims" in journal
    assert PASSWORD not in result.output + listed + journal
    run(home, "trunk", "ims", "--forget")
    assert secrets_file.ensure(home).trunks == {}


@pytest.mark.parametrize("typed", ["\n", "a" * 129, "a\tb\n"])
def test_what_no_configuration_can_hold_is_refused(home: Path, typed: str) -> None:
    """Its content is not repeated."""
    result = run(home, "trunk", "ims", typed=typed, code=1)
    assert "kata sandi tidak sah (isinya tidak ditampilkan), diharapkan 1 sampai 128 huruf" in result.output


def test_a_trunk_that_asks_for_no_password(home: Path) -> None:
    """And one that does not exist."""
    assert "tidak punya user di site.yaml" in run(home, "trunk", "local", typed="x\n", code=1).output
    assert "yang ada: ims, local" in run(home, "trunk", "imss", typed="x\n", code=1).output


def tried(home: Path, *arguments: str, code: int) -> str:
    """Output of `tanggap trunk test`."""
    result = CliRunner().invoke(main, ["--home", str(home), "trunk", "test", *arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("number", ["112", "+62112", "0291112", "119", "911", "+620001112222", "abc"])
def test_a_trial_never_calls_an_emergency_number(home: Path, number: str) -> None:
    """Nor an example's, nor what is no telephone: nothing is asked at all."""
    assert "tidak dipanggil" in tried(home, "ims", "--to", number, code=1)


def test_a_trial_says_step_by_step_what_it_saw(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, and for programs; status 1 where a step failed."""
    monkeypatch.setattr("operations.trunks.asking.ANSWER_S", 0.1)
    monkeypatch.setattr("operations.trunks.trying.ask", _nobody)
    output = tried(home, "ims", code=1)
    assert "GAGAL setelan: kata sandi belum disimpan: tanggap secrets trunk ims" in output
    assert "GAGAL OPTIONS: sip:192.0.2.1 tidak menjawab OPTIONS" in output
    data = json.loads(tried(home, "ims", "--json", code=1))
    assert (data["trunk"], data["ok"]) == ("ims", False)
    assert [step["name"] for step in data["steps"]] == ["settings", "options", "codecs"]
    assert data["steps"][2]["ok"] is None


async def _nobody(uri: str) -> None:
    return None
