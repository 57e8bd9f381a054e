"""The table `screening` of routing.yaml: who is doubted, and how a doubted or silent caller is treated."""

from __future__ import annotations

from typing import Annotated

from instance.fields import Bool, decimal, number, seconds
from instance.strict import Strict
from ivr.screening_rules import ScreeningRules

RULES = ScreeningRules()


class ChallengeModel(Strict):
    """Dua angka yang harus ditekan penelepon yang diragukan; tries 0: tidak ada tantangan."""

    tries: Annotated[int, number(0, 5, "jumlah ulangan")] = RULES.challenge_tries
    patience: Annotated[float, seconds(4, 30)] = RULES.challenge_patience_s


class FloodModel(Strict):
    """Banjir panggilan: sekian panggilan pendek dari satu nomor, atau dari satu trunk, dalam waktu ini."""

    calls: Annotated[int, number(2, 1000, "jumlah panggilan")] = RULES.flood_calls
    trunk_calls: Annotated[int, number(2, 10000, "jumlah panggilan")] = RULES.flood_trunk_calls
    within: Annotated[float, seconds(10, 86400)] = RULES.flood_within_s
    short: Annotated[float, seconds(1, 600)] = RULES.flood_short_s


class ReputationModel(Strict):
    """Reputasi nomor: prank bernilai 1, asli dikurangi genuine_weight; nilai menjadi separuh setiap half_life."""

    half_life: Annotated[float, seconds(86400, 365 * 86400)] = RULES.half_life_days * 86400
    threshold: Annotated[float, decimal(0.5, 100, "nilai")] = RULES.doubt_score
    genuine_weight: Annotated[float, decimal(1, 100, "nilai")] = RULES.genuine_weight


class ScreeningModel(Strict):
    """Aturan penyaringan: siapa yang diragukan, dan apa yang dialami penelepon yang diragukan atau diam."""

    enabled: Bool = RULES.enabled
    challenge: ChallengeModel = ChallengeModel()
    speak_patience: Annotated[float, seconds(1, 10)] = RULES.speak_patience_s
    silent_hold: Annotated[float, seconds(5, 600)] | None = None
    sample: Annotated[int, number(0, 1000, "cuplikan")] = RULES.sample
    reserve: Annotated[int, number(0, 50, "jumlah operator")] = RULES.reserve
    unverified_max: Annotated[float, seconds(5, 600)] = RULES.unverified_max_s
    flood: FloodModel = FloodModel()
    reputation: ReputationModel = ReputationModel()
