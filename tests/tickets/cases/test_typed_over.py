"""A save against what it was typed over; hypothesis types, loses requests, and chooses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.tickets.cases.people import BUDI, DAY, NOW, SITI, Office, Person
from tests.tickets.world import make_routing
from tickets.cases.complaining import file
from tickets.cases.drafting import save, save_rest, send
from tickets.cases.judging import judge
from tickets.cases.merging import merge
from tickets.cases.reopening import reopen
from tickets.cases.typed_over import TypedOver, over, sort
from tickets.errors import FieldConflict, TicketEnded, TicketErased
from tickets.model import Actor, Row
from tickets.store import Store
from tickets.store.people.field_edits import Mark

PAGE, OTHER_PAGE = Mark("a-page-of-siti-1", 1), Mark("a-page-of-siti-2", 1)
CALL = Actor("call", "c1")


def typed(office: Office, number: str, person: Person, base: Row, mark: Mark | None = PAGE, **changes: Any) -> Row:
    """The result of a save: what is in conflict, field by field."""
    erasures = office.store.tickets.get(number)["erasures"]
    conflicts = save_rest(
        office.store, office.routing, NOW, number, changes, person.actor, TypedOver(base, mark, erasures)
    )
    return {row["field"]: (row["yours"], row["theirs"], row["by"]) for row in conflicts}


def test_a_field_that_somebody_changed_is_a_conflict_and_the_others_are_written(office: Office) -> None:
    """Row 09; the journal says that it happened, and nothing of what was typed."""
    number = office.ticket()
    typed(office, number, BUDI, {"address": None}, Mark("a-page-of-budi-1", 1), address="Jl. Kartini 3")
    lost = typed(office, number, SITI, {"address": None, "desa": None}, address="Jl. Kartini", desa="Panggang")
    assert lost == {"address": ("Jl. Kartini", "Jl. Kartini 3", "budi")}
    ticket = office.store.tickets.get(number)
    assert (ticket["address"], ticket["desa"]) == ("Jl. Kartini 3", "Panggang")
    (row,) = [row for row in office.store.journal.after(0) if row["kind"] == "ticket.conflict"]
    assert (row["actor"], row["data"]) == ("user:siti", {"fields": ["address"], "by": ["budi"]})


@pytest.mark.parametrize(
    "base",
    [
        pytest.param({"address": "Jl. Kartini 3"}, id="typed over what stands there"),
        pytest.param({"address": " Jl. Kartini  3 "}, id="the same in other blanks"),
    ],
)
def test_words_that_were_seen_are_written_over(office: Office, base: Row) -> None:
    """No question for an edit of what the page showed."""
    number = office.ticket()
    office.store.tickets.update(NOW, number, {"address": "Jl. Kartini 3"}, BUDI.actor)
    assert typed(office, number, SITI, base, address="Jl. Pemuda") == {} or base["address"].startswith(" ")
    assert typed(office, number, SITI, {"address": "Jl. Kartini 3"}, address="Jl. Pemuda") == {}


def test_the_same_words_of_two_people_are_no_conflict(office: Office) -> None:
    """Nothing would be lost."""
    number = office.ticket()
    office.store.tickets.update(NOW, number, {"desa": "Panggang"}, BUDI.actor)
    assert typed(office, number, SITI, {"desa": None}, desa=" Panggang ") == {}


def test_a_page_does_not_quarrel_with_itself(office: Office) -> None:
    """Its answer was lost, or an older request of it arrives last; another page of the same person is another."""
    number = office.ticket()
    assert typed(office, number, SITI, {"address": None}, Mark(PAGE.draft, 1), address="Jl.") == {}
    assert typed(office, number, SITI, {"address": None}, Mark(PAGE.draft, 3), address="Jl. Kartini") == {}
    assert typed(office, number, SITI, {"address": None}, Mark(PAGE.draft, 2), address="Jl. Kar") == {}
    assert office.store.tickets.get(number)["address"] == "Jl. Kartini"
    assert typed(office, number, SITI, {"address": None}, Mark(PAGE.draft, 5), address="Jl. Kartini") == {}
    assert typed(office, number, SITI, {"address": None}, Mark(PAGE.draft, 4), address="Jl. Kart") == {}
    assert office.store.tickets.get(number)["address"] == "Jl. Kartini"
    lost = typed(office, number, SITI, {"address": None}, OTHER_PAGE, address="Jl. Pemuda")
    assert lost == {"address": ("Jl. Pemuda", "Jl. Kartini", "siti")}


def test_keys_and_use_cases_are_nobodys_words(office: Office) -> None:
    """The kind that a caller chose, or that a verdict set, is no conflict for the operator who says another."""
    number = office.call()
    office.store.tickets.update(NOW, number, {"kind": "complaint"}, CALL)
    assert typed(office, number, SITI, {"kind": "unknown"}, kind="emergency") == {}
    judge(office.store, NOW, number, "prank", None, {}, SITI)
    judge(office.store, NOW, number, "genuine", None, {}, SITI)
    assert typed(office, number, BUDI, {"kind": "emergency"}, OTHER_PAGE, kind="complaint") == {}


def test_a_page_without_bases_overwrites_its_own_words_alone(office: Office) -> None:
    """It was loaded before the upgrade; so was the text of a ticket whose fields have no author yet."""
    number = office.ticket(address="Jl. Kartini 3")
    assert typed(office, number, SITI, {}, None, address="Jl. Kartini 5") == {}
    assert typed(office, number, BUDI, {}, None, address="Jl. Pemuda")["address"][1:] == ("Jl. Kartini 5", "siti")
    for field_name in ("address", "kind"):
        office.store.field_edits.forget(number, field_name)
    assert typed(office, number, BUDI, {}, None, address="Jl. Pemuda")["address"][1:] == ("Jl. Kartini 5", "siti")
    assert typed(office, number, BUDI, {}, None, kind="emergency", desa="Panggang") == {}


def test_every_act_that_saves_a_draft_is_refused_whole(office: Office) -> None:
    """Dispatch, verdict, merge and complaint: nothing of them happens with a text that lost."""
    store, routing = office.store, office.routing
    number, other = office.call(), office.ticket(category="kebakaran", kecamatan="Tahunan", kind="emergency")
    store.tickets.update(NOW, number, {"address": "Jl. Kartini 3"}, BUDI.actor)
    stale, base, actor = {"address": "Jl. Kartini"}, TypedOver({"address": None}, PAGE, 0), SITI.actor
    acts = [
        lambda: send(store, routing, NOW, number, stale | {"category": "kebakaran"}, ("damkar",), actor, base),
        lambda: judge(store, NOW, number, "prank", None, stale, SITI, base),
        lambda: judge(store, NOW, number, "genuine", None, stale, SITI, base),
        lambda: merge(store, routing, NOW, number, other, stale, actor, base),
        lambda: file(store, NOW, number, stale, actor, base),
        lambda: save(store, routing, NOW, number, stale, actor, base),
    ]
    for act in acts:
        with pytest.raises(FieldConflict) as refused, store.savepoint():
            act()
        assert str(refused.value) == "alamat sudah diisi budi: Jl. Kartini 3"
        ticket = store.tickets.show(number)
        assert (ticket["status"], ticket["assignments"], ticket["verdict"]) == ("open", [], None)


def test_an_ended_ticket_is_opened_by_a_reason_alone(office: Office) -> None:
    """By a person, by a verdict that takes the end back, or by sending it to an agency; never by typing."""
    store, routing = office.store, office.routing
    number = office.call()
    judge(store, NOW, number, "prank", None, {"description": "tertawa"}, SITI)
    with pytest.raises(TicketEnded):
        typed(office, number, SITI, {"description": "tertawa"}, description="tertawa lagi")
    assert typed(office, number, SITI, {"description": None}, description="tertawa") == {}  # nothing would change
    judge(store, NOW, number, "genuine", None, {"description": "api"}, SITI)
    assert (store.tickets.get(number)["status"], store.tickets.get(number)["description"]) == ("open", "api")
    judge(store, NOW, number, "prank", None, {}, SITI)
    send(store, routing, NOW, number, {"category": "kebakaran"}, ("damkar",), SITI.actor)
    assert store.tickets.get(number)["status"] == "dispatched"
    reasons = [row["data"] for row in store.journal.after(0) if row["kind"] == "ticket.reopened"]
    assert reasons == [{"verdict": "genuine"}, {"reason": "dikirim ke OPD"}]


def test_an_agencys_done_ticket_is_not_changed_by_sending_it_again(office: Office) -> None:
    """A neighbour of row 09: the text of the finished incident is its record."""
    row = office.sent()
    for state in ("diterima", "selesai"):
        office.store.assignments.move(NOW, row["id"], state, SITI.actor, via="page", note="padam")
    with pytest.raises(TicketEnded):
        send(office.store, office.routing, NOW, row["ticket"], {"address": "lain"}, ("bpbd",), SITI.actor)


def test_what_was_erased_does_not_come_back(office: Office) -> None:
    """Row 28: neither by number nor by age; a draft of before is refused in a ticket that was opened again, too."""
    number = office.ticket(reporter_name="Bu Rahayu", description="rumahnya terbakar")
    store = office.store
    store.tickets.close(NOW, number, SITI.actor, "selesai")
    store.retention.blank_reports([number])
    reopen(store, NOW, number, "menelepon lagi", BUDI.actor)
    for base in (TypedOver({"reporter_name": None}, PAGE, 0), TypedOver()):
        with pytest.raises(TicketErased):
            sort(store, number, {"reporter_name": "Bu Rahayu"}, SITI.actor, base)
    assert typed(office, number, SITI, {"reporter_name": None}, reporter_name="Bu Tuti") == {}


def test_a_browser_is_told_which_drafts_to_drop(office: Office) -> None:
    """Those of tickets that ended, were erased, or that there are not; an open one is kept."""
    live, done, erased = office.ticket(), office.ticket(), office.ticket(reporter_name="Bu Rahayu")
    office.store.tickets.close(NOW, done, SITI.actor, "selesai")
    office.store.retention.blank_reports([erased])
    drafts = {live: 0, done: 0, erased: 0, "T-20261122-9999": 0}
    assert over(office.store, drafts) == [done, erased, "T-20261122-9999"]


@dataclass
class Page:
    """A form in a browser: what it shows, what was typed since, and the words that its person has seen."""

    person: Person
    mark: str
    shown: str = ""
    base: str = ""
    dirty: bool = False
    turn: int = 0
    conflict: str | None = None
    seen: set[str] = field(default_factory=set)  # both sides of conflicts


class TwoHands(RuleBasedStateMachine):
    """Two people in three pages over one field: each word that a page called saved stands there, or in a conflict."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "tanggap.db", "kunci uji")
        self.routing = make_routing()
        self.number = self.store.tickets.create(NOW, DAY, SITI.actor)
        self.words: Iterator[int] = itertools.count()
        self.pages = [
            Page(SITI, "a-page-of-siti-1"), Page(BUDI, "a-page-of-budi-1"), Page(SITI, "a-page-of-siti-2"),
        ]  # fmt: skip
        self.saved: set[str] = set()
        self.under_way: list[tuple[Page, str, TypedOver]] = []  # requests whose page has given them up

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def present(self) -> str:
        return self.store.tickets.get(self.number)["description"] or ""

    @rule(page=st.integers(0, 2))
    def type(self, page: int) -> None:
        """One more word after what is shown."""
        form = self.pages[page]
        if not form.dirty:
            form.base, form.dirty = form.shown, True
        form.shown = f"{form.shown} w{next(self.words)}".strip()

    @rule(page=st.integers(0, 2))
    def look(self, page: int) -> None:
        """A snapshot arrives; what is typed stays."""
        form = self.pages[page]
        if not form.dirty:
            form.shown = self.present()

    @rule(page=st.integers(0, 2), answered=st.booleans(), late=st.booleans())
    @precondition(lambda self: any(page.dirty for page in self.pages))
    def send(self, page: int, answered: bool, late: bool) -> None:
        """A save: answered, written without its answer, or still under way while the page goes on."""
        form = self.pages[page]
        if not form.dirty or form.conflict is not None:
            return
        form.turn += 1
        base = TypedOver({"description": form.base}, Mark(form.mark, form.turn), 0)
        if late and not answered:
            self.under_way.append((form, form.shown, base))
            return
        conflicts = self.write(form, form.shown, base)
        if not answered:
            return
        if conflicts:
            form.conflict = conflicts[0]["theirs"] or ""
            form.seen |= set(form.conflict.split()) | set(form.shown.split())
        else:
            self.saved |= set(form.shown.split())
            form.dirty = False

    def write(self, form: Page, text: str, base: TypedOver) -> list[Row]:
        changes = {"description": text}
        return save_rest(self.store, self.routing, NOW, self.number, changes, form.person.actor, base)

    @rule()
    @precondition(lambda self: self.under_way)
    def arrive(self) -> None:
        """The oldest request that was given up is carried out after all."""
        form, text, base = self.under_way.pop(0)
        self.write(form, text, base)

    @rule(page=st.integers(0, 2), mine=st.booleans())
    def choose(self, page: int, mine: bool) -> None:
        """One key: mine over theirs, as it was shown, or theirs."""
        form = self.pages[page]
        if form.conflict is None:
            return
        if mine:
            form.base = form.conflict
        else:
            form.shown, form.dirty = form.conflict, False
        form.conflict = None

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every word that was called saved stands on the ticket or in a conflict that somebody saw."""
        shown = set().union(*(page.seen for page in self.pages))
        assert self.saved - set(self.present().split()) - shown == set()


TwoHands.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, derandomize=True)


@pytest.mark.long
class TestTwoHands(TwoHands.TestCase):  # type: ignore[misc,name-defined]
    """As the machine above says."""
