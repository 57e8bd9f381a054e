"""Reports of one incident in the store: one stream of pushes, nobody forgotten, and the way back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.errors import Conflict, NotFound
from tickets.model import Actor, PlannedPush, Row
from tickets.store import Store

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SITI, DAMKAR = Actor("user", "siti"), Actor("user", "damkar")
FIRE = {"kind": "emergency", "category": "kebakaran", "kecamatan": "Bangsri"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "tanggap.db")
    yield opened
    opened.close()


def at(minutes: float) -> datetime:
    """So many minutes later."""
    return NOW + timedelta(minutes=minutes)


def ticket(store: Store, *opds: str, when: datetime = NOW, **fields: str) -> str:
    """A report, dispatched to these agencies with one push each."""
    number = store.tickets.create(when, "20261123", SITI, "emergency")
    store.tickets.update(when, number, FIRE | {"description": f"api {number}"} | fields, SITI)
    for opd in opds:
        dispatch(store, number, opd, when)
    return number


def dispatch(store: Store, number: str, opd: str, when: datetime = NOW) -> int:
    push = PlannedPush(1, f"{opd}.siaga", "page", when, 30.0)
    return store.assignments.dispatch(when, number, opd, (push,), 600.0, SITI)


def pushed(store: Store, when: datetime) -> list[tuple[str, str]]:
    """Ticket and agency of each due push."""
    due = store.assignments.claim(when, "uji", 1.0, 100)
    store.assignments.release("uji")
    return sorted((push.ticket, push.opd) for push in due)


def states(store: Store, number: str) -> list[tuple[str, str]]:
    return [(row["opd"], row["state"]) for row in store.tickets.show(number)["assignments"]]


def kinds(store: Store, number: str) -> list[str]:
    return [row["kind"] for row in store.tickets.show(number)["timeline"] if row["kind"].startswith("ticket.")]


def test_one_fire_is_pushed_once_and_ends_for_all(store: Store) -> None:
    """An agency that has both is pushed for the master alone; they are done together and counted as one."""
    master, other = ticket(store, "damkar"), ticket(store, "damkar", when=at(2))
    assert store.merging.merge(at(3), other, master, SITI) == master
    assert pushed(store, at(4)) == [(master, "damkar")]
    assert states(store, other) == [("damkar", "dibatalkan")]
    assert [row["number"] for row in store.boards.work()] == [row["number"] for row in store.tickets.open()] == [master]
    assert (store.boards.work_count(), store.boards.work()[0]["merged"]) == (1, 1)
    shown = store.tickets.show(other)
    assert (shown["status"], shown["master"], store.tickets.show(master)["merged"]) == ("dispatched", master, [other])
    assert [row["description"] for row in store.merging.reports([master])[master]] == [f"api {other}"]
    assignment = store.tickets.show(master)["assignments"][0]["id"]
    for state in ("diterima", "selesai"):
        store.assignments.move(at(9), assignment, state, DAMKAR, via="page", note="padam")
    shown, whole = store.tickets.show(other), store.tickets.show(master)
    assert (
        (shown["status"], shown["closed_at"])
        == (whole["status"], whole["closed_at"])
        == ("done", at(9).isoformat(timespec="microseconds"))
    )
    assert store.boards.counts(NOW)["finished"] == {"emergency": 1}
    assert kinds(store, other)[-2:] == ["ticket.merged", "ticket.followed"]


def test_an_agency_that_the_master_was_not_sent_to_is_pushed_on(store: Store) -> None:
    """Its assignment becomes the master's as it stands: no push is lost, and what it accepted stays accepted."""
    master, other = ticket(store, "damkar"), ticket(store, "damkar", "pln", "polres")
    polres = store.tickets.show(other)["assignments"][2]["id"]
    store.assignments.move(at(1), polres, "diterima", Actor("user", "polres"), via="page")
    store.merging.merge(at(2), other, master, SITI)
    assert pushed(store, at(3)) == [(master, "damkar"), (master, "pln")]
    assert states(store, master) == [("damkar", "dikirim"), ("pln", "dikirim"), ("polres", "diterima")]
    assert store.merging.split(at(4), other, SITI) == ["damkar"]  # has to be sent anew
    assert pushed(store, at(5)) == [(master, "damkar"), (other, "pln")]
    assert states(store, other) == [("damkar", "dibatalkan"), ("pln", "dikirim"), ("polres", "diterima")]
    assert store.tickets.show(other)["status"] == "dispatched"


def test_an_unsent_master_is_dispatched_with_what_it_takes_over_and_open_again_without(store: Store) -> None:
    """Status follows the assignments on both sides, there and back."""
    master, other, third = ticket(store), ticket(store, "damkar"), ticket(store)
    store.merging.merge(at(1), third, other, SITI)
    store.merging.merge(at(2), other, master, SITI)
    assert [store.tickets.get(number)["status"] for number in (master, other, third)] == ["dispatched"] * 3
    assert store.merging.of(master) == [third, other]  # one level deep
    assert store.merging.split(at(3), other, SITI) == []
    assert [store.tickets.get(number)["status"] for number in (master, other, third)] == ["open", "dispatched", "open"]


def test_what_cannot_be_merged(store: Store) -> None:
    """Each refusal has its sentence and changes nothing."""
    master, other, over = ticket(store, "damkar"), ticket(store), ticket(store)
    slow = ticket(store, kind="complaint")
    store.tickets.close(at(1), over, SITI, "salah sambung")
    for first, two, wrong in (
        (other, other, f"tiket {other} tidak bisa digabung ke dirinya sendiri"),
        (other, over, f"tiket {over} sudah selesai; tidak bisa digabung"),
        (over, master, f"tiket {over} sudah selesai; tidak bisa digabung"),
        (other, slow, f"tiket {slow} adalah aduan; keadaan darurat tidak bisa digabung ke aduan"),
    ):
        with pytest.raises(Conflict) as refused:
            store.merging.merge(at(2), first, two, SITI)
        assert str(refused.value) == wrong
    with pytest.raises(NotFound):
        store.merging.merge(at(2), other, "T-20261123-9999", SITI)
    with pytest.raises(Conflict, match=f"^tiket {other} tidak digabung$"):
        store.merging.split(at(2), other, SITI)
    store.merging.merge(at(3), other, master, SITI)
    refusals = {
        f"tiket {other} sudah digabung ke {master}": lambda: store.merging.merge(at(4), other, master, SITI),
        f"tiket {other} digabung ke {master}; kirim dari sana, atau pisahkan dulu": lambda: dispatch(
            store, other, "pln"
        ),
        f"tiket {other} digabung ke {master} dan selesai bersamanya; pisahkan dulu": lambda: store.tickets.close(
            at(4), other, SITI
        ),
        f"tiket {master} tidak bisa digabung ke dirinya sendiri": lambda: store.merging.merge(
            at(4), master, other, SITI
        ),
    }
    for wrong, attempt in refusals.items():
        with pytest.raises(Conflict) as refused:
            attempt()
        assert str(refused.value) == wrong


def test_a_merged_complaint_keeps_its_number_and_follows(store: Store) -> None:
    """Passed on, answered and done with the master, whether that is a complaint or an emergency."""
    filed = ticket(store, kind="complaint", category="jalan")
    number = store.complaints.file(at(1), filed, SITI)["tracking"]
    master = ticket(store, "dpupr", kind="complaint", category="jalan")
    store.merging.merge(at(2), filed, master, SITI)
    assert store.complaints.of_tracking(number)["state"] == "diteruskan"
    assert (store.complaints.counts(), len(store.complaints.open())) == ({"diteruskan": 1}, 1)
    assert [row["ticket"] for row in store.complaints.running()] == [master]
    assignment = store.tickets.show(master)["assignments"][0]["id"]
    store.assignments.move(at(3), assignment, "diterima", DAMKAR, via="page")
    assert store.complaints.of_tracking(number)["state"] == "dijawab"
    store.tickets.update(at(4), master, {"kind": "emergency"}, SITI)
    assert store.complaints.of_tracking(number)["state"] == "darurat"
    store.assignments.move(at(5), assignment, "selesai", DAMKAR, via="page")
    row = store.complaints.of_tracking(number)
    assert (row["ticket"], row["state"]) == (filed, "selesai")


def test_what_is_similar(store: Store) -> None:
    """The same category and kecamatan, the desa where both have one, reported or merged into lately, still open."""
    old, unsent = ticket(store, when=at(-90)), ticket(store, when=at(-5), desa="Tengguli")
    sent, elsewhere = ticket(store, "damkar", when=at(-4)), ticket(store, kecamatan="Jepara")
    linked, over, slow = ticket(store), ticket(store), ticket(store, kind="complaint")
    ticket(store, category="banjir")
    store.tickets.close(NOW, over, SITI)
    store.merging.merge(NOW, linked, sent, SITI)
    mine = ticket(store, when=at(1))

    def found(minutes: float = -59, place: str = "Bangsri", desa: str | None = None) -> list[tuple[str, int, int]]:
        rows: list[Row] = store.merging.similar(mine, at(minutes), "kebakaran", place, desa)
        return [(row["number"], row["merged"], len(row["sent"])) for row in rows]

    assert found() == [(sent, 1, 1), (unsent, 0, 0)]
    assert found(desa="Tengguli") == found()
    assert found(desa="Kedungleper") == [(sent, 1, 1)]
    assert found(-91) == [(sent, 1, 1), (old, 0, 0), (unsent, 0, 0)]
    assert found(place="Jepara") == [(elsewhere, 0, 0)]
    assert slow not in [number for number, _, _ in found(-91)]
    store.merging.merge(at(2), unsent, old, SITI)
    assert found() == [(sent, 1, 1), (old, 1, 0)]  # of the old one something was reported lately


WORDS = ["merge", "split", "dispatch", "diterima", "selesai", "close"]
STEP = st.tuples(st.sampled_from(WORDS), st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, max_size=14))
@pytest.mark.long
def test_no_incident_loses_its_pushes(steps: list[tuple[str, int, int]]) -> None:
    """Whatever is merged and split in whatever order: every open agency of an incident is pushed, once, and whoever
    is linked has neither pushes nor anything linked to itself, and stands as its master."""
    opds = ("damkar", "pln")
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "tanggap.db")
        numbers = [ticket(store, *opds[: index % 3]) for index in range(4)]
        asked: dict[str, set[str]] = {ticket: set(opds[: index % 3]) for index, ticket in enumerate(numbers)}
        for word, first, two in steps:
            try:
                _act(store, word, numbers[first], numbers[two], opds[two % 2], asked)
            except Conflict:
                continue
        wanted = set()
        for number in numbers:
            shown = store.tickets.show(number)
            openly = {row["opd"] for row in shown["assignments"] if row["ended_at"] is None}
            waits = {row["opd"] for row in shown["assignments"] if row["state"] == "dikirim"}
            wanted |= {(number, opd) for opd in waits}
            if shown["master"]:
                master = store.tickets.show(shown["master"])
                assert (openly, shown["merged"], master["master"]) == (set(), [], None)
                assert shown["status"] == master["status"]
            else:
                assert (shown["status"] == "dispatched") == bool(openly)
                assert openly == asked[number]
        assert pushed(store, at(60)) == sorted(wanted)
        store.close()


def _act(store: Store, word: str, first: str, two: str, opd: str, asked: dict[str, set[str]]) -> None:
    """Do it, and keep in `asked` which agencies each incident is to be open with."""
    if word == "merge":
        master = store.merging.merge(at(1), first, two, SITI)
        asked[master] |= asked[first]
        asked[first] = set()
    elif word == "split":
        master = str(store.merging.master_of(first))
        anew = store.merging.split(at(1), first, SITI)
        back = {row["opd"] for row in store.tickets.show(first)["assignments"] if row["ended_at"] is None}
        for each in anew:
            dispatch(store, first, each)
        asked[master] -= back
        asked[first] = back | set(anew)
    elif word == "dispatch":
        dispatch(store, first, opd)
        asked[first].add(opd)
    elif word == "close":
        store.tickets.close(at(1), first, SITI)
    else:
        for row in store.tickets.show(first)["assignments"]:
            if row["opd"] == opd and row["ended_at"] is None:
                store.assignments.move(at(1), row["id"], word, DAMKAR, via="page")
                if word == "selesai":
                    asked[first].discard(opd)
