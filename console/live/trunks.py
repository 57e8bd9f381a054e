"""Trunks in faults: those that answered before and are silent now, and calls of theirs that Asterisk refused."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.model import Row, from_text
from tickets.refusals import REASONS
from tickets.store import Store

FRESH_S = 10.0
SHIFT = timedelta(hours=8)
MAX_REFUSED = 5


def silent(beats: Iterable[Row], now: datetime) -> list[Row]:
    """Trunks that answered before and are silent now, each with `since`, as the living supervisor says."""
    beat = next((row for row in beats if row["process"] == "steward"), None)
    if beat is None or (now - from_text(beat["at"])).total_seconds() > FRESH_S:
        return []
    known = beat["data"].get("trunks", {})
    return [{"trunk": name, "since": since} for name, since in sorted(known.items()) if since is not None]


def refused(store: Store, since: datetime) -> list[Row]:
    """Refused calls of trunks since a moment, the last ones first, with the reason in words."""
    names = ("trunk", "far_end", "status", "times", "last_at")
    return [
        {name: row[name] for name in names} | {"sentence": REASONS[row["reason"]].sentence}
        for row in store.refused.of_trunks(since, MAX_REFUSED)
    ]


def sentences(store: Store, beats: Iterable[Row], now: datetime, zone: ZoneInfo) -> list[str]:
    """Both in sentences for who takes a shift over; refused calls are those of the last shift."""
    quiet = [
        f"trunk {row['trunk']} tidak menjawab sejak {_clock(row['since'], zone)}: "
        "panggilan dari sana mungkin tidak masuk"
        for row in silent(beats, now)
    ]
    return quiet + [
        f"{row['times']} panggilan dari trunk {row['trunk']} ditolak, terakhir {_clock(row['last_at'], zone)}: "
        f"{row['sentence']}"
        for row in refused(store, now - SHIFT)
    ]


def _clock(at: str, zone: ZoneInfo) -> str:
    return from_text(at).astimezone(zone).strftime("%H.%M")
