"""Failed pushes of a ticket that follow each other, counted where all of them are: a page loads the newest alone."""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence

from tickets.model import Row
from tickets.store import Store

FEW = 3  # so many or more are a run, as js/story/folding.js folds what it has loaded
COUNTED, TOLD = 5000, 500


def failures(store: Store, number: str) -> list[Row]:
    """The runs of a ticket's failed pushes, oldest first: `opd times since until ways[contact channel times]`."""
    failed = store.journal.failures_of_ticket(number, COUNTED)
    return runs(failed, [row["seq"] for row in store.journal.told_of_ticket(number, TOLD)]) if failed else []


def runs(failed: Sequence[Row], between: Sequence[int]) -> list[Row]:
    """Group failed pushes by agency and by what was told between them (its `seq`s, ascending)."""
    groups: dict[tuple[int, str], list[Row]] = {}
    for row in failed:
        groups.setdefault((bisect(between, row["seq"]), str(row["data"].get("opd"))), []).append(row)
    return [_run(rows) for rows in groups.values() if len(rows) >= FEW]


def _run(rows: list[Row]) -> Row:
    ways = Counter((row["data"].get("contact"), row["data"].get("channel")) for row in rows)
    return {
        "first": rows[0]["seq"],
        "last": rows[-1]["seq"],
        "opd": rows[0]["data"].get("opd"),
        "times": len(rows),
        "since": rows[0]["at"],
        "until": rows[-1]["at"],
        "ways": [
            {"contact": contact, "channel": channel, "times": times}
            for (contact, channel), times in ways.most_common(4)
        ],
    }
