"""`tanggap page-test` as a person or the steward asks for it, and the real escalation process that sends it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from instance import load
from instance.examination import check
from instance.site import PageTestSite
from operations.weekly_tests import STEWARD, ask_if_due, is_due
from tanggap.program import main
from tests.fixtures import Edit
from tests.tanggap.test_wadul import escalate
from tests.tickets.notify.test_notify import Receiver
from tickets.escalation.contact_tests import NO_TRUNK, PLACEHOLDER_NUMBER
from tickets.model import Actor
from tickets.store import Store

WIB = ZoneInfo("Asia/Jakarta")
IN_TIME_S = 30.0


def run(home: Path, *arguments: str, code: int = 0) -> Result:
    """The command's result; another exit status fails."""
    result = CliRunner().invoke(main, ["--home", str(home), "page-test", *arguments])
    assert result.exit_code == code, result.output
    return result


def json_of(home: Path, *arguments: str, code: int = 0) -> Any:
    return json.loads(run(home, *arguments, "--json", code=code).stdout)


def store_of(home: Path) -> Store:
    (home / "var").mkdir(exist_ok=True)
    return Store(home / "var" / "tanggap.db")


def alive(store: Store) -> None:
    """The escalation process says that it lives."""
    store.people.beat(datetime.now(UTC), "escalate", os.getpid(), {})


def end_all(store: Store, *reached: str) -> None:
    """As the escalation process would: these contacts are reached, nobody answers any more."""
    now = datetime.now(UTC)
    for row in store.test_pushes.due(now):
        assert store.test_pushes.claim(now, "escalate", 10, row["id"])
        ok = row["contact"] in reached
        store.test_pushes.ended(now, row, "escalate", ok=ok, detail="sampai" if ok else "mati", answer_until=None)


def test_nobody_is_asked_while_nobody_sends(edited: Edit) -> None:
    """Without the escalation process no test is left waiting that rings somebody later."""
    home = edited()
    store = store_of(home)
    refusal = "gagal: proses eskalasi tidak hidup, tidak ada yang diuji; jalankan dulu: tanggap up\n"
    assert run(home, code=1).output == refusal
    store.people.beat(datetime.now(UTC) - timedelta(minutes=1), "escalate", os.getpid(), {})
    assert run(home, code=1).output == refusal
    assert "belum pernah ada uji; mulai dengan: tanggap page-test" in run(home, "--report", code=1).output
    assert run(home, "--report", "pusdalops", code=2).output.endswith(
        "--report tidak bisa bersama KONTAK atau --wait\n"
    )
    assert store.test_pushes.last_run() is None
    alive(store)
    output = run(home, "siapa.saja", code=1).output
    assert output == "gagal: kontak siapa.saja tidak ada di routing.yaml; lihat: tanggap contacts list\n"
    store.close()


def test_the_report_names_who_cannot_be_reached(edited: Edit) -> None:
    """All contacts of the shipped configuration: example numbers are told and never dialled; exit status 1."""
    home = edited()
    store = store_of(home)
    alive(store)
    names = load(home).routing.contacts
    assert run(home).output.startswith("uji 1 diminta: ")
    assert "uji 1 masih berjalan" in run(home, code=1).output
    going = json_of(home, "--report")
    assert (going["done"], going["asked_by"], len(going["contacts"])) == (False, "cli", len(names))
    end_all(store, "pusdalops")
    result = json_of(home, "--report", code=1)
    assert (result["done"], result["reached"], result["answered"]) == (True, ["pusdalops"], [])
    assert result["unreached"] == [name for name in names if name != "pusdalops"]
    assert datetime.fromisoformat(result["asked_at"]).utcoffset() == timedelta(hours=7)
    lines = {
        (row["name"], way["channel"]): (way["state"], way["detail"])
        for row in result["contacts"]
        for way in row["channels"]
    }
    assert lines["bupati", "mobile"] == ("placeholder", PLACEHOLDER_NUMBER)
    assert {state for (_, channel), (state, _) in lines.items() if channel == "mobile"} == {"placeholder"}
    assert lines["pusdalops", "page"] == ("delivered", "sampai")
    text = run(home, "--report", code=1).output
    assert f"Sampai: 1 dari {len(names)} kontak. Menjawab: 0." in text
    assert "nomor contoh" in text and "TIDAK SAMPAI lewat saluran mana pun: bupati" in text
    store.close()


def test_who_is_named_is_tested_alone(edited: Edit) -> None:
    """Everybody reached: exit status 0; a real mobile without a trunk is told as such; older runs can be shown."""
    home = edited("routing.yaml", ('mobile: "+620001120001"', 'mobile: "+6281326554021"'))
    store = store_of(home)
    alive(store)
    asked = json_of(home, "pusdalops", "bupati")
    assert [row["name"] for row in asked["contacts"]] == ["pusdalops", "bupati"]
    end_all(store, "pusdalops", "bupati")
    result = json_of(home, "--report")
    assert (result["unreached"], result["reached"]) == ([], ["pusdalops", "bupati"])
    mobile = result["contacts"][1]["channels"][0]
    assert (mobile["channel"], mobile["state"], mobile["detail"]) == ("mobile", "failed", NO_TRUNK)
    alive(store)
    store.absences.mark(datetime.now(UTC), "bupati", None, Actor("process", "cli"), "cuti")
    assert json_of(home)["run"] == 2
    (away,) = (row for row in json_of(home, "--report")["contacts"] if row["name"] == "bupati")
    assert (away["away"], {channel["state"] for channel in away["channels"]}) == (True, {"away"})
    assert json_of(home, "--report", "--run", "1")["run"] == 1
    assert "uji 9 tidak ada" in run(home, "--report", "--run", "9", code=1).output
    store.close()


# -- once a week -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("2026-11-24T09:59:59", None, False),
        ("2026-11-24T10:00:00", None, True),
        ("2026-11-24T10:59:59", None, True),
        ("2026-11-24T11:00:00", None, False),  # the machine was off: nobody is rung at another hour
        ("2026-11-24T10:30:00", "2026-11-17T10:00:00", True),
        ("2026-11-24T10:30:00", "2026-11-24T10:00:10", False),
        ("2026-11-24T10:30:00", "2026-11-24T23:00:00", True),  # asked while the clock was wrong
        ("2026-11-23T10:30:00", None, False),
        ("2026-11-25T10:30:00", None, False),
    ],
)
def test_the_hour_of_the_week(now: str, last: str | None, due: bool) -> None:
    """Tuesdays at ten, once."""
    at = datetime.fromisoformat(now).replace(tzinfo=WIB).astimezone(UTC)
    before = datetime.fromisoformat(last).replace(tzinfo=WIB).astimezone(UTC) if last else None
    assert is_due(PageTestSite(1, 10), WIB, at, before) is due
    assert not is_due(None, WIB, at, before)


def test_the_steward_asks_once_a_week_where_the_site_wants_it(edited: Edit) -> None:
    """Off as shipped; `page_test` of site.yaml switches it on, and a wrong day or hour is refused with its place."""
    at = datetime(2026, 11, 24, 10, 5, tzinfo=WIB).astimezone(UTC)
    home = edited()
    store = store_of(home)
    assert ask_if_due(store, load(home), at) is None
    home = edited("site.yaml", ("retention:\n", "page_test: {day: selasa, hour: 10}\nretention:\n"))
    instance = load(home)
    assert instance.site.page_test == PageTestSite(1, 10)
    assert ask_if_due(store, instance, at) == 1
    assert ask_if_due(store, instance, at + timedelta(seconds=30)) is None
    assert store.test_pushes.of_run(1)[0]["asked_by"] == STEWARD.name
    assert ask_if_due(store, instance, at + timedelta(days=7)) == 2
    store.close()
    wrong = edited("site.yaml", ("retention:\n", "page_test: {day: besok, hour: 24}\nretention:\n"))
    problems = [str(problem) for problem in check(wrong) if not problem.warning]
    assert len(problems) == 2 and "hari" in problems[0] and "jam" in problems[1], problems


# -- the real process --------------------------------------------------------------------------------------------------


@pytest.mark.long
async def test_the_real_process_sends_it(edited: Edit) -> None:
    """`tanggap page-test … --wait` beside a running `tanggap escalate`: a webhook over a real socket, no Asterisk."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        unused = int(probe.getsockname()[1])
    receiver = Receiver()
    await receiver.server.start_server()
    home = edited("site.yaml", ("http_port: 8088", f"http_port: {unused}"))
    routing = home / "routing.yaml"
    theirs = f'\ncontacts:\n  uji_coba: {{title: Penerima uji, webhook: "{receiver.url("http")}"}}\n'
    text = routing.read_text()
    assert "\ncontacts:\n" in text
    routing.write_text(text.replace("\ncontacts:\n", theirs, 1))
    load(home)
    store = store_of(home)
    try:
        async with escalate(home):
            async with asyncio.timeout(IN_TIME_S):
                while not any(row["process"] == "escalate" for row in store.people.beats()):
                    await asyncio.sleep(0.05)
                result = await asyncio.to_thread(json_of, home, "uji_coba", "--wait")
                both = await asyncio.to_thread(json_of, home, "uji_coba", "pusdalops", "--wait", code=1)
    finally:
        store.close()
        await receiver.server.close()
    assert (result["done"], result["reached"], result["unreached"]) == (True, ["uji_coba"], [])
    assert [json.loads(body)["test"] for _, body in receiver.got] == [True, True]
    assert both["unreached"] == ["pusdalops"]
    (row,) = (row for row in both["contacts"] if row["name"] == "pusdalops")
    details = {channel["channel"]: channel["detail"] for channel in row["channels"]}
    assert details["page"] == "tidak ada halaman pusat komando yang terbuka dan bersuara"
    assert "tidak terjangkau" in details["call"]
