"""Trunks in faults: those that do not serve as they should, and calls of theirs that Asterisk refused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.model import Row, from_text
from tickets.refusals import REASONS
from tickets.store import Store

SHIFT = timedelta(hours=8)
MAX_REFUSED = 5


def refused(store: Store, since: datetime) -> list[Row]:
    """Refused calls of trunks since a moment, the last ones first, with the reason in words."""
    names = ("trunk", "far_end", "status", "times", "last_at")
    return [
        {name: row[name] for name in names} | {"sentence": REASONS[row["reason"]].sentence}
        for row in store.refused.of_trunks(since, MAX_REFUSED)
    ]


def sentences(store: Store, now: datetime, zone: ZoneInfo) -> list[str]:
    """Both in sentences for who takes a shift over; refused calls are those of the last shift."""
    troubles = [
        f"{row['sentence'].rstrip('.')}, sejak {_clock(row['since'], zone)}" for row in store.trunk_troubles.all()
    ]
    return troubles + [
        f"{row['times']} panggilan dari trunk {row['trunk']} ditolak, terakhir {_clock(row['last_at'], zone)}: "
        f"{row['sentence']}"
        for row in refused(store, now - SHIFT)
    ]


def _clock(at: str, zone: ZoneInfo) -> str:
    return from_text(at).astimezone(zone).strftime("%H.%M")
