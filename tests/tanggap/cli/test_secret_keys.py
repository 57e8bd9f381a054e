"""`tanggap erase`, `tickets hold|release`, `secrets`: as an admin types them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from instance import REPOSITORY, load, secrets_file
from operations import erasing
from tanggap.program import main
from tickets.model import Actor, to_text
from tickets.store import Store
from tickets.store.calls import NewCall

NUMBER = "+6281234567890"
SITI = Actor("user", "siti")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped instance with two finished calls of one number, recorded and written down."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    store = open_store(tmp_path)
    for name in ("c1", "c2"):
        at = datetime.now(UTC) - timedelta(days=1)
        ticket = store.calls.arrive(at, "20261122", NewCall(name, NUMBER, "0812-3456-7890", False, True, "112"))
        over = {"stage": "ended", "outcome": "talked", "ended_at": to_text(at), "recording": f"calls/{name}"}
        store.calls.step(at, name, ticket, over, ())
        store.tickets.update(at, ticket, {"reporter_name": "Sari"}, SITI)
        store.reputations.judge(at, ticket, "prank", SITI)
        sound = erasing.recordings_of(tmp_path / "var") / "calls" / f"{name}.wav"
        sound.parent.mkdir(parents=True, exist_ok=True)
        sound.write_bytes(b"RIFF")
    store.close()
    return tmp_path


def open_store(home: Path) -> Store:
    """The instance's store."""
    return Store(home / "var" / "tanggap.db", load(home).secrets.number_key)


def run(home: Path, *arguments: str, code: int = 0) -> Result:
    """The command's result; another exit status fails."""
    result = CliRunner().invoke(main, ["--home", str(home), *arguments])
    assert result.exit_code == code, result.output
    return result


def sounds(home: Path) -> list[str]:
    """The recordings that are there."""
    return sorted(path.stem for path in erasing.recordings_of(home / "var").rglob("*.wav"))


def test_erase_shows_first_and_then_does(home: Path) -> None:
    """Without --yes nothing changes; what stays, and where else something may be, is said both times."""
    run(home, "tickets", "hold", "T-20261122-0002", "--reason", "surat penyidik 9")
    shown = run(home, "erase", "081234567890").output
    assert shown.splitlines() == [
        "Akan dihapus: nomor dari 1 panggilan dan 1 tiket",
        "Akan dihapus: 1 rekaman",
        "Akan dihapus: nama, alamat, uraian, posisi dan catatan di 1 tiket",
        "Tersisa: tiket T-20261122-0002 (ditahan: surat penyidik 9)",
        "Tersisa: 2 penilaian, dihitung menurut sidik nomor",
        "Tersisa di luar program: cadangan yang sudah dibuat, pesan yang sudah sampai ke OPD, catatan operator telepon",
        "Belum ada yang dihapus; ulangi dengan --yes --reason «…»",
    ]
    assert sounds(home) == ["c1", "c2"]
    assert "--reason" in run(home, "erase", "081234567890", "--yes", code=1).output
    done = json.loads(run(home, "erase", "081234567890", "--yes", "--reason", "surat 5", "--json").stdout)
    assert done == {
        "done": True,
        "calls": 1,
        "tickets": ["T-20261122-0001"],
        "recordings": 1,
        "reports": 1,
        "remains": {"tickets": {"T-20261122-0002": "ditahan: surat penyidik 9"}, "photos": 0, "verdicts": 2},
    }
    assert sounds(home) == ["c2"]
    log = home / "var" / "asterisk" / "log" / "queue_log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("1|u|q|NONE|FAILSAFE|stasis|081234567890|112\n2|u|q|NONE|FAILSAFE|stasis|0812345678|112\n")
    run(home, "tickets", "release", "T-20261122-0002", "--reason", "selesai")
    run(home, "erase", "081234567890", "--yes", "--reason", "surat 5")
    assert sounds(home) == []
    database = b"".join(path.read_bytes() for path in (home / "var").glob("tanggap.db*"))
    assert [word for word in (b"Sari", b"81234567890", b"0812-3456") if word in database] == []
    assert log.read_text().splitlines()[0] == f"1|u|q|NONE|FAILSAFE|stasis|{'x' * 12}|112"
    assert "0812345678|" in log.read_text().splitlines()[1]
    assert run(home, "erase", "081234567890", "--yes", "--reason", "x").output.startswith("Dihapus: nomor dari 0")
    assert "tidak ada" in run(home, "erase", "0819999999", code=1).output


def test_a_hold_is_shown_with_the_ticket(home: Path) -> None:
    """On the command line as on its page."""
    run(home, "tickets", "hold", "T-20261122-0001", "--reason", "surat penyidik 9", "--json")
    assert "oleh cli: surat penyidik 9" in run(home, "tickets", "show", "T-20261122-0001").output
    assert "sudah ditahan" in run(home, "tickets", "hold", "T-20261122-0001", "--reason", "x", code=1).output
    assert "--reason" in run(home, "tickets", "hold", "T-20261122-0001", code=2).output


@pytest.mark.long
def test_secrets_are_rotated_by_name(home: Path) -> None:
    """One changes, the others stay; what there is not is a sentence."""
    before = secrets_file.ensure(home, ("op1", "op2"))
    result = json.loads(run(home, "secrets", "rotate", "ari_password", "sip:op1", "--json").stdout)
    after = secrets_file.read(home)
    assert after is not None
    assert result["rotated"] == ["ari_password", "sip:op1"]
    assert result["sip_passwords"] == {"op1": after.sip["op1"]}
    keys = ("ari_password", "ami_password", "session_key", "number_key", "link_key", "wadul_key", "push_key")
    changed = [name for name in keys if getattr(before, name) != getattr(after, name)]
    assert changed == ["ari_password"]
    assert (before.sip["op1"] != after.sip["op1"], before.sip["op2"] == after.sip["op2"]) == (True, True)
    for name in ("salah", "sip:hantu", "op1"):
        assert "tidak ada" in run(home, "secrets", "rotate", name, code=1).output
    assert "sebutkan" in run(home, "secrets", "rotate", code=1).output
    store = open_store(home)
    row = store.boards.newest("secrets.rotated")
    assert row is not None and row["data"] == {"keys": ["ari_password"], "accounts": ["op1"]}
    assert after.sip["op1"] not in json.dumps(store.journal.after(0))
    store.close()
    listed = run(home, "secrets", "list").output
    assert "sip:op1" in listed and after.sip["op1"] not in listed and after.ari_password not in listed


def test_the_key_of_numbers_is_rotated_with_its_hashes(home: Path) -> None:
    """Reputations go on; those of erased numbers need a yes, since nothing can hash them anew."""
    result = json.loads(run(home, "secrets", "rotate", "number_key", "--json").stdout)
    assert (result["rehashed"], result["lost"]) == (2, 0)
    assert json.loads(run(home, "numbers", "show", "081234567890", "--json").stdout)["prank"] == 2
    run(home, "numbers", "erase", "081234567890", "--reason", "x")
    refused = run(home, "secrets", "rotate", "--all", code=1)
    assert "2 penilaian atas nomor yang sudah dihapus" in refused.output
    result = json.loads(run(home, "secrets", "rotate", "--all", "--yes", "--json").stdout)
    assert (result["rehashed"], result["lost"], result["sip_passwords"]) == (0, 2, {})
    assert result["rotated"] == [
        "ari_password",
        "ami_password",
        "session_key",
        "number_key",
        "link_key",
        "wadul_key",
        "push_key",
    ]


def test_a_number_in_the_logs_is_blotted_in_place(tmp_path: Path) -> None:
    """Same length, so that Asterisk can go on writing; a short number is too common to look for."""
    log = tmp_path / "queue_log"
    log.write_bytes(b"a +6281234567890 b 081234567890 c 6281234567890\n")
    assert erasing.blot(tmp_path, NUMBER) == 3
    assert log.read_bytes() == b"a +xxxxxxxxxxxxx b xxxxxxxxxxxx c xxxxxxxxxxxxx\n"
    assert erasing.blot(tmp_path, "+62112") == 0


def test_strays_are_removed_when_they_are_old(tmp_path: Path) -> None:
    """Files that no row knows of: not those of a kept row, not young ones."""
    for name in ("calls/a.wav", "calls/b.wav", "failsafe-c.wav", "foto.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    later = datetime.now(UTC).timestamp() + 60
    assert erasing.remove_strays(tmp_path, {"calls/a", "foto.jpg"}, later - 3600, endings=(".wav",)) == 0
    assert erasing.remove_strays(tmp_path, {"calls/a", "foto.jpg"}, later, endings=(".wav",)) == 2
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["a.wav", "foto.jpg"]
    erasing.remove_files(tmp_path, ["../x", "calls/a.wav", "foto.jpg", "nichts"])
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["a.wav"]
