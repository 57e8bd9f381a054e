"""What each page shows, whole, as JSON; read in the store's thread, a fixed number of statements each."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from console.desk import SAFE, Setting
from console.listening import listens
from console.reporters import reachable
from console.today import Today
from console.wadul_board import inbox, summary
from ivr.hours import Gate, decide
from ivr.screening_rules import ScreeningRules
from tickets.model import Row, from_text
from tickets.routing import propose
from tickets.store import Store
from tickets.store.calls import view

BEAT_LATE_S = 10.0
PUSH_LATE_S = 10.0
PROCESSES = ("calls", "agi", "escalate")
RECENT = timedelta(hours=14)
ENDED_SHOWN = timedelta(hours=12)
MAX_WAITING = 60
MAX_CALLBACKS = 1000
JUDGED_WITHIN = timedelta(days=7)
HISTORY, GENUINE = 4, 2
WAITS = ("waiting", "ringing")
IN_WORK = ("ringing", "talking", "wrap_up")
_LANES = {"urgent": 0, "normal": 1, "unverified": 2, "silent": 3}


@dataclass(frozen=True, slots=True)
class Moment:
    """What a snapshot is made from besides the store."""

    setting: Setting
    now: datetime
    gate: Gate
    problems: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    today: Today = field(default_factory=Today)
    storage: Row = field(default_factory=lambda: dict(SAFE))


def operator(store: Store, moment: Moment, name: str) -> Row:
    """The desk of one operator: own state, the call that pops, what waits, what is left to do."""
    presences = store.people.presences()
    mine = next((row for row in presences if row["operator"] == name), None)
    calls = store.calls.live()
    return {
        "me": _presence(mine, name),
        "colleagues": _team(store, presences, but=name),
        "processes": processes(store, moment.now),
        "pushing": pushing(store, moment.now),
        "asterisk": connected(store, moment.now),
        "gate": gate(moment),
        "pop": _pop(store, moment, mine),
        "waiting": waiting([row for row in calls if row["lane"] != "silent"]),
        "waiting_count": sum(row["stage"] in WAITS and row["lane"] != "silent" for row in calls),
        "silent": _silent(store, [row for row in calls if row["lane"] == "silent"]),
        "listening": next((listens(row) for row in store.listeners.all() if row["user"] == name), None),
        "callbacks": _callbacks(store),
        "dials_out": moment.setting.dials_out,
        "messages": store.boards.messages(),
        "returned": store.boards.returned(),
        "mine": store.boards.tickets_of(name, moment.now - RECENT),
        "edition": moment.setting.edition,
    }


def opd(store: Store, moment: Moment, code: str) -> Row:
    """An agency's assignments: open ones oldest first, then those that ended in the last hours."""
    rows = store.assignments.open(code, moment.now - ENDED_SHOWN)
    proofs = store.boards.attachments(row["id"] for row in rows)
    linked = store.merging.reports({row["ticket"] for row in rows})
    merged = {one["number"] for reports in linked.values() for one in reports}
    stories = store.boards.story(code, {row["ticket"] for row in rows} | merged)
    calls = store.boards.calls_of(row["ticket"] for row in rows)
    for row in rows:
        call = calls.get(row["ticket"], {"call": None, "location": None})
        row["where"] = call["location"]
        row["through_112"] = reachable(moment.setting, row | {"call": call["call"]})
        row["reporter_known"] = row["reporter_number"] is not None
        if moment.setting.hides_numbers:
            row["reporter_number"] = None
        row["attachments"] = [_proof(one) for one in proofs.get(row["id"], [])]
        row["linked"] = linked.get(row["ticket"], [])
        row["story"] = [_told(one) for one in _story(row, stories)]
    return {
        "opd": code,
        "open": [row for row in rows if row["ended_at"] is None],
        "ended": [row for row in reversed(rows) if row["ended_at"] is not None],
        "calling": [_calling(one) for one in store.callbacks.live() if one["reason"] == f"ditelepon {code}"],
        "disturbed": disturbed(store, moment.now),
        "tests": store.test_pushes.on_pages(moment.now, code),
        "edition": moment.setting.edition,
    }


def overview(store: Store, moment: Moment, subject: str) -> Row:
    """The wall: live calls, operators, tickets in work, counts of today, health of the processes."""
    presences = store.people.presences()
    unanswered, oldest = store.boards.unanswered()
    return {
        "gate": gate(moment),
        "calls": [_live(row) for row in store.calls.live()][:MAX_WAITING],
        "operators": _team(store, presences),
        "listening": [listens(row) for row in store.listeners.all()],
        "phones": _phones(store),
        "tickets": store.boards.work(),
        "work_count": store.boards.work_count(),
        "unanswered": {"count": unanswered, "oldest": oldest},
        "counts": store.boards.counts(moment.setting.midnight(moment.now)),
        "screening": moment.today.of(store, moment.setting.midnight(moment.now)),
        "callbacks": len(store.callbacks.open(MAX_CALLBACKS)),
        "processes": processes(store, moment.now),
        "pushing": pushing(store, moment.now),
        "asterisk": connected(store, moment.now),
        "escalated": store.boards.escalated(_above(moment)),
        "tests": store.test_pushes.on_pages(moment.now, None),
        "troubled": store.assignments.troubled()[:30],
        "storage": moment.storage,
        "wadul": summary(store, moment.setting, moment.now),
        "problems": list(moment.problems),
        "restart": list(moment.restart),
        "edition": moment.setting.edition,
    }


def ticket(store: Store, moment: Moment, number: str) -> Row:
    """One ticket whole, with what routing proposes for it."""
    row = store.tickets.show(number)
    found = propose(moment.setting.routing, row["category"], row["place"]["kecamatan"])
    return {
        "ticket": row,
        "callbacks": store.callbacks.recorded(number),
        "complaint": store.complaints.find(number),
        "proposal": {"opds": list(found.opds), "why": found.why},
        "edition": moment.setting.edition,
    }


def screening(store: Store, moment: Moment, subject: str) -> Row:
    """What screening did today, and the calls that wait for a verdict."""
    count, rows = store.screening.unjudged(moment.now - JUDGED_WITHIN)
    return {
        "today": moment.today.of(store, moment.setting.midnight(moment.now)),
        "unjudged": {"count": count, "rows": [row | {"sampled": bool(row["sampled"])} for row in rows]},
        "edition": moment.setting.edition,
    }


def numbers(store: Store, moment: Moment, subject: str) -> Row:
    """What an admin's page of numbers needs before it asks for any."""
    rules = _rules(moment)
    return {
        "lost": store.reputations.lost(),
        "rules": {"doubt_score": rules.doubt_score, "half_life_days": rules.half_life_days},
        "edition": moment.setting.edition,
    }


def wadul(store: Store, moment: Moment, subject: str) -> Row:
    """The inbox of complaints."""
    return inbox(store, moment.setting, moment.now)


def processes(store: Store, now: datetime) -> list[Row]:
    """Each process and whether its heartbeat is fresh; `since` is when a silent one was last heard."""
    beats = {row["process"]: row for row in store.people.beats()}
    names = (*PROCESSES, *sorted(beats.keys() - {*PROCESSES, "console"}))
    return [_health(name, beats.get(name), now) for name in names]


def pushing(store: Store, now: datetime) -> Row:
    """Since when the oldest push is due that nobody sends (`late_since`), once that is longer than PUSH_LATE_S, and how
    many are due; looked up here, so that a daemon that only says that it lives is found out."""
    count, oldest = store.assignments.overdue(now)
    late = oldest is not None and (now - from_text(oldest)).total_seconds() > PUSH_LATE_S
    return {"late_since": oldest if late else None, "due": count if late else 0}


def disturbed(store: Store, now: datetime) -> bool:
    """Whether agencies are not pushed as they should be."""
    dead = any(not row["alive"] for row in processes(store, now) if row["name"] == "escalate")
    return dead or pushing(store, now)["late_since"] is not None


def connected(store: Store, now: datetime) -> bool:
    """Whether the calls process has its Asterisk; True while that process is not heard, which is told by itself."""
    beat = next((row for row in store.people.beats() if row["process"] == "calls"), None)
    alive = beat is not None and (now - from_text(beat["at"])).total_seconds() <= BEAT_LATE_S
    return not alive or beat is None or bool(beat["data"].get("asterisk", True))


def gate(moment: Moment) -> Row:
    """Whether the line is open now, and why."""
    return {"open": moment.gate.open, "reason": moment.gate.reason}


class Moments:
    """Makes moments; the gate is decided once a minute, since its rules may span years."""

    def __init__(self) -> None:
        self._known: tuple[int, datetime] | None = None
        self._gate: Gate | None = None
        self._today = Today()

    def at(
        self, setting: Setting, now: datetime, problems: tuple[str, ...] = (), restart: tuple[str, ...] = ()
    ) -> Moment:
        """The moment `now`; windows begin and end on whole minutes."""
        key = (setting.edition, now.replace(second=0, microsecond=0))
        if self._gate is None or key != self._known:
            self._known, self._gate = key, decide(setting.hours, now)
        return Moment(setting, now, self._gate, problems, restart, self._today)


def waiting(calls: list[Row]) -> list[Row]:
    """Calls that wait for an operator, by lane and then by arrival."""
    rows = [row for row in calls if row["stage"] in WAITS]
    rows.sort(key=lambda row: (_LANES.get(row["lane"], 1), row["waiting_at"] or row["arrived_at"]))
    return [_live(row) for row in rows[:MAX_WAITING]]


def _phones(store: Store) -> list[str]:
    """Accounts beside the operators' whose phones are registered, as the calls process last said."""
    beat = next((row for row in store.people.beats() if row["process"] == "calls"), None)
    return list(beat["data"].get("phones", [])) if beat else []


def _callbacks(store: Store) -> list[Row]:
    """Whom to call back, each with what earlier calls of the number were."""
    rows = store.callbacks.open(MAX_WAITING)
    past = store.boards.past({row["number"] for row in rows})
    return [row | {"past": past.get(row["number"], {})} for row in rows]


def _silent(store: Store, calls: list[Row]) -> list[Row]:
    """Callers who wait in silence, each with what earlier calls of the number were and who listens."""
    rows, listeners = waiting(calls), store.listeners.all()
    past = store.boards.past({row["number"] for row in rows if row["number"]})
    return [
        row
        | {
            "past": past.get(row["number"], {}),
            "listeners": [one["display"] for one in listeners if one["call"] == row["id"]],
        }
        for row in rows
    ]


def _pop(store: Store, moment: Moment, mine: Row | None) -> Row | None:
    """The call that rings, talks or was just ended at this operator's desk, with everything to work on it."""
    if mine is None or mine["call"] is None or mine["live"] not in IN_WORK:
        return None
    call = store.calls.find(mine["call"])
    if call is None:
        return None
    return {
        "call": _live(call),
        "ticket": store.boards.ticket(call["ticket"]),
        "history": _history(store, call),
        "listeners": [listens(row) for row in store.listeners.all() if row["call"] == call["id"] and row["heard_at"]],
        "reputation": asdict(store.reputations.standing(call["number"], None, moment.now, _rules(moment))),
    }


def _rules(moment: Moment) -> ScreeningRules:
    return moment.setting.routing.screening


def _history(store: Store, call: Row) -> list[Row]:
    """Earlier calls of the number: the last genuine ones, which many pranks would hide, and then the newest."""
    genuine = store.calls.history(call["number"], but=call["id"], limit=GENUINE, verdict="genuine")
    known = {row["call"] for row in genuine}
    newest = store.calls.history(call["number"], but=call["id"], limit=HISTORY)
    return (genuine + [row for row in newest if row["call"] not in known])[:HISTORY]


def _above(moment: Moment) -> list[str]:
    """Contacts above all agencies: the command centre, the bupati."""
    return [contact.name for contact in moment.setting.routing.contacts.values() if contact.opd is None]


def _presence(row: Row | None, name: str) -> Row:
    return row or {"operator": name, "wanted": "offline", "live": "offline", "call": None, "since": None}


def _team(store: Store, presences: list[Row], but: str = "") -> list[Row]:
    known = {row["operator"]: row for row in presences}
    people = [one for one in store.people.operators() if one["name"] != but]
    return [_presence(known.get(one["name"]), one["name"]) | {"display": one["display"]} for one in people]


def _live(row: Row) -> Row:
    moments = ("waiting_at", "ringing_at", "talking_at", "talk_ended_at")
    return view(row) | {name: row[name] for name in moments}


def _health(name: str, beat: Row | None, now: datetime) -> Row:
    alive = beat is not None and (now - from_text(beat["at"])).total_seconds() <= BEAT_LATE_S
    return {"name": name, "alive": alive, "since": None if alive or beat is None else beat["at"]}


def _proof(row: Row) -> Row:
    taken = {name: row[name] for name in ("taken_at", "lat", "lon") if row[name] is not None}
    return {"kind": row["kind"], "value": row["value"], "at": row["added_at"], "by": row["added_by"]} | taken


def _calling(row: Row) -> Row:
    return {name: row[name] for name in ("ticket", "operator", "talked_at")}


def _told(row: Row) -> Row:
    return {name: row[name] for name in ("at", "kind", "actor", "data")}


def _story(row: Row, stories: Mapping[str, list[Row]]) -> list[Row]:
    """What happened to an assignment, also under a ticket that was merged into its own."""
    earlier = [one for linked in row["linked"] for one in stories.get(linked["number"], [])]
    found = [one for one in earlier if one["data"].get("assignment") == row["id"]]
    found += [one for one in stories.get(row["ticket"], []) if _is_of(one, row["id"])]
    return sorted(found, key=lambda one: int(one["seq"]))


def _is_of(row: Row, assignment: int) -> bool:
    return row["data"].get("assignment") in (assignment, None)


Snapshot = Callable[[Store, Moment, str], Row]
SNAPSHOTS: Mapping[str, Snapshot] = {
    "operator": operator,
    "opd": opd,
    "overview": overview,
    "ticket": ticket,
    "screening": screening,
    "numbers": numbers,
    "wadul": wadul,
}
