"""Figures and bars of a drill, from calls as they might have been."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drills.figures import Figures, Times, figures, times
from drills.report import document
from drills.result import CallStory, Checks, Result
from drills.result_page import page
from drills.scenario import BARS
from drills.spans import overlap, together

FINE = Checks(0, 0, 0, 0, 0, 0, 0)


def call(**changes: Any) -> CallStory:
    """A genuine caller who pressed 1 at once and talked after 8 s."""
    plain = CallStory(
        index=0, at_s=1.0, week_s=None, group="tekan", genuine=True, trait="key_at_once", answer_s=0.02, pressed_s=1.5,
        challenged_s=None, ring_s=1.6, ring_in_life_s=1.6, voice_in_life_s=5.0, talk_s=2.0, lasted_s=4.0,
        ended_by="petugas", keys="1", lane="urgent", mark=None, outcome="talked", operator="op1", verdict="genuine",
        ticket="T-1", both_heard=True, message=False, prompts=("menu-utama",), failure="",
    )  # fmt: skip
    return replace(plain, **changes)


def prank(**changes: Any) -> CallStory:
    """Somebody who was silent and hung up."""
    quiet = {"ring_s": None, "ring_in_life_s": None, "voice_in_life_s": None, "talk_s": None, "keys": ""}
    return call(genuine=False, trait=None, group="diam", outcome="abandoned", both_heard=False, **(quiet | changes))


def of(*calls: CallStory, bars: tuple[str, ...] = BARS, checks: Checks = FINE) -> Result:
    """A result of these calls."""
    return Result("coba", "Coba", "Coba.", 1, 60.0, True, 10.0, 50.0, 3, bars, calls, checks)


def met(found: Figures) -> dict[str, bool | None]:
    """The bars by code, and if they are met."""
    return {bar.code: bar.met for bar in found.bars}


def test_all_is_well() -> None:
    """Every bar that can be measured is met; nobody only spoke."""
    measured = figures(of(call(), prank()))
    assert met(measured) == dict.fromkeys(BARS, True) | {"speaks_only": None}
    assert measured.met


@pytest.mark.parametrize(
    ("calls", "missed"),
    [
        ([call(both_heard=False)], {"genuine_reached"}),
        ([call(both_heard=False, message=True)], set()),
        ([prank(ring_s=3.0)], {"pranks_rang"}),
        ([prank(ring_s=3.0), *[prank()] * 9], set()),
        ([call(ring_in_life_s=5.1)], {"key_at_once"}),
        ([call(ring_in_life_s=5.0)], set()),
        ([call(trait="speaks_only", ring_in_life_s=12.1)], {"speaks_only"}),
        ([call(voice_in_life_s=16.0)], {"nena_15s"}),
        ([call(voice_in_life_s=21.0)], {"nena_15s", "nena_20s"}),
        ([call(voice_in_life_s=None, both_heard=False)], {"genuine_reached", "nena_15s", "nena_20s"}),
        ([call(voice_in_life_s=16.0), *[call()] * 9], set()),
    ],
)
def test_bars_that_are_missed(calls: list[CallStory], missed: set[str]) -> None:
    """Each bar by its own figure, at its edge."""
    measured = figures(of(call(), prank(), *calls)) if len(calls) == 0 else figures(of(*calls))
    assert {code for code, ok in met(measured).items() if ok is False} == missed


def test_a_lost_ticket_fails_every_scenario() -> None:
    """However good the times are."""
    measured = figures(of(call(), checks=replace(FINE, without_ticket=1)))
    assert {code for code, ok in met(measured).items() if ok is False} == {"nothing_lost"}
    assert measured.bars[-1].found == "without_ticket 1"


def test_late_frames_fail_nothing() -> None:
    """They tell how busy the machine was."""
    assert figures(of(call(), checks=replace(FINE, frames_late=100))).met


def test_a_scenario_names_the_bars_that_count() -> None:
    """The others are told and not judged."""
    measured = figures(of(call(voice_in_life_s=99.0), bars=("genuine_reached",)))
    assert (measured.met, met(measured)["nena_15s"]) == (True, None)


def test_who_is_lost_is_named() -> None:
    """By the number of the call."""
    assert figures(of(call(index=4, both_heard=False), call(index=5))).lost == (4,)


def test_times_are_nearest_rank() -> None:
    """The 19th of 20 is the 95th percentile; what did not happen does not count."""
    spread = times([None, *map(float, range(20, 0, -1))])
    assert (spread.n, spread.p50, spread.p95, spread.longest) == (20, 10.0, 19.0, 20.0)
    assert times([None]) == Times(0, None, None, None, None)


def test_when_nobody_could_be_rung() -> None:
    """Only while all of them were away."""
    assert together([[(0, 5), (8, 12)], [(3, 10)], [(0, 20)]]) == [(3, 5), (8, 10)]
    assert together([]) == []
    assert overlap([(3, 5), (8, 10)], 4, 9) == 2


def test_compared_documents_stand_side_by_side() -> None:
    """The first one is judged."""
    with_, without = of(call(), prank()), replace(of(call(), prank(ring_s=2.0)), screening=False)
    written = document([with_, without])
    assert (written["met"], written["without_screening"]["met"]) == (True, False)
    assert written["with_screening"]["figures"]["rings"] == 1


def test_the_page_is_whole_and_escapes_names() -> None:
    """One file, its pictures in it, and nothing of a name becomes a tag."""
    text = page([replace(of(call(group="<b>x</b>"), prank()), title="Coba <i>")])
    assert text.startswith("<!doctype html>") and text.count("<svg") == 2
    assert "<b>x</b>" not in text and "Coba &lt;i&gt;" in text
    assert "http" not in text
