"""Safe reload: a valid change is applied while running, a wrong one is reported and the former one stays."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from instance import FILES, Instance, load, reload
from instance.problems import Problem
from instance.reload import Watcher, waits

REPOSITORY = Path(__file__).resolve().parents[2]
Told = asyncio.Queue[Instance | list[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(REPOSITORY / name, tmp_path)
    return tmp_path


@pytest.fixture
def reports() -> Told:
    return asyncio.Queue()


@pytest.fixture
async def watcher(home: Path, reports: Told) -> AsyncIterator[Watcher]:
    async def on_problem(problems: Sequence[Problem]) -> None:
        await reports.put([str(problem) for problem in problems])

    watcher, stop = Watcher(load(home), reports.put_nowait, on_problem), asyncio.Event()
    task = asyncio.create_task(watcher.run(stop))
    await asyncio.sleep(0)
    yield watcher
    stop.set()
    await asyncio.wait_for(task, 10)


def rewrite(path: Path, before: str, after: str) -> None:
    """Replace a file as editors do: a new one is moved over it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(path.read_text().replace(before, after, 1))
    os.replace(fresh, path)


def call_targets(instance: Instance) -> int:
    """Number of phones that all ladders call."""
    steps = [step for opd in instance.routing.opds.values() for step in opd.ladder.steps]
    return sum(target.channel == "call" for step in steps for target in step.notify)


async def next_sentences(reports: Told) -> list[str]:
    """The next thing that is reported, which must be sentences."""
    report = await next_told(reports)
    assert isinstance(report, list), "a change of site.yaml was taken up"
    return report


async def next_told(reports: Told) -> Instance | list[str]:
    return await asyncio.wait_for(reports.get(), 10)


async def test_a_right_change_is_taken_up(home: Path, watcher: Watcher, reports: Told) -> None:
    """New hours hold as soon as the file is saved."""
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 00:00-24:00")
    report = await next_told(reports)
    assert isinstance(report, Instance)
    assert report.hours.weekly[0][0].end.hour == 0
    assert watcher.instance == report


async def test_a_wrong_change_is_told_and_the_old_one_stays(home: Path, watcher: Watcher, reports: Told) -> None:
    """The file is wrong, the line goes on as before; put right, it is taken up."""
    before = watcher.instance
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 07:00-25:00")
    assert await next_told(reports) == [
        'hours.yaml:9:8: jam "25:00" tidak sah, diharapkan JJ:MM antara 00:00 dan 24:00'
    ]
    assert watcher.instance == before
    rewrite(home / "hours.yaml", "daily: 07:00-25:00", "daily: 07:00-21:00")
    assert await next_told(reports) == before
    assert watcher.problems == ()


async def test_a_changed_site_waits_for_a_restart(home: Path, watcher: Watcher, reports: Told) -> None:
    """Ports and trunks stay as they run; the console says so."""
    rewrite(home / "site.yaml", "port: 8112", "port: 8113")
    assert await next_told(reports) == [str(waits(["console.port"]))]
    assert watcher.instance.site.console.port == 8112


@pytest.mark.long
async def test_a_mobile_trunk_calls_nobody_before_the_restart(home: Path, watcher: Watcher, reports: Told) -> None:
    """Ladders name mobiles as soon as the dialler can call them, and no sooner."""
    routing = (home / "routing.yaml").read_text()
    rewrite(home / "routing.yaml", routing, routing.replace("+62000", "+62812"))
    await next_told(reports)
    before = call_targets(watcher.instance)
    text = (home / "site.yaml").read_text()
    text = text.replace("# mobile_trunk: telkom", "mobile_trunk: local")
    text = text.replace("match: [127.0.0.1]", 'match: [127.0.0.1]\n      contact: "sip:127.0.0.1:5099"')
    rewrite(home / "site.yaml", (home / "site.yaml").read_text(), text)
    [sentence] = await next_sentences(reports)
    assert sentence == str(waits(["asterisk.trunks", "mobile_trunk"]))
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 00:00-24:00")
    report = await next_told(reports)
    assert isinstance(report, Instance) and report.hours.weekly[0][0].end.hour == 0
    assert (call_targets(report), report.routing.mobiles) == (before, False)
    assert call_targets(load(home)) > before


async def test_terms_of_complaints_wait_too(home: Path, watcher: Watcher, reports: Told) -> None:
    """Settings of complaints, silence and places belong to site.yaml as its ports do."""
    rewrite(home / "site.yaml", "pass_on: 3", "pass_on: 1")
    [sentence] = await next_sentences(reports)
    assert sentence == str(waits(["wadul.pass_on"]))
    assert watcher.instance.terms.pass_on == 3


@pytest.mark.long
async def test_what_is_right_only_with_the_new_site_waits_with_it(home: Path, watcher: Watcher, reports: Told) -> None:
    """A rule for a kecamatan of the places file that site.yaml names from the next start on."""
    places = (REPOSITORY / "data" / "jepara.yaml").read_text()
    (home / "baru.yaml").write_text(places.replace("  Kedung: [", "  Pemekaran: [Desa Baru]\n  Kedung: [", 1))
    rewrite(home / "site.yaml", "places: data/jepara.yaml", "places: baru.yaml")
    assert await next_sentences(reports) == [str(waits(["places"]))]
    before = watcher.instance
    rule = "rules:\n  - {when: {kecamatan: Pemekaran}, add: [bpbd], why: desa baru}\n"
    rewrite(home / "routing.yaml", "rules:\n", rule)
    assert await next_sentences(reports) == [f"site.yaml: peringatan: {reload.ONLY_TOGETHER}"]
    assert watcher.instance == before
    rewrite(home / "site.yaml", "places: baru.yaml", "places: data/jepara.yaml")
    assert "Pemekaran" in (await next_sentences(reports))[0]


async def test_a_comment_changes_nothing(home: Path, watcher: Watcher, reports: Told) -> None:
    """Another comment is no change."""
    rewrite(home / "hours.yaml", "# Setiap hari", "# Tiap hari")
    await watcher.look()
    assert reports.empty()


@pytest.mark.long
async def test_a_change_before_the_watch_stands_is_seen(
    home: Path, reports: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved between the first look and the watch: no event tells of it, the files themselves do."""

    def load_then_edit(folder: Path) -> Instance:
        report = load(folder)
        rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 00:00-24:00")
        return report

    watcher, stop = Watcher(load(home), reports.put_nowait, lambda problems: None), asyncio.Event()
    monkeypatch.setattr(reload, "load", load_then_edit)
    task = asyncio.create_task(watcher.run(stop))
    report = await next_told(reports)
    assert isinstance(report, Instance) and report.hours.weekly[0][0].end.hour == 0
    stop.set()
    await asyncio.wait_for(task, 10)
