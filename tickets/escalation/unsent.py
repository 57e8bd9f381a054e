"""The ladder of an emergency that nobody has dispatched: its beginning, its pages and their times; pure.

The store keeps the beginning and the due times, so a restart changes neither.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from tickets.model import ContactChannel

# An edit holds the ladder back for so long, and all edits together for at most LONGEST_GRACE_S after the talk.
GRACE_S = 20.0
LONGEST_GRACE_S = 60.0
URGENT_KIND = "emergency"


@dataclass(frozen=True, slots=True)
class UnsentStep:
    """Pages that are pushed `after_s` after the ladder began, then every `every_s` without end; and, with them,
    contacts over channels."""

    audience: str
    after_s: float
    every_s: float
    ways: tuple[ContactChannel, ...] = ()


# In force where routing.yaml has no `unsent`: the operator's desk, all desks, the command centre; for the last one with
# the contacts that `unsent_words.command_centre` names.
DEFAULT_STEPS = (UnsentStep("desk", 0, 15), UnsentStep("room", 30, 15), UnsentStep("command_centre", 120, 30))


# Words of an emergency, as the beginnings of words in what was written.
URGENT_WORDS = (
    "kebakaran", "terbakar", "asap tebal", "meledak", "ledakan", "gas bocor", "kecelakaan", "tabrak", "terguling",
    "tenggelam", "hanyut", "banjir", "longsor", "tertimbun", "tertimpa", "pohon tumbang", "pingsan", "tidak sadar",
    "sesak napas", "sesak nafas", "kejang", "stroke", "serangan jantung", "berdarah", "pendarahan", "perdarahan",
    "melahirkan", "tersengat", "keracunan", "bunuh diri", "perampokan", "dirampok", "begal", "dibacok", "tawuran",
    "terjebak", "korban jiwa", "meninggal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnsentRules:
    """The part `unsent` of routing.yaml: the times of the ladder, and the words of an emergency."""

    grace_s: float = GRACE_S
    longest_grace_s: float = LONGEST_GRACE_S
    steps: tuple[UnsentStep, ...] = DEFAULT_STEPS
    words: tuple[str, ...] = URGENT_WORDS


DEFAULTS = UnsentRules()


@dataclass(frozen=True, slots=True)
class UnsentTicket:
    """The facts of a ticket that decide: `silenced` is a reason of a named person (prank, talked out, merged)."""

    kind: str = "complaint"
    lane: str | None = None
    urgent_category: bool = False
    urgent_words: bool = False
    recorded_message: bool = False
    sent_back: bool = False
    open_assignments: int = 0
    closed: bool = False
    silenced: bool = False


def is_unsent(ticket: UnsentTicket) -> bool:
    """Tell an open ticket that shows an emergency, with no agency and no reason against one."""
    if ticket.closed or ticket.silenced or ticket.open_assignments:
        return False
    return sign_of(ticket) is not None


# The signs in the order of their weight: a human's choice, the caller's, then what stands in the text.
SIGNS = ("emergency", "category", "returned", "words", "message", "lane")


def sign_of(ticket: UnsentTicket) -> str | None:
    """The weightiest sign of an emergency that the ticket shows."""
    shown = (
        ticket.kind == URGENT_KIND,
        ticket.urgent_category,
        ticket.sent_back,
        ticket.urgent_words,
        ticket.recorded_message,
        ticket.lane == "urgent",
    )
    return next((sign for sign, there in zip(SIGNS, shown, strict=True) if there), None)


def shows_words(words: Collection[str], *texts: str | None) -> bool:
    """True where one of these words begins a word of a text."""
    return any(_pattern(tuple(words)).search(text.casefold()) for text in texts if text) if words else False


@lru_cache(maxsize=8)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(word.casefold()) for word in words) + ")")


def begins_at(
    talk_ended: datetime, edits: tuple[datetime, ...] = (), rules: UnsentRules = DEFAULTS, *, written: bool = True
) -> datetime:
    """Time of the beginning: a grace after the talk or the last edit, at most the longest grace after the talk.

    `written` False: nobody writes it (a message, a returned assignment), so that it begins at once."""
    if not written and not edits:
        return talk_ended
    latest = max((talk_ended, *edits))
    return min(
        latest + timedelta(seconds=rules.grace_s),
        talk_ended + timedelta(seconds=max(rules.grace_s, rules.longest_grace_s)),
    )


def first_due(step: UnsentStep, begun: datetime) -> datetime:
    """Time of a step's first push."""
    return begun + timedelta(seconds=step.after_s)


def next_due(step: UnsentStep, begun: datetime, now: datetime) -> datetime:
    """Time of a step's first push after `now`, on the grid from its beginning: a late daemon makes no drift."""
    first = first_due(step, begun)
    if now < first:
        return first
    every = timedelta(seconds=step.every_s)
    return first + ((now - first) // every + 1) * every
