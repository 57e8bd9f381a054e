"""The rules of screening as data: reasons for doubt, and the treatment of doubted and silent callers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreeningRules:
    """The section `screening` of routing.yaml; durations in seconds unless their name ends in `_days`.

    `enabled` False: nobody is asked anything, every answered call goes to the lane `urgent`.
    Challenge: two digits, asked `challenge_tries` times (0: nobody is asked) with `challenge_patience_s` to press them.
    `speak_patience_s`: time for a key that a caller who speaks has, before being put through without one.
    `silent_hold_s`: time that a call of the lane `silent` is held. `sample`: 1 in so many doubted calls is handled as
    if it were not (0: none). `reserve`: so many free operators are kept from the lane `unverified`; one of its calls
    that has waited `unverified_max_s` is given one of them, unless another of them has an operator already.
    Flood: `flood_calls` calls of one number, or `flood_trunk_calls` of one trunk, within `flood_within_s`, each shorter
    than `flood_short_s`. Reputation: a prank counts 1, a genuine call minus `genuine_weight`, both halved every
    `half_life_days`; doubted from a sum of `doubt_score` on.
    """

    enabled: bool = True
    challenge_tries: int = 2
    challenge_patience_s: float = 6.0
    speak_patience_s: float = 2.5
    silent_hold_s: float = 60.0
    sample: int = 20
    reserve: int = 1
    unverified_max_s: float = 30.0
    flood_calls: int = 5
    flood_trunk_calls: int = 30
    flood_within_s: float = 600.0
    flood_short_s: float = 20.0
    half_life_days: float = 30.0
    doubt_score: float = 2.0
    genuine_weight: float = 3.0
