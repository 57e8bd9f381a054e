"""Routing: the agencies (OPD) of a report, and the contacts and channels that are pushed; data and one pure
decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.hours import Hours
from ivr.menu import Menus
from ivr.screening_rules import ScreeningRules
from tickets.escalation.unsent import UnsentRules
from tickets.messages import Messages

# The loudest first: a stand-in who lacks the channel of a push is reached by the first of these that it has. `call` is
# a contact's desk phone or mobile; each other one has a field of its own name in Contact.
CHANNEL_NAMES = ("call", "speaker", "apprise", "webhook", "page", "webpush")
# Nobody answers to these: a person who is away is not covered by them.
MACHINE_CHANNELS = frozenset({"speaker", "webpush"})
# They come on top of others: nobody counts as reachable by them alone. Whether a browser is subscribed nobody can say
# beforehand, and whether its service and its telephone let a push through, not even afterwards.
EXTRA_CHANNELS = frozenset({"webpush"})
PLACEHOLDER = "+62000"
KNOWN_S = 300.0
NUDGE_S = 300.0
# a change that an agency has not read for so long goes up its ladder
UNREAD_S = 180.0


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or desk that can be pushed; `name` is `opd.role`, or a bare name for one above all OPDs (`opd` None).

    `duty` None: always on duty. `stand_in` are full names, asked in this order.
    """

    name: str
    opd: str | None
    title: str
    page: bool = False
    sip: str | None = None
    mobile: str | None = None
    apprise: str | None = field(default=None, repr=False)
    webhook: str | None = field(default=None, repr=False)
    speaker: str | None = None
    duty: Hours | None = None
    stand_in: tuple[str, ...] = ()
    webpush: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One contact by one channel of CHANNEL_NAMES."""

    contact: str
    channel: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from `after_s` seconds after the dispatch on, push `notify` every `every_s` seconds until the OPD
    responds."""

    after_s: float
    notify: tuple[Target, ...]
    every_s: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps for one OPD, resolved to its contacts, ascending by `after_s`; the first is at 0, none is empty."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Opd:
    """An agency; `contacts` names its own ones, `follow_up_s` is the time from «diterima» to the next push, `phone` a
    number (E.164) by which people call it."""

    code: str
    name: str
    short: str
    contacts: tuple[str, ...]
    ladder: Ladder
    complaint_ladder: Ladder
    colour: str
    follow_up_s: float
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of report; `priority` 1 is the most urgent, `hint` is what the operator should ask."""

    code: str
    name: str
    kind: str
    opds: tuple[str, ...]
    priority: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule: where every given condition holds, `opds` replace those proposed so far and `add` come on top."""

    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()
    opds: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Routing:
    """Everything that routing.yaml says; mappings keep its order. `mobiles`: the site can dial out.

    `known_s`: for so long a contact above an agency is left alone who deals with a report. `nudge_s`: an agency is
    asked about a report at most once in so long. `unread_s`: for so long a change may stay unread before those above
    are pushed."""

    menus: Menus
    categories: Mapping[str, Category]
    opds: Mapping[str, Opd]
    contacts: Mapping[str, Contact]
    rules: tuple[Rule, ...]
    fallback: tuple[str, ...]
    duty: str
    screening: ScreeningRules = field(default_factory=ScreeningRules)
    messages: Messages = field(default_factory=Messages)
    mobiles: bool = True
    unsent: UnsentRules = field(default_factory=UnsentRules)
    known_s: float = KNOWN_S
    nudge_s: float = NUDGE_S
    unread_s: float = UNREAD_S


@dataclass(frozen=True, slots=True)
class Proposal:
    """The agencies that routing proposes and why (Indonesian, for the operator)."""

    opds: tuple[str, ...]
    why: str


def is_placeholder(mobile: str) -> bool:
    """True for one of the shipped example numbers: no such number can exist, so none is dialled."""
    return mobile.startswith(PLACEHOLDER)


def desk_accounts(routing: Routing) -> dict[str, str]:
    """The SIP accounts of desk phones and loudspeakers, each with the title of its contact."""
    contacts = routing.contacts.values()
    speakers = {contact.speaker: f"{contact.title} (pengeras suara)" for contact in contacts if contact.speaker}
    return speakers | {contact.sip: contact.title for contact in contacts if contact.sip}


def desk_phones(routing: Routing, opd: str) -> list[str]:
    """The SIP accounts of an agency's desk phones, in the order of its contacts."""
    return [contact.sip for contact in routing.contacts.values() if contact.opd == opd and contact.sip]


def phones_of(routing: Routing, opd: str) -> list[tuple[str, str]]:
    """Numbers by which people call an agency, each with its title: its own first, then its contacts' mobiles."""
    known = routing.opds.get(opd)
    own = [(known.short, known.phone)] if known and known.phone else []
    contacts = [contact for contact in routing.contacts.values() if contact.opd == opd and contact.mobile]
    mobiles = [(contact.title, contact.mobile) for contact in contacts if contact.mobile]
    return own + [(title, number) for title, number in mobiles if not is_placeholder(number)]


def ladder_for(routing: Routing, opd: str, kind: str) -> Ladder:
    """The ladder that pushes `opd` for a ticket of this kind; anything but a complaint is an emergency."""
    agency = routing.opds[opd]
    return agency.complaint_ladder if kind == "complaint" else agency.ladder


def propose(routing: Routing, category: str | None, kecamatan: str | None) -> Proposal:
    """The agencies for a report: its category's, changed by every matching rule in order; never none."""
    known = routing.categories.get(category or "")
    opds = known.opds if known else routing.fallback
    reasons = [f"kategori {known.name}" if known else "kategori belum dipilih: tujuan cadangan"]
    for rule in routing.rules:
        if _matches(rule, known, kecamatan):
            opds = tuple(dict.fromkeys((rule.opds or opds) + rule.add))
            reasons.append(rule.why)
    return Proposal(opds or routing.fallback, "; ".join(filter(None, reasons)))


def _matches(rule: Rule, category: Category | None, kecamatan: str | None) -> bool:
    here = (kecamatan or "").casefold()
    return (
        (not rule.categories or (category is not None and category.code in rule.categories))
        and (not rule.kinds or (category is not None and category.kind in rule.kinds))
        and (not rule.kecamatan or here in {name.casefold() for name in rule.kecamatan})
    )
