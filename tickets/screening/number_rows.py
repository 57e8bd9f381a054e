"""Search, display and export of numbers, for the console and the command line."""

import csv
import io
from collections.abc import Iterable

from tickets.model import Row
from tickets.screening.reputation import VERDICTS

COLUMNS = ("number", "hash", "score", "doubt", *VERDICTS, "first_at", "last_at")


def digits_of(text: str) -> str:
    """Digits to search full numbers for, without the 0 or the country's + that people write in front."""
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit()).lstrip("0")


def shown(row: Row) -> str:
    """The number, or the beginning of the hash that is left of it."""
    return row["number"] or f"#{(row['hash'] or '')[:12]}"


def as_csv(rows: Iterable[Row]) -> str:
    """Rows of `store.numbers.listed` as CSV with a head line."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return file.getvalue()
