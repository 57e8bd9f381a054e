"""The figures of a drill and the bars that they are held against. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from drills.result import CallStory, Result
from drills.scenario import BARS
from tickets.shares import Share, percentile, wilson

REACHED, PRANKS, KEY, SPEAKING, NENA_90, NENA_95, SOUND = BARS


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure beside what it must be; `met` is None where the scenario is not judged by it or has no such call."""

    code: str
    what: str
    found: str
    wanted: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Times:
    """Percentiles of the seconds of `n` calls."""

    n: int
    p50: float | None
    p90: float | None
    p95: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The calls of one behaviour."""

    group: str
    genuine: bool
    calls: int
    rang: int
    reached: int
    ring: Times
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures that are reported of a drill."""

    calls: int
    genuine: int
    pranks: int
    genuine_reached: Share
    pranks_rang: Share
    rings_by_pranks: Share
    rings: int
    key_at_once: Times
    speaks_only: Times
    genuine_ring: Times
    genuine_voice: Times
    within_15: Share
    within_20: Share
    groups: tuple[GroupFigures, ...]
    lost: tuple[int, ...]
    bars: tuple[Bar, ...]

    @property
    def met(self) -> bool:
        """True if no bar was missed."""
        return all(bar.met is not False for bar in self.bars)


def times(seconds: Iterable[float | None]) -> Times:
    """Percentiles by nearest rank."""
    known = [value for value in seconds if value is not None]
    p50, p90, p95, longest = (percentile(known, percent) for percent in (50, 90, 95, 100))
    return Times(len(known), p50, p90, p95, longest)


def figures(result: Result) -> Figures:
    """The figures of a result."""
    genuine = [call for call in result.calls if call.genuine]
    pranks = [call for call in result.calls if not call.genuine]
    rang = [call for call in result.calls if call.rang]
    plain = [call for call in genuine if call.trait == "key_at_once"]
    speaking = [call for call in genuine if call.trait == "speaks_only"]
    rung = [call for call in genuine if call.rang]
    shares = {
        REACHED: wilson(sum(call.reached for call in genuine), len(genuine)),
        PRANKS: wilson(sum(call.rang for call in pranks), len(pranks)),
        NENA_90: _within(genuine, 15),
        NENA_95: _within(genuine, 20),
    }
    measured = {
        KEY: times(call.ring_in_life_s for call in plain),
        SPEAKING: times(call.ring_in_life_s for call in speaking),
    }
    return Figures(
        calls=len(result.calls),
        genuine=len(genuine),
        pranks=len(pranks),
        genuine_reached=shares[REACHED],
        pranks_rang=shares[PRANKS],
        rings_by_pranks=wilson(sum(not call.genuine for call in rang), len(rang)),
        rings=len(rang),
        key_at_once=measured[KEY],
        speaks_only=measured[SPEAKING],
        genuine_ring=times(call.ring_in_life_s for call in rung),
        genuine_voice=times(call.voice_in_life_s for call in rung),
        within_15=shares[NENA_90],
        within_20=shares[NENA_95],
        groups=tuple(_groups(result.calls)),
        lost=tuple(call.index for call in genuine if not call.reached),
        bars=_bars(shares, measured, result),
    )


def _within(genuine: Sequence[CallStory], limit_s: float) -> Share:
    """Share of the genuine callers who heard an operator in time; those who left a message do not count."""
    meant = [call for call in genuine if not call.message]
    return wilson(
        sum(call.voice_in_life_s is not None and call.voice_in_life_s <= limit_s for call in meant), len(meant)
    )


def _groups(calls: Sequence[CallStory]) -> list[GroupFigures]:
    groups = []
    for name in dict.fromkeys(call.group for call in calls):
        members = [call for call in calls if call.group == name]
        outcomes: dict[str, int] = {}
        for call in members:
            outcome = call.outcome or "none"
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        groups.append(
            GroupFigures(
                group=name,
                genuine=members[0].genuine,
                calls=len(members),
                rang=sum(call.rang for call in members),
                reached=sum(call.reached for call in members),
                ring=times(call.ring_in_life_s for call in members),
                outcomes=outcomes,
            )
        )
    return sorted(groups, key=lambda group: (not group.genuine, -group.calls, group.group))


def _bars(shares: dict[str, Share], measured: dict[str, Times], result: Result) -> tuple[Bar, ...]:
    wrong = result.checks.wrong
    counts = ", ".join(f"{name} {value}" for name, value in wrong.items())
    bars = (
        _share_bar(REACHED, "Laporan sampai ke petugas atau menjadi pesan", shares[REACHED], 1.0),
        _share_bar(PRANKS, "Bukan laporan, tetapi telepon petugas berdering", shares[PRANKS], 0.10, most=True),
        _time_bar(KEY, "Tombol ditekan langsung: dijawab sampai telepon petugas berdering, p95", measured, 5.0),
        _time_bar(SPEAKING, "Hanya bicara, tanpa tombol: dijawab sampai berdering, p95", measured, 12.0),
        _share_bar(NENA_90, "NENA: suara petugas 15 detik sejak menelepon", shares[NENA_90], 0.90),
        _share_bar(NENA_95, "NENA: suara petugas 20 detik sejak menelepon", shares[NENA_95], 0.95),
        Bar(SOUND, "Tidak ada panggilan gagal, tersangkut, atau tanpa tiket", counts or "0", "0", not wrong),
    )
    return tuple(bar if bar.code in result.bars else replace(bar, wanted="", met=None) for bar in bars)


def _share_bar(code: str, title: str, share: Share, wanted: float, *, most: bool = False) -> Bar:
    sign = "≤" if most else "≥" if wanted < 1 else ""
    met = None if share.share is None else share.share <= wanted if most else share.share >= wanted
    measured = "tidak ada" if share.share is None else f"{percent(share.share)} ({share.k} dari {share.n})"
    return Bar(code, title, measured, f"{sign} {percent(wanted)}".strip(), met)


def _time_bar(code: str, title: str, measured: dict[str, Times], limit_s: float) -> Bar:
    spent = measured[code]
    met = None if spent.p95 is None else spent.p95 <= limit_s
    text = "tidak ada" if spent.p95 is None else f"{seconds(spent.p95)} (n {spent.n}, median {seconds(spent.p50)})"
    return Bar(code, title, text, f"≤ {seconds(limit_s)}", met)


def percent(part: float | None) -> str:
    """`98,1 %`, as Indonesians write it."""
    return "-" if part is None else f"{part * 100:.1f}".replace(".", ",").removesuffix(",0") + " %"


def seconds(value: float | None) -> str:
    """`4,2 s`, as Indonesians write it."""
    return "-" if value is None else f"{value:.1f} s".replace(".", ",")
