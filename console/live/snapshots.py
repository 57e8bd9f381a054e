"""The snapshots of pages: the whole content of each as JSON, bounded, read in a thread of the store."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.api.listening import listens
from console.console import SAFE, Setting
from console.live import lists, tasks, trunks
from console.live.bounding import PART, cut, fitting
from console.live.burning import burning
from console.live.complaints_board import inbox, summary
from console.live.failures import failures
from console.live.kept import Kept
from console.live.shift import shift
from console.live.today import Today
from console.live.unsent_lists import queue, unsent
from ivr.hours import Gate, decide
from ivr.screening_rules import ScreeningRules
from tickets.cases import incidents
from tickets.model import Row, from_text
from tickets.routing import propose
from tickets.store import Store

BEAT_LATE_S = 10.0
PUSH_LATE_S = 10.0
PROCESSES = ("calls", "agi", "escalate")
MAX_ESCALATED = 200
MAX_TROUBLED = 30
MAX_INCIDENTS = 8
REFUSED_SHOWN = timedelta(minutes=15)
HISTORY, GENUINE = 4, 2
TIMELINE_ROWS, TOLD_ROWS, TIMELINE_ROOM = 100, 200, 250_000
IN_WORK = ("ringing", "talking", "wrap_up")


@dataclass(frozen=True, slots=True)
class Moment:
    """The facts that a snapshot is made from besides the store."""

    setting: Setting
    now: datetime
    gate: Gate
    problems: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    today: Today = field(default_factory=Today)
    kept: Kept = field(default_factory=Kept)
    storage: Row = field(default_factory=lambda: dict(SAFE))


def operator(store: Store, moment: Moment, name: str) -> Row:
    """The page of one operator: own state, the screen-pop, the waiting calls, the work left."""
    presences, beats, calls = store.people.presences(), store.people.beats(), store.calls.live()
    mine = next((row for row in presences if row["operator"] == name), None)
    me, call = _at_desk(store, calls, lists.presence(mine, name))
    held = {row["id"]: lists.held_at(store, row) for row in calls}
    colleagues = [row | {"held_at": held.get(row["call"])} for row in lists.operators(store, presences, name)]
    voiced = lists.waiting([row for row in calls if row["lane"] != "silent"])
    silent = lists.waiting([row for row in calls if row["lane"] == "silent"])
    minute = moment.now.replace(second=0, microsecond=0)
    return {
        "me": me,
        "colleagues": cut(colleagues, lists.LIST_ROOM)[0],
        "colleagues_count": len(colleagues),
        "processes": processes(beats, moment.now),
        "pushing": pushing(store, moment.now),
        "asterisk": connected(beats, moment.now),
        "gate": gate(moment),
        "pop": None if call is None else _pop(store, moment, call),
        "waiting": fitting([lists.live(row) for row in voiced[:PART]], lists.LIST_ROOM),
        "waiting_count": len(voiced),
        "silent": fitting(lists.silent(store, 0, PART), lists.LIST_ROOM) if silent else [],
        "silent_count": len(silent),
        "listening": next((listens(row) for row in store.listeners.all() if row["user"] == name), None),
        **moment.kept.of(store, "desk", lambda store: _desk_lists(store, minute), minute),
        "known": lists.known(store, moment.now),
        "nudged": store.nudges.shown(),
        "dials_out": moment.setting.dials_out,
        "open_with": opened_with(store.people.opened(moment.now), name),
        "handovers": store.handovers.waiting(),
        "mine": fitting(store.boards.tickets_of(name, moment.now - lists.RECENT), 2 * lists.LIST_ROOM),
        "mine_count": store.boards.tickets_of_count(name, moment.now - lists.RECENT),
        "unsent": unsent(store, moment.setting.routing.unsent, moment.now),
        "edition": moment.setting.edition,
    }


def opened_with(rows: list[Row], name: str) -> dict[str, list[str]]:
    """The names of the others who have a ticket open that this user has open, by ticket."""
    mine = {row["ticket"] for row in rows if row["user"] == name}
    others = [row for row in rows if row["user"] != name and row["ticket"] in mine]
    return {ticket: [row["display"] for row in others if row["ticket"] == ticket] for ticket in sorted(mine)}


def _desk_lists(store: Store, now: datetime) -> Row:
    """The work that is left for any operator, its counts, and incidents with many callers."""
    crowds = incidents.crowds(store, now)
    own = {**lists.DESK, "callbacks": lists.callbacks(incidents.around(crowds))}
    rows = {name: lists.part(store, own[name])[0] for name in ("callbacks", "messages", "returned")}
    counts = {
        "callbacks": store.callbacks.open_count(),
        "messages": store.boards.message_count(),
        "returned": store.boards.returned_count(),
    }
    return {**rows, "counts": counts, "incidents": [row for row, _ in crowds[:MAX_INCIDENTS]]}


def opd(store: Store, moment: Moment, code: str) -> Row:
    """An agency's assignments: those that it has not answered first, then those that it works on, then those that ended
    in the last hours."""
    rows, following = tasks.open_tasks(store, moment.setting, code)
    ended, ended_next = tasks.ended_tasks(store, moment.setting, code, moment.now)
    count, waits = store.boards.task_counts(code)
    return {
        "opd": code,
        "open": rows,
        "open_next": following,
        "open_count": count,
        "waiting_count": waits,
        "recalled": tasks.recalled_tasks(store, moment.setting, code),
        "ended": ended,
        "ended_next": ended_next,
        "ended_count": store.boards.ended_count(code, moment.now - tasks.ENDED_SHOWN),
        "calling": [_calling(row) for row in store.callbacks.live() if row["reason"] == f"ditelepon {code}"],
        "disturbed": disturbed(store, moment.now),
        "nudged": [row for row in store.nudges.shown() if row["opd"] == code],
        **_tests(store, moment.now, code),
        "edition": moment.setting.edition,
    }


def overview(store: Store, moment: Moment, subject: str) -> Row:
    """The wall: live calls, operators, tickets in work, counts of today, health of the processes."""
    presences, beats, calls = store.people.presences(), store.people.beats(), store.calls.live()
    unanswered, oldest = store.boards.unanswered()
    rows, following = lists.work(store)
    midnight, above = moment.setting.midnight(moment.now), _above(moment)
    team, listeners = lists.operators(store, presences), store.listeners.all()
    return {
        "gate": gate(moment),
        "calls": fitting(lists.in_hand(store, calls[:PART]), lists.LIST_ROOM),
        "calls_count": len(calls),
        "operators": cut(team, lists.LIST_ROOM)[0],
        "operators_count": len(team),
        "listening": [listens(row) for row in listeners[:PART]],
        "listening_count": len(listeners),
        "phones": _phones(beats),
        "tickets": rows,
        "work_next": following,
        "work_count": store.boards.work_count(),
        "unanswered": {"count": unanswered, "oldest": oldest},
        "unsent": unsent(store, moment.setting.routing.unsent, moment.now),
        "queue": queue(calls),
        "counts": store.boards.counts(midnight),
        "screening": moment.today.of(store, midnight),
        "callbacks": store.callbacks.open_count(),
        "processes": processes(beats, moment.now),
        "pushing": pushing(store, moment.now),
        "asterisk": connected(beats, moment.now),
        "escalated": store.boards.escalated(above, MAX_ESCALATED),
        "escalated_count": store.boards.escalated_count(above),
        "known": lists.known(store, moment.now),
        "nudged": store.nudges.shown(),
        **_tests(store, moment.now, None),
        "troubled": lists.troubled(store, 0, MAX_TROUBLED),
        "troubled_count": store.assignments.troubled_count(),
        "storage": moment.storage,
        "wadul": summary(store, moment.setting, moment.now),
        "refused": trunks.refused(store, moment.now - REFUSED_SHOWN),
        "trunks": store.trunk_troubles.all(),
        "problems": list(moment.problems),
        "restart": list(moment.restart),
        "edition": moment.setting.edition,
    }


def ticket(store: Store, moment: Moment, number: str) -> Row:
    """One ticket, with the newest of its time line and with what routing proposes for it."""
    row = store.tickets.report(number)
    proposal = propose(moment.setting.routing, row["category"], row["place"]["kecamatan"])
    timeline, earlier = _timeline(store, row)
    merged, attachments = cut(row["merged"], lists.LIST_ROOM), cut(row["attachments"], lists.LIST_ROOM)
    recorded = store.callbacks.recorded(number)
    assignments = [each | {"amendments": tasks.amendments(store, each["id"])} for each in row["assignments"]]
    row |= {"assignments": assignments}
    return {
        "ticket": row | {"timeline": timeline, "merged": merged[0], "attachments": attachments[0]},
        "merged_count": len(row["merged"]),
        "attachments_count": len(row["attachments"]),
        "timeline_count": store.journal.count_of_ticket(number, row["call"]),
        "timeline_next": earlier,
        "failures": failures(store, number),
        "callbacks": cut(recorded, lists.LIST_ROOM)[0],
        "callbacks_count": len(recorded),
        "complaint": store.complaints.find(number),
        "open_here": [row for row in store.people.opened(moment.now) if row["ticket"] == number],
        "known": [known for known in lists.known(store, moment.now) if known["ticket"] == number],
        "nudged": [row for row in store.nudges.shown() if row["ticket"] == number],
        "proposal": {"opds": list(proposal.opds), "why": proposal.why},
        "edition": moment.setting.edition,
    }


def _tests(store: Store, now: datetime, opd: str | None) -> Row:
    """The test pushes that a page asks about, and how many there are; more of them come up as these are answered."""
    rows = store.test_pushes.on_pages(now, opd)
    return {"tests": cut(rows, lists.LIST_ROOM)[0], "tests_count": len(rows)}


def _timeline(store: Store, row: Row) -> tuple[list[Row], int | None]:
    """The newest rows, among them the newest that are no pushes, and the `seq` before which there is more."""
    newest = store.journal.newest_of_ticket(row["number"], row["call"], TIMELINE_ROWS)
    whole = len(newest) < TIMELINE_ROWS
    others = [] if whole else store.journal.told_of_ticket(row["number"], TOLD_ROWS)
    rows = {event["seq"]: event for event in (*others, *newest)}
    kept = fitting([rows[seq] for seq in sorted(rows, reverse=True)], TIMELINE_ROOM, len(rows))[::-1]
    if whole and len(kept) == len(rows):
        return kept, None
    return kept, max(kept[0]["seq"], newest[0]["seq"])


def screening(store: Store, moment: Moment, subject: str) -> Row:
    """The figures of screening of today, and the calls that wait for a verdict."""
    since = moment.now.replace(second=0, microsecond=0) - lists.JUDGED_WITHIN
    count, rows = moment.kept.of(store, "unjudged", lambda store: store.screening.unjudged(since), since)
    return {
        "today": moment.today.of(store, moment.setting.midnight(moment.now)),
        "unjudged": {"count": count, "rows": [lists.unjudged(row) for row in rows]},
        "edition": moment.setting.edition,
    }


def numbers(store: Store, moment: Moment, subject: str) -> Row:
    """The state of reputations, for the admin's page of numbers before it asks for any."""
    rules = _rules(moment)
    return {
        "lost": store.reputations.lost(),
        "rules": {"doubt_score": rules.doubt_score, "half_life_days": rules.half_life_days},
        "edition": moment.setting.edition,
    }


def wadul(store: Store, moment: Moment, subject: str) -> Row:
    """The inbox of complaints."""
    return inbox(store, moment.setting, moment.now)


def search(store: Store, moment: Moment, subject: str) -> Row:
    """The choices of the search page; the hits themselves are asked for."""
    operators = [] if subject == "opd" else store.people.operators()
    return {
        "operators": [{"name": row["name"], "display": row["display"]} for row in operators],
        "edition": moment.setting.edition,
    }


def handover(store: Store, moment: Moment, subject: str) -> Row:
    """The state of the shift as it would be handed over now, and the last hand-overs."""
    return {
        "shift": shift(store, moment.now, faults(store, moment.now, moment.storage, moment.setting.zone)),
        "waiting": store.handovers.waiting(),
        "last": store.handovers.last(),
        "edition": moment.setting.edition,
    }


def bupati(store: Store, moment: Moment, user: str) -> Row:
    """The page of the bupati: what burns now."""
    return {
        **burning(store, moment.setting, moment.now, user),
        "gate": gate(moment),
        "disturbed": disturbed(store, moment.now),
        "edition": moment.setting.edition,
    }


def faults(store: Store, now: datetime, storage: Row, zone: ZoneInfo) -> list[str]:
    """Sentences on what does not work, for who takes a shift over."""
    beats = store.people.beats()
    sentences = [f"proses {row['name']} tidak hidup" for row in processes(beats, now) if not row["alive"]]
    if not connected(beats, now):
        sentences.append("Asterisk tidak tersambung: panggilan mungkin tidak masuk")
    if pushing(store, now)["late_since"]:
        sentences.append("dorongan ke OPD terlambat")
    if count := store.assignments.troubled_count():
        sentences.append(f"{count} dorongan ke OPD terakhir kali gagal")
    sentences += trunks.sentences(store, now, zone)
    return sentences + [alarm["sentence"] for alarm in storage["alarms"]]


def processes(beats: Iterable[Row], now: datetime) -> list[Row]:
    """Each process and whether its heartbeat is fresh; `since` is when a silent one was last heard."""
    known = {row["process"]: row for row in beats}
    names = (*PROCESSES, *sorted(known.keys() - {*PROCESSES, "console"}))
    return [_health(name, known.get(name), now) for name in names]


def pushing(store: Store, now: datetime) -> Row:
    """The moment since when the oldest push is due (`late_since`), once that is longer than PUSH_LATE_S, and the count.

    Looked up here, and not taken from a heartbeat, so that a daemon that lives but does not send is noticed."""
    count, oldest = store.assignments.overdue(now)
    late = oldest is not None and (now - from_text(oldest)).total_seconds() > PUSH_LATE_S
    return {"late_since": oldest if late else None, "due": count if late else 0}


def disturbed(store: Store, now: datetime) -> bool:
    """True while pushes are late or the escalation is dead."""
    dead = any(not row["alive"] for row in processes(store.people.beats(), now) if row["name"] == "escalate")
    return dead or pushing(store, now)["late_since"] is not None


def connected(beats: Iterable[Row], now: datetime) -> bool:
    """True while the calls process has its Asterisk; also while that process itself is silent, which is shown apart."""
    beat = next((row for row in beats if row["process"] == "calls"), None)
    alive = beat is not None and (now - from_text(beat["at"])).total_seconds() <= BEAT_LATE_S
    return not alive or beat is None or bool(beat["data"].get("asterisk", True))


def gate(moment: Moment) -> Row:
    """The line as open or closed, with the reason."""
    return {"open": moment.gate.open, "reason": moment.gate.reason}


class Moments:
    """Makes moments; the gate is decided once a minute, since its rules may span years."""

    def __init__(self) -> None:
        self._known: tuple[int, datetime] | None = None
        self._gate: Gate | None = None
        self._today = Today()
        self._kept = Kept()

    def at(
        self, setting: Setting, now: datetime, problems: tuple[str, ...] = (), restart: tuple[str, ...] = ()
    ) -> Moment:
        """The moment `now`; windows begin and end on whole minutes."""
        key = (setting.edition, now.replace(second=0, microsecond=0))
        if self._gate is None or key != self._known:
            self._known, self._gate = key, decide(setting.hours, now)
        return Moment(setting, now, self._gate, problems, restart, self._today, self._kept)


def _phones(beats: Iterable[Row]) -> list[str]:
    """Accounts beside the operators' whose phones are registered, as the calls process last said."""
    beat = next((row for row in beats if row["process"] == "calls"), None)
    return list(beat["data"].get("phones", [])) if beat else []


def _at_desk(store: Store, calls: Iterable[Row], presence: Row) -> tuple[Row, Row | None]:
    """An operator's presence and the call at the desk, as the calls' saved steps say.

    The presence is written a moment after the step, in a transaction of its own that may fail: it only counts for the
    state that no step tells: a call that is over and has to be written up."""
    call, live = _rung_or_talking(calls, presence["operator"])
    if call is not None:
        if (presence["live"], presence["call"]) == (live, call["id"]):
            return presence, call
        since = call["ringing_at"] if live == "ringing" else call["talking_at"]
        return presence | {"live": live, "call": call["id"], "since": since or presence["since"]}, call
    over = presence["call"] is not None and presence["live"] in IN_WORK
    return presence, store.calls.find(presence["call"]) if over else None


def _rung_or_talking(calls: Iterable[Row], operator: str) -> tuple[Row | None, str]:
    """The call that this operator talks on, or else the one that rings the operator's phone."""
    rung: Row | None = None
    for row in calls:
        state = json.loads(row["state"])
        if (state.get("talking") or {}).get("operator") == operator:
            return row, "talking"
        if rung is None and any(leg["operator"] == operator for leg in state.get("legs", ())):
            rung = row
    return rung, "ringing"


def _pop(store: Store, moment: Moment, call: Row) -> Row:
    """The call that rings, talks or was just ended at an operator's desk, with everything to work on it."""
    return {
        "call": lists.in_hand(store, [call])[0],
        "handed": store.calls.handed(call["id"]),
        "ticket": store.boards.ticket(call["ticket"]),
        "history": _history(store, call),
        "listeners": [listens(row) for row in store.listeners.all() if row["call"] == call["id"] and row["heard_at"]],
        "reputation": asdict(store.reputations.standing(call["number"], None, moment.now, _rules(moment))),
    }


def _rules(moment: Moment) -> ScreeningRules:
    return moment.setting.routing.screening


def _history(store: Store, call: Row) -> list[Row]:
    """Earlier calls of the number: the last genuine ones, which many pranks would hide, and then the newest.

    Without a number those of the same telephone."""
    if call["number"] is None:
        return store.calls.of_device(call["device"], but=call["id"], limit=HISTORY)
    genuine = store.calls.history(call["number"], but=call["id"], limit=GENUINE, verdict="genuine")
    known = {row["call"] for row in genuine}
    newest = store.calls.history(call["number"], but=call["id"], limit=HISTORY)
    return (genuine + [row for row in newest if row["call"] not in known])[:HISTORY]


def _above(moment: Moment) -> list[str]:
    """Contacts above all agencies: the command centre, the bupati."""
    return [contact.name for contact in moment.setting.routing.contacts.values() if contact.opd is None]


def _health(name: str, beat: Row | None, now: datetime) -> Row:
    alive = beat is not None and (now - from_text(beat["at"])).total_seconds() <= BEAT_LATE_S
    return {"name": name, "alive": alive, "since": None if alive or beat is None else beat["at"]}


def _calling(row: Row) -> Row:
    return {name: row[name] for name in ("ticket", "operator", "talked_at")}


Snapshot = Callable[[Store, Moment, str], Row]
SNAPSHOTS: Mapping[str, Snapshot] = {
    "operator": operator,
    "opd": opd,
    "overview": overview,
    "ticket": ticket,
    "screening": screening,
    "numbers": numbers,
    "wadul": wadul,
    "search": search,
    "handover": handover,
    "bupati": bupati,
}
