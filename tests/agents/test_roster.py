"""The map of desks: who is on it, who is free in which order, and when that changes by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agents.presence import Desk, engage, free, release
from agents.roster import Roster

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def ready(name: str, idle_since: datetime | None = NOW) -> Desk:
    return Desk(name, "ready", registered=True, idle_since=idle_since)


def roster(*desks: Desk) -> Roster:
    return Roster({desk.operator: desk for desk in desks})


def test_free_longest_idle_first() -> None:
    """Longest idle first, the name decides between equals, and a desk that was never used counts as idle from now."""
    found = roster(
        ready("sari", after(-5)),
        ready("dewi", after(-60)),
        ready("tono", None),
        ready("budi", after(-5)),
        Desk("rina", "paused", registered=True, idle_since=after(-900)),
        engage(ready("joko", after(-900)), "c1", "talking"),
    ).free(NOW)
    assert [desk.operator for desk in found] == ["dewi", "budi", "sari", "tono"]


def test_staffed_by() -> None:
    """New operators start offline, known ones keep their desk, removed ones are gone."""
    before = roster(ready("sari"), ready("dewi"))
    assert before.staffed_by(["sari", "tono"]) == roster(ready("sari"), Desk("tono"))


def test_removed_operator_finishes_the_call_and_no_other() -> None:
    """A disabled operator talks on, but is not given another call before the roster is read again."""
    kept = roster(engage(ready("sari"), "c1", "talking")).staffed_by([]).get("sari")
    assert kept is not None
    assert (kept.engaged, kept.call, kept.registered) == ("talking", "c1", True)
    assert not free(release(kept, "c1", "talked", NOW, 0.0), NOW)


def test_put_changes_one_desk_and_leaves_the_former_roster() -> None:
    """The roster is frozen: whoever holds it sees what was."""
    before = roster(ready("sari"), ready("dewi"))
    changed = before.put(replace(ready("sari"), wanted="paused"))
    assert [before.get("sari"), before.get("nobody")] == [ready("sari"), None]
    assert changed == roster(replace(ready("sari"), wanted="paused"), ready("dewi"))


def test_next_change() -> None:
    """The first moment at which a pause or wrap-up ends; what is over counts no more."""
    desks = (
        replace(ready("sari"), wrap_up_until=after(120)),
        replace(ready("dewi"), not_before=after(5), wrap_up_until=after(60)),
        replace(ready("tono"), not_before=after(-5)),
    )
    assert roster(*desks).next_change(NOW) == after(5)
    assert roster(*desks).next_change(after(5)) == after(60)
    assert roster(*desks).next_change(after(120)) is None
    assert Roster().next_change(NOW) is None
