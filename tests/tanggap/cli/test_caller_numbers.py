"""`tanggap numbers` and `tanggap report screening`, as a person or a script calls them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from instance import REPOSITORY, load
from tanggap.program import main
from tickets.model import Actor, to_text
from tickets.store import Store
from tickets.store.calls import NewCall

NUMBER = "+6281234567890"
SITI = Actor("user", "siti")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped instance with three pranks of one number, a genuine call of another, and one of nobody."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    store = Store(tmp_path / "var" / "tanggap.db", load(tmp_path).secrets.number_key)
    now = datetime.now(UTC)
    for name, number, verdict in (
        ("c1", NUMBER, "prank"),
        ("c2", NUMBER, "prank"),
        ("c3", NUMBER, "prank"),
        ("c4", "+62291591234", "genuine"),
        ("c5", None, None),
    ):
        at = now - timedelta(minutes=5)
        new = NewCall(name, number, number or "Tanpa nomor", number is None, number is not None, "112", trunk="local")
        ticket = store.calls.arrive(at, "20261122", new)
        ringing = {"ringing_at": to_text(at + timedelta(seconds=4)), "lane": "urgent", "keys": "1"} if verdict else {}
        talked = {"talking_at": to_text(at + timedelta(seconds=9))} if name == "c4" else {}
        over = {"stage": "ended", "answered_at": to_text(at), "ended_at": to_text(at + timedelta(seconds=60))}
        store.calls.step(at, name, ticket, over | ringing | talked, ())
        if verdict:
            store.reputations.judge(at, ticket, verdict, SITI)
    store.close()
    return tmp_path


def run(home: Path, *arguments: str, code: int = 0) -> Result:
    """The command's result; another exit status fails."""
    result = CliRunner().invoke(main, ["--home", str(home), *arguments])
    assert result.exit_code == code, result.output
    return result


def json_of(home: Path, *arguments: str) -> Any:
    return json.loads(run(home, *arguments, "--json").stdout)


def test_list(home: Path) -> None:
    """All that were judged; the doubted ones; a part of a number as people write it."""
    rows = json_of(home, "numbers", "list")
    assert {row["number"]: (row["score"], row["doubt"], row["prank"], row["genuine"]) for row in rows} == {
        NUMBER: (3.0, "reputation", 3, 0),
        "+62291591234": (-3.0, None, 0, 1),
    }
    assert sorted(rows[0]) == sorted(
        ["hash", "number", "score", "doubt", "genuine", "prank", "information", "silent", "first_at", "last_at"]
    )
    assert rows[0]["last_at"].endswith("+07:00")
    assert [row["number"] for row in json_of(home, "numbers", "list", "--doubted")] == [NUMBER]
    assert [row["number"] for row in json_of(home, "numbers", "list", "--search", "0812-3456")] == [NUMBER]
    assert "+62291591234" in run(home, "numbers", "list").stdout


def test_show_as_people_write_it(home: Path) -> None:
    """In national form; with verdicts and calls; an unknown number is a sentence."""
    row = json_of(home, "numbers", "show", "0812-3456-7890")
    assert (row["number"], row["score"], len(row["verdicts"]), len(row["calls"])) == (NUMBER, 3.0, 3, 3)
    assert "skor 3,0  diragukan" in run(home, "numbers", "show", NUMBER).stdout
    unknown = run(home, "numbers", "show", "0811999999", code=1)
    sentence = "gagal: nomor +62811999999 tidak ada: belum pernah menelepon, atau sudah dihapus tanpa putusan\n"
    assert unknown.stderr == sentence


def test_correct(home: Path) -> None:
    """All verdicts of a number, with a reason that is kept."""
    answer = json_of(home, "numbers", "correct", NUMBER, "--to", "genuine", "--reason", "telepon puskesmas")
    assert answer == {"changed": 3, "score": -9.0, "doubt": None}
    row = json_of(home, "numbers", "show", NUMBER)
    assert [(verdict["verdict"], verdict["by"], verdict["reason"]) for verdict in row["verdicts"][:3]] == [
        ("genuine", "cli", "telepon puskesmas")
    ] * 3
    run(home, "numbers", "correct", NUMBER, "--to", "genuine", code=2)


def test_erase_keeps_the_score(home: Path) -> None:
    """The number is gone, the hash is not; it is found again by the number or by how the hash begins."""
    assert json_of(home, "numbers", "erase", "081234567890", "--reason", "diminta pemilik") == {"calls": 3}
    row = json_of(home, "numbers", "show", NUMBER)
    assert (row["number"], row["score"], row["doubt"], row["calls"]) == (None, 3.0, "reputation", [])
    assert row == json_of(home, "numbers", "show", "#" + row["hash"][:12])
    assert f"#{row['hash'][:12]}" in run(home, "numbers", "list").stdout
    assert NUMBER not in run(home, "journal", "--json").stdout
    open_one = run(home, "numbers", "erase", "0291591234", "--reason", "x", code=1)
    assert open_one.stderr.startswith("gagal: nomor ini masih dipakai tiket T-20261122-")


def test_export(home: Path, tmp_path: Path) -> None:
    """CSV with a head line, on standard output or in a file."""
    rows = list(csv.DictReader(io.StringIO(run(home, "numbers", "export").stdout)))
    assert {(row["number"], row["score"], row["doubt"]) for row in rows} == {
        (NUMBER, "3.0", "reputation"),
        ("+62291591234", "-3.0", ""),
    }
    out = tmp_path / "nomor.csv"
    run(home, "numbers", "export", "--doubted", "--out", str(out))
    assert [row["number"] for row in csv.DictReader(out.read_text().splitlines())] == [NUMBER]


def test_report(home: Path) -> None:
    """Per day and in total; the same figures as text; today unless told."""
    (call, *_) = json_of(home, "calls", "list")
    day = call["arrived_at"][:10]
    figures = json_of(home, "report", "screening", "--from", day)
    total = figures["total"]
    assert (len(figures["days"]), total["calls"], total["judged"]) == (1, 5, 4)
    assert (total["pranks_that_rang"]["k"], total["pranks_that_rang"]["n"]) == (3, 4)
    assert total["genuine_lost"] == {"k": 0, "n": 1, "share": 0.0, "low": 0.0, "high": 0.7935}
    assert total["times"]["urgent"]["to_talk"]["p50"] == 9.0
    assert total["counts"] == {"urgent": {"genuine": 1, "prank": 3}, "none": {"none": 1}}
    text = run(home, "report", "screening", "--from", day).stdout
    assert "Prank yang membunyikan operator      3 dari 4 = 75,0 %" in text
    assert len(json_of(home, "report", "screening")["days"]) == 1
    week = json_of(home, "report", "screening", "--from", "2026-11-01", "--to", "2026-11-07")
    assert [day["day"] for day in week["days"]] == [f"2026-11-0{n}" for n in range(1, 8)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "kemarin"), "gagal: isian --from bukan tanggal: 'kemarin', diharapkan misalnya 2026-11-22\n"),
        (
            ("--from", "2026-11-22", "--to", "2026-11-01"),
            "gagal: masa laporan 2026-11-22 sampai 2026-11-01 tidak sah: 1 sampai 366 hari, dari yang awal\n",
        ),
    ],
)
def test_a_wrong_period_is_a_sentence(home: Path, arguments: tuple[str, ...], sentence: str) -> None:
    """Not a traceback, and not an empty report."""
    assert run(home, "report", "screening", *arguments, code=1).stderr == sentence


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("0812-3456-7890", (NUMBER, "0812-3456-7890", True, "mobile")),
        ("+291591291", ("+62291591291", "(0291) 591291", True, "landline")),
        ('"Budi" <sip:x@ims>, <tel:+6281234567890>', (NUMBER, "0812-3456-7890", True, "mobile")),
        ("P-Asserted-Identity: <sip:110@ims>, <tel:+6281234567890>", (NUMBER, "0812-3456-7890", True, "mobile")),
        ("013456789012345", (None, "Tanpa kartu SIM (013456789012345)", False, "simless")),
        ("110", (None, "110", False, "short")),
        ("08091234567", ("+628091234567", "0809 1 234 567", False, "premium")),
        ("", (None, "Tanpa nomor", False, "withheld")),
        ("-0812", (None, "-0812", False, "unknown")),
        ("\udcff\udcfe\n${X}", (None, "", False, "unknown")),
    ],
)
def test_a_number_is_read_in_any_shape(home: Path, text: str, row: tuple[Any, ...]) -> None:
    """The same reading as for a call; each has a sentence, and none ends in an error."""
    read = json_of(home, "numbers", "read", text)
    assert list(read) == ["number", "display", "callable", "kind", "why"]
    assert (read["number"], read["callable"], read["kind"]) == (row[0], row[2], row[3])
    assert read["why"]


def test_a_number_is_read_for_people(home: Path) -> None:
    """One line; without a text the command says how it is used."""
    assert "tidak bisa ditelepon balik" in run(home, "numbers", "read", "110").output
    assert run(home, "numbers", "read", "591291").output == (
        "(0291) 591291 (+62291591291): bisa ditelepon balik. telepon tetap; tanpa kode area, dianggap 0291\n"
    )
    run(home, "numbers", "read", code=2)
