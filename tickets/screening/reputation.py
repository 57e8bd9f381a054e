"""Reputation of a number from operators' verdicts: its score, and the doubt on its next call. Pure.

A doubted call is asked for two digits and stands behind clean callers; it is never turned away. Only `prank` and
`genuine` weigh: somebody who asks for information is a person, and somebody who is silent may be unable to speak.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.screening_rules import ScreeningRules
from tickets.derived_keys import NUMBER, derive

VERDICTS = ("genuine", "prank", "information", "silent")
# after so many half-lives a verdict weighs less than a thousandth and is not read
FORGOTTEN_HALF_LIVES = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of `VERDICTS` on a call that came at `at`."""

    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Briefs:
    """Numbers of brief calls of the number and of the trunk within the flood window."""

    number: int = 0
    trunk: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The reputation of a caller; `doubt` is None, `reputation` or `flood`; `flood` is its source (`number`,
    `trunk`)."""

    doubt: str | None = None
    score: float = 0.0
    flood: str | None = None
    genuine: int = 0
    prank: int = 0
    information: int = 0
    silent: int = 0


def score(verdicts: Iterable[Verdict], now: datetime, rules: ScreeningRules) -> float:
    """The sum of what verdicts weigh today: a prank 1, a genuine call minus `genuine_weight`, halved every half-life.

    Rounded to one decimal, so that the number on the page is the number that decides.
    """
    weights = {"prank": 1.0, "genuine": -rules.genuine_weight}
    total = sum(weights[verdict.word] * _left(verdict, now, rules) for verdict in verdicts if verdict.word in weights)
    return round(total, 1) + 0.0  # no «-0.0»


def _left(verdict: Verdict, now: datetime, rules: ScreeningRules) -> float:
    days = max((now - verdict.at) / timedelta(days=1), 0.0)
    return float(0.5 ** (days / rules.half_life_days))


def forgotten_before(now: datetime, rules: ScreeningRules) -> datetime:
    """Verdicts on calls before this moment weigh nothing that shows."""
    return now - timedelta(days=FORGOTTEN_HALF_LIVES * rules.half_life_days)


def flood(briefs: Briefs, rules: ScreeningRules, *, trusted: bool = False) -> str | None:
    """The source of the flood that a call is part of; a caller known as genuine is exempt from the trunk's."""
    if briefs.number >= rules.flood_calls:
        return "number"
    return "trunk" if briefs.trunk >= rules.flood_trunk_calls and not trusted else None


def standing(verdicts: Sequence[Verdict], briefs: Briefs, now: datetime, rules: ScreeningRules) -> Standing:
    """Compute the reputation of a caller with these verdicts; a caller without a number has none."""
    held, counts = score(verdicts, now, rules), Counter(verdict.word for verdict in verdicts)
    flooded = flood(briefs, rules, trusted=held < 0)
    doubt = "reputation" if held >= rules.doubt_score else "flood" if flooded else None
    return Standing(
        doubt=doubt if rules.enabled else None,
        score=held,
        flood=flooded,
        genuine=counts["genuine"],
        prank=counts["prank"],
        information=counts["information"],
        silent=counts["silent"],
    )


def sampled(call: str, rules: ScreeningRules) -> bool:
    """True for the 1 in `sample` doubted calls that is handled as if undoubted; the same id gives the same result."""
    if rules.sample <= 0:
        return False
    return int.from_bytes(hashlib.sha256(call.encode()).digest()[:8], "big") % rules.sample == 0


def fingerprint(key: str, number: str) -> str:
    """The keyed hash (HMAC-SHA-256) under which a number is remembered when the number itself is erased."""
    return derive(key, NUMBER, number).hex()


def key_name(key: str) -> str:
    """A name for the key of a hash that does not reveal the key."""
    return hashlib.sha256(b"tanggap number key " + key.encode()).hexdigest()[:8]
