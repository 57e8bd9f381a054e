"""Ending a call on the page: who may, and what is asked of the calls process."""

from typing import Any

import pytest

from tests.console.desk112 import SITI, RunningConsole

PATH = "/api/calls/c1/finish"


async def asked(desk: RunningConsole) -> Any:
    """The newest request to end a call."""
    return await desk.store.read(lambda store: store.boards.newest("request.finish"))


async def test_who_talks_with_the_caller_may(desk: RunningConsole) -> None:
    """One journal row with the call and its ticket; the calls process does the rest."""
    number = await desk.call(stage="talking", operator="siti")
    assert await desk.ask("siti", "POST", PATH) == (202, {"asked": "c1"})
    row = await asked(desk)
    assert (row["call"], row["ticket"], row["actor"], row["data"]) == (
        "c1",
        number,
        str(SITI),
        {"operator": "siti", "call": "c1"},
    )


@pytest.mark.parametrize(("stage", "operator"), [("talking", "budi"), ("ringing", "siti"), ("ended", "siti")])
async def test_nobody_else_may(desk: RunningConsole, stage: str, operator: str) -> None:
    """Neither a colleague nor who talked before."""
    await desk.call(stage=stage, operator=operator)
    sentence = {"error": "Anda tidak sedang berbicara dengan +6281326554021"}
    assert (409, sentence) == await desk.ask("siti", "POST", PATH)
    assert await asked(desk) is None
