"""Calls that the fail-safe branch carried: when their channel is gone, their row ends with what Asterisk knows."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from asterisk.queue_log import answered
from tickets.model import Row, to_text
from tickets.store import Store
from tickets.store.calls import Note

GAVE_UP = "menutup saat menunggu"


def strays(store: Store, known: Collection[str]) -> list[Row]:
    """Live rows that no runner of ours serves."""
    return [row for row in store.calls.live() if row["id"] not in known]


def end(store: Store, now: datetime, row: Row, queue_log: Path, recordings: Path) -> str:
    """End the row of a call whose channel is gone; the outcome, `talked` where the queue log names who answered."""
    talk = answered(queue_log, row["id"])
    recording = f"failsafe-{row['id']}"
    outcome = row["outcome"] or ("talked" if talk else "abandoned")
    columns: dict[str, Any] = {"stage": "ended", "ended_at": to_text(now), "outcome": outcome}
    if talk is not None:
        columns |= {"operator": talk.operator, "talking_at": to_text(talk.at), "talk_ended_at": to_text(now)}
        columns |= {"recording": recording} if (recordings / f"{recording}.wav").exists() else {}
    with store.transaction():
        note = Note("call.ended", {"outcome": outcome})
        store.calls.step(now, row["id"], row["ticket"], columns, (note,))
        waits = outcome == "abandoned" and store.calls.callback(now, row["id"], GAVE_UP)
        store.tickets.call_ended(now, row["ticket"], outcome, waits=waits)
    return outcome
