"""var/secrets.json: generated once, private, never overwritten when it is not right."""

import json
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from instance import secrets_file
from instance.problems import ConfigErrors
from instance.secrets_file import ensure, read, sip_password


def test_secrets_are_generated_once_and_private(tmp_path: Path) -> None:
    """0600 in a 0700 folder; the second call reads what the first wrote."""
    first = ensure(tmp_path, ("op1",))
    assert ensure(tmp_path, ("op1",)) == first == read(tmp_path)
    assert len({first.ari_password, first.ami_password, first.session_key, first.sip["op1"]}) == 4
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert stat.S_IMODE(secrets_file.path(tmp_path).stat().st_mode) == 0o600


def test_loose_permissions_are_tightened(tmp_path: Path) -> None:
    """A file that others can read is closed again."""
    ensure(tmp_path)
    secrets_file.path(tmp_path).chmod(0o644)
    ensure(tmp_path)
    assert stat.S_IMODE(secrets_file.path(tmp_path).stat().st_mode) == 0o600


def test_the_repr_shows_nothing(tmp_path: Path) -> None:
    """Logging the secrets does not log them."""
    assert repr(ensure(tmp_path, ("op1",))) == "Secrets()"


def test_an_account_is_added_and_the_others_stay(tmp_path: Path) -> None:
    """Each account gets its password on first demand."""
    before = ensure(tmp_path, ("op1",))
    added = sip_password(tmp_path, "damkar1")
    after = ensure(tmp_path)
    assert after.sip == {"op1": before.sip["op1"], "damkar1": added}
    assert after.session_key == before.session_key


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    """Several processes may ask for accounts in the same moment."""
    accounts = [f"op{number}" for number in range(20)]
    threads = [threading.Thread(target=sip_password, args=(tmp_path, account)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(ensure(tmp_path).sip) == set(accounts)
    assert [path.name for path in (tmp_path / "var").iterdir() if path.name.startswith(".secrets-")] == []


SHORT_KEY = json.dumps(dict.fromkeys(secrets_file.KEYS, "x" * 20) | {"number_key": "x"})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "isinya bukan JSON yang benar"),
        ("{", "isinya bukan JSON yang benar"),
        ("[]", "susunannya tidak dikenal"),
        ('{"sip": []}', "susunannya tidak dikenal"),
        ("{}", '"ari_password" tidak ada atau terlalu pendek'),
        ('{"ari_password": "x"}', '"ari_password" tidak ada atau terlalu pendek'),
        (SHORT_KEY, '"number_key" tidak ada atau terlalu pendek'),
    ],
)
def test_a_broken_file_is_a_sentence_and_stays(tmp_path: Path, content: str, fault: str) -> None:
    """Nothing is overwritten: the passwords of the phones may still be saved from a backup."""
    secrets_file.path(tmp_path).parent.mkdir()
    secrets_file.path(tmp_path).write_text(content)
    with pytest.raises(ConfigErrors) as raised:
        ensure(tmp_path, ("op1",))
    assert str(raised.value) == (
        f"var/secrets.json: {fault}, diharapkan berkas yang dibuat program; "
        "pulihkan dari cadangan, atau hapus agar dibuat baru"
    )
    assert secrets_file.path(tmp_path).read_text() == content


def test_a_wrong_account_name_is_refused(tmp_path: Path) -> None:
    """No account that Asterisk could not name, and none that is a number."""
    with pytest.raises(ValueError, match="akun SIP '1001' tidak sah"):
        sip_password(tmp_path, "1001")


def test_it_is_json_that_other_tools_can_read(tmp_path: Path) -> None:
    """The keys are fixed."""
    ensure(tmp_path, ("op1",))
    data = json.loads(secrets_file.path(tmp_path).read_text())
    passwords, keys = ["ami_password", "ari_password"], ["number_key", "push_key", "session_key", "sip", "wadul_key"]
    assert sorted(data) == [*passwords, "link_key", *keys]


def test_a_file_of_an_earlier_version_gets_the_key_it_lacks(tmp_path: Path) -> None:
    """Nothing else of it changes; the key then stays."""
    before = ensure(tmp_path, ("op1",))
    data = json.loads(secrets_file.path(tmp_path).read_text())
    del data["number_key"], data["link_key"]
    secrets_file.path(tmp_path).write_text(json.dumps(data))
    assert secrets_file.read(tmp_path) == replace(before, number_key="", link_key="")
    after = ensure(tmp_path)
    assert after == replace(before, number_key=after.number_key, link_key=after.link_key)
    assert len(after.number_key) > 30 and len(after.link_key) > 30
    assert ensure(tmp_path) == after == read(tmp_path)


def test_rotation_changes_what_is_named_and_nothing_else(tmp_path: Path) -> None:
    """Keys and accounts apart; private as before."""
    before = ensure(tmp_path, ("op1", "op2"))
    after = secrets_file.rotate(tmp_path, ("ari_password",), ("op1",))
    assert after == replace(
        before, ari_password=after.ari_password, sip={"op1": after.sip["op1"], "op2": before.sip["op2"]}
    )
    assert before.ari_password != after.ari_password and before.sip["op1"] != after.sip["op1"]
    assert read(tmp_path) == after
    assert stat.S_IMODE(secrets_file.path(tmp_path).stat().st_mode) == 0o600
