"""Handing a caller to a colleague: who may, to whom, and what is asked of the calls process."""

from typing import Any

import pytest

from tests.console.desk112 import SITI, RunningConsole

PATH = "/api/calls/c1/transfer"


async def asked(desk: RunningConsole) -> Any:
    """The newest request for a transfer."""
    return await desk.store.read(lambda store: store.boards.newest("request.transfer"))


async def test_who_talks_with_the_caller_may(desk: RunningConsole) -> None:
    """One journal row with the call and its ticket; the calls process does the rest."""
    number = await desk.call(stage="talking", operator="siti")
    assert await desk.ask("siti", "POST", PATH, json={"to": "budi"}) == (202, {"asked": "c1", "to": "budi"})
    row = await asked(desk)
    assert row["data"] == {"operator": "siti", "call": "c1", "to": "budi"}
    assert ("c1", number, str(SITI)) == (row["call"], row["ticket"], row["actor"])


async def test_a_reason_goes_with_it(desk: RunningConsole) -> None:
    """One line of text; a long one is refused at its field."""
    await desk.call(stage="talking", operator="siti")
    body = {"to": "budi", "note": " butuh bahasa Jawa "}
    assert (await desk.ask("siti", "POST", PATH, json=body))[0] == 202
    assert (await asked(desk))["data"]["note"] == "butuh bahasa Jawa"
    status, answer = await desk.ask("siti", "POST", PATH, json={"to": "budi", "note": "x" * 121})
    assert (status, answer["field"]) == (400, "note")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "rekan tujuan belum diisi"),
        ({"to": 7}, "rekan tujuan harus teks"),
        ({"to": "siti"}, "panggilan tidak bisa dialihkan ke diri sendiri"),
        ({"to": "tidakada"}, "operator 'tidakada' tidak ada atau sudah dinonaktifkan"),
        ({"to": "pusat"}, "operator 'pusat' tidak ada atau sudah dinonaktifkan"),
    ],
)
async def test_only_to_a_colleague(desk: RunningConsole, body: dict[str, Any], sentence: str) -> None:
    """Another operator that there is."""
    await desk.call(stage="talking", operator="siti")
    assert (400, {"error": sentence, "field": "to"}) == await desk.ask("siti", "POST", PATH, json=body)
    assert await asked(desk) is None


async def test_a_disabled_operator_gets_no_caller(desk: RunningConsole) -> None:
    """Though the name is known still."""
    await desk.call(stage="talking", operator="siti")
    await desk.store.write(lambda store: store.people.disable(desk.clock.now, "budi"))
    status, _ = await desk.ask("siti", "POST", PATH, json={"to": "budi"})
    assert (status, await asked(desk)) == (400, None)


@pytest.mark.parametrize(
    ("stage", "operator"), [("talking", "budi"), ("ringing", "siti"), ("waiting", None), ("ended", "siti")]
)
async def test_nobody_else_may(desk: RunningConsole, stage: str, operator: str | None) -> None:
    """Neither a colleague nor who talked before."""
    await desk.call(stage=stage, operator=operator)
    await desk.store.write(lambda store: store.people.add(desk.clock.now, "ani", "Ani", "operator", None, "x"))
    sentence = {"error": "Anda tidak sedang berbicara dengan +6281326554021"}
    assert (409, sentence) == await desk.ask("siti", "POST", PATH, json={"to": "ani"})
    assert await asked(desk) is None


async def test_a_call_that_there_is_not(desk: RunningConsole) -> None:
    """404, as everywhere."""
    assert await desk.ask("siti", "POST", PATH, json={"to": "budi"}) == (404, {"error": "panggilan c1 tidak ada"})
