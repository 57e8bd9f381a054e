"""Requests to the calls process: written where they can be met, refused with a sentence where not."""

from typing import Any

import pytest

from tests.tickets.cases.people import NOW, PUSAT, SITI, Office, Person
from tickets.cases import requesting
from tickets.errors import Conflict, InvalidField, TicketError


def asked(office: Office) -> list[tuple[str, dict[str, Any]]]:
    """The requests in the journal."""
    rows = office.store.journal.after(0, 1000)
    return [(row["kind"], row["data"]) for row in rows if row["kind"].startswith("request.")]


def test_presence_listening_and_wrap_up_are_always_asked(office: Office) -> None:
    """The calls process decides."""
    requesting.presence(office.store, NOW, "ready", SITI.actor)
    requesting.wrap_up_done(office.store, NOW, SITI.actor)
    requesting.listen_done(office.store, NOW, SITI.actor)
    assert asked(office) == [
        ("request.presence", {"operator": "siti", "wanted": "ready"}),
        ("request.wrap_up_done", {"operator": "siti", "call": None}),
        ("request.listen_end", {"operator": "siti"}),
    ]


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("menu", None),
        ("waiting", None),
        ("ringing", None),
        ("talking", "panggilan dari +6281326554021 sudah dijawab operator lain"),
        ("ended", "panggilan dari +6281326554021 sudah berakhir"),
        ("recording", "panggilan dari +6281326554021 sudah merekam pesan"),
    ],
)
def test_a_call_is_taken_while_it_waits(office: Office, stage: str, sentence: str | None) -> None:
    """A stage without words of its own is named as it is."""
    office.call(stage=stage)
    if sentence is None:
        requesting.take(office.store, NOW, "c1", SITI.actor)
        assert asked(office) == [("request.take", {"call": "c1", "operator": "siti"})]
        return
    with pytest.raises(Conflict) as refused:
        requesting.take(office.store, NOW, "c1", SITI.actor)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("to", "columns", "refusal"),
    [
        ("budi", {"stage": "talking", "operator": "siti"}, None),
        ("siti", {"stage": "talking", "operator": "siti"}, InvalidField),
        ("joko", {"stage": "talking", "operator": "siti"}, InvalidField),
        ("budi", {"stage": "talking", "operator": "budi"}, Conflict),
        ("budi", {"stage": "ringing", "operator": "siti"}, Conflict),
    ],
)
def test_a_talk_is_handed_to_a_colleague(
    office: Office, to: str, columns: dict[str, Any], refusal: type[TicketError] | None
) -> None:
    """By the operator who talks, to one who exists, never to oneself."""
    for name in ("siti", "budi"):
        office.store.people.add(NOW, name, name.title(), "operator", None, "x")
    office.call(**columns)
    if refusal is None:
        requesting.transfer(office.store, NOW, "c1", to, SITI.actor)
        assert asked(office) == [("request.transfer", {"operator": "siti", "call": "c1", "to": "budi"})]
        return
    with pytest.raises(refusal):
        requesting.transfer(office.store, NOW, "c1", to, SITI.actor)


@pytest.mark.parametrize(
    ("user", "mode", "columns", "refusal"),
    [
        (SITI, "listen", {"stage": "waiting", "lane": "silent"}, None),
        (SITI, "listen", {"stage": "waiting", "lane": "normal"}, Conflict),
        (SITI, "listen", {"stage": "talking", "lane": "silent"}, Conflict),
        (SITI, "whisper", {"stage": "waiting", "lane": "silent"}, InvalidField),
        (PUSAT, "join", {"stage": "talking", "lane": "normal"}, None),
        (PUSAT, "listen", {"stage": "waiting", "lane": "silent"}, Conflict),
    ],
)
def test_listeners_hear_silence_or_talks_by_role(
    office: Office, user: Person, mode: str, columns: dict[str, Any], refusal: type[TicketError] | None
) -> None:
    """Operators the callers who wait in silence, supervisors the talks."""
    office.call(**columns)
    if refusal is None:
        requesting.listen(office.store, NOW, "c1", mode, user)
        assert asked(office) == [("request.listen", {"operator": user.name, "call": "c1", "mode": mode})]
        return
    with pytest.raises(refusal):
        requesting.listen(office.store, NOW, "c1", mode, user)


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        ({"stage": "talking", "operator": "siti"}, False),
        ({"stage": "talking", "operator": "budi"}, True),
        ({"stage": "waiting", "operator": "siti"}, True),
        ({"stage": "ended", "operator": "siti"}, True),
    ],
)
def test_a_talk_is_ended_by_who_talks(office: Office, columns: dict[str, Any], refused: bool) -> None:
    """Nobody else, and not after it is over."""
    office.call(**columns)
    if refused:
        with pytest.raises(Conflict, match="Anda tidak sedang berbicara"):
            requesting.finish(office.store, NOW, "c1", SITI.actor)
        return
    requesting.finish(office.store, NOW, "c1", SITI.actor)
    assert asked(office) == [("request.finish", {"operator": "siti", "call": "c1"})]
