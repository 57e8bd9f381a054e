"""One-time links: nobody but us makes one, each opens one thing, once, in its time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.errors import BadLink
from tickets.links import Link, read, sign
from tickets.model import Actor, PlannedPush
from tickets.store import Store

KEY = "kunci tautan yang cukup panjang"
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
LINK = Link(7, "damkar.siaga", "diterima", NOW + timedelta(hours=1), "n0nce")
SIGNATURE = sign(KEY, LINK).split(".")[1]
FORGED = "tautan ini tidak sah"


def test_a_signed_link_is_read_again() -> None:
    """A signed link is read back, until its last second."""
    assert read(KEY, sign(KEY, LINK), NOW, "diterima") == LINK
    assert read(KEY, sign(KEY, LINK), NOW + timedelta(minutes=59, seconds=59), "diterima") == LINK


@pytest.mark.parametrize(
    ("token", "now", "purpose", "sentence"),
    [
        (sign("kunci lain yang cukup panjang", LINK), NOW, "diterima", FORGED),
        (sign(KEY, LINK)[:-1], NOW, "diterima", FORGED),
        (sign(KEY, LINK) + "=", NOW, "diterima", FORGED),
        (sign(KEY, LINK) + ".x", NOW, "diterima", FORGED),
        ("x" + sign(KEY, LINK), NOW, "diterima", FORGED),
        (".".join((sign(KEY, replace(LINK, assignment=8)).split(".")[0], SIGNATURE)), NOW, "diterima", FORGED),
        ("", NOW, "diterima", FORGED),
        (".", NOW, "diterima", FORGED),
        ("🔥.\ud800", NOW, "diterima", FORGED),
        ("a" * 5000, NOW, "diterima", FORGED),
        (sign(KEY, LINK), NOW, "selesai", "tautan ini untuk keperluan lain"),
        (
            sign(KEY, LINK),
            NOW + timedelta(hours=1),
            "diterima",
            "tautan ini sudah kedaluwarsa; tunggu pesan berikutnya atau telepon 112",
        ),
    ],
)
def test_anything_else_is_refused(token: str, now: datetime, purpose: str, sentence: str) -> None:
    """Another key, a changed payload, a cut or padded signature, another purpose, a link past its time."""
    with pytest.raises(BadLink) as refused:
        read(KEY, token, now, purpose)
    assert str(refused.value) == sentence


@given(st.text(max_size=700))
def test_whatever_somebody_writes_is_a_sentence(token: str) -> None:
    """No text but ours opens anything or raises anything else."""
    with pytest.raises(BadLink):
        read(KEY, token, NOW, "diterima")


@given(st.integers(0, 200), st.integers(1, 255))
def test_one_changed_character_is_enough(place: int, by: int) -> None:
    """Wherever it stands."""
    token = sign(KEY, LINK)
    place %= len(token)
    changed = token[:place] + chr((ord(token[place]) + by) % 256) + token[place + 1 :]
    with pytest.raises(BadLink):
        read(KEY, changed, NOW, "diterima")


def test_an_empty_key_signs_nothing() -> None:
    """A missing secret must not make links that everybody can make."""
    with pytest.raises(ValueError, match="a link needs a key"):
        sign("", LINK)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """With one assignment, id 1."""
    made = Store(tmp_path / "tanggap.db")
    actor = Actor("user", "siti")
    ticket = made.tickets.create(NOW, "20261122", actor)
    push = PlannedPush(0, "damkar.siaga", "page", NOW, 30.0)
    assert made.assignments.dispatch(NOW, ticket, "damkar", [push], 600.0, actor) == 1
    yield made
    made.close()


def test_a_link_is_spent_once(store: Store) -> None:
    """The second time it says so; another link for the same assignment is one of its own."""
    link = replace(LINK, assignment=1)
    store.links.use(NOW, link)
    with pytest.raises(BadLink, match="tautan ini sudah dipakai"):
        store.links.use(NOW, link)
    store.links.use(NOW, replace(link, nonce="lain"))


def test_what_fails_does_not_spend_it(store: Store) -> None:
    """Spent in the transaction of what it does: undone with it."""
    link = replace(LINK, assignment=1)
    with pytest.raises(RuntimeError), store.transaction():
        store.links.use(NOW, link)
        raise RuntimeError
    store.links.use(NOW, link)


def test_a_link_of_an_ended_assignment_opens_nothing(store: Store) -> None:
    """Taken back meanwhile."""
    store.assignments.move(NOW, 1, "dibatalkan", Actor("user", "pusat"), via="page", note="x")
    with pytest.raises(BadLink, match="tugas ini sudah selesai atau dibatalkan"):
        store.links.use(NOW, replace(LINK, assignment=1))


def test_spent_links_are_forgotten_after_their_time(store: Store) -> None:
    """The table does not grow for ever; past their time they are refused anyway."""
    store.links.use(NOW, replace(LINK, assignment=1))
    later = NOW + timedelta(days=8)
    store.links.use(later, replace(LINK, assignment=1, nonce="b", expires_at=later + timedelta(hours=1)))
    assert [row["nonce"] for row in store.connection.all("SELECT nonce FROM links")] == ["b"]
