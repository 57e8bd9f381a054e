"""Errors that nobody declares are logged with their traceback, wherever the line meets them."""

from __future__ import annotations

from typing import Any

import pytest
import structlog.testing

from asterisk.errors import AmiError, AriError
from ivr import events as ev
from line.unforeseen import unforeseen
from tests.line.line import Line
from tickets.errors import Conflict, SchemaViolated, StoreUnavailable, TicketError, WriteUnknown


@pytest.mark.parametrize(
    ("error", "foreseen"),
    [
        (AriError("answer", 404, "Channel not found"), True),
        (AmiError("no answer"), True),
        (StoreUnavailable("basis data terkunci"), True),
        (WriteUnknown("basis data lambat"), True),
        (Conflict("sudah"), True),
        (TicketError("lain"), True),
        (SchemaViolated("CHECK constraint failed: lane"), False),
        (RuntimeError("a defect of ours"), False),
    ],
)
def test_what_asterisk_and_the_store_declare_is_foreseen(error: Exception, foreseen: bool) -> None:
    """A statement that does not fit the schema is declared, and a defect all the same."""
    assert unforeseen(error) is (None if foreseen else error)


@pytest.mark.parametrize(
    ("error", "shown"), [(StoreUnavailable("basis data terkunci"), None), (SchemaViolated("NOT NULL"), "itself")]
)
async def test_a_step_that_is_not_saved(line: Line, error: Exception, shown: str | None) -> None:
    """The call goes on; a defect is logged with its traceback."""
    await line.call()

    async def fail(job: object, limit_s: float) -> Any:
        raise error

    line.store.write_within = fail  # type: ignore[method-assign, assignment]
    with structlog.testing.capture_logs() as logs:
        await line.tell("c1", ev.Digit("1"))
    [entry] = [entry for entry in logs if entry["event"] == "call.not_saved"]
    assert entry["exc_info"] is (error if shown else None)
