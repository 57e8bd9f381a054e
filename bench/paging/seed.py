"""A store that is old and full: years of calls, and so many open tickets at the agencies."""

import json
import shutil
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from tickets.model import to_text
from tickets.store import Store

CALLS_A_DAY = 900
CALL = """INSERT INTO calls (id, number, display, anonymous, callable, dialled, arrived_at, waiting_at, ringing_at,
    talking_at, talk_ended_at, ended_at, stage, lane, outcome, keys, operator, ticket, handled_by)
    VALUES (:call, :phone, :phone, 0, 1, '112', :at, :at, :at, :at, :end, :end, 'ended', 'urgent', 'talked', '1',
    :operator, :ticket, 'calls')"""
TICKET = """INSERT INTO tickets (number, source, kind, category, status, call, created_at, updated_at, kecamatan, desa,
    address, description, reporter_name, reporter_number, closed_at) VALUES (:ticket, 'call', :kind, 'uji', :status,
    :call, :at, :at, 'Tahunan', 'Mantingan', 'Jl. Sultan Hadlirin 12', :text, 'Bu Siti', :phone, :closed)"""
ASSIGNMENT = """INSERT INTO assignments (id, ticket, opd, state, dispatched_at, dispatched_by, follow_up_s,
    acknowledged_at, acknowledged_by, via, updated_at, ended_at) VALUES (:id, :ticket, :opd, :state, :at, 'op1', 900,
    :answered, :who, :via, :at, :closed)"""
PUSH = """INSERT INTO pushes (assignment, phase, step, contact, channel, due_at, first_due_at, every_s, attempts, sent,
    last_error, done_at) VALUES (:id, 'dikirim', 0, :contact, 'page', :due, :at, 30, 3, 2, :error, :done)"""
ATTEMPT = """INSERT INTO attempts (push, assignment, started_at, ended_at, contact, channel, ok, detail)
    VALUES ((SELECT max(id) FROM pushes WHERE assignment = :id), :id, :at, :end, :contact, 'page', 1, 'terkirim')"""
JOURNAL = (
    """INSERT INTO journal (at, kind, call, ticket, actor, data) VALUES (:at, :kind, :call, :ticket, :actor, :data)"""
)
CALLBACK = """INSERT INTO callbacks (call, ticket, number, reason, created_at)
    VALUES (:call, :ticket, :phone, 'menutup sebelum dijawab', :at)"""
COMPLAINT = """INSERT INTO complaints (ticket, tracking, state, source, filed_at, filed_by, moved_at, moved_by)
    VALUES (:ticket, :tracking, 'masuk', '112', :at, 'op1', :at, 'op1')"""
TEXT = "Gudang mebel terbakar, api membesar, angin ke timur, dua orang masih di dalam; {n} rumah di sebelahnya kosong. "
KINDS = ("call.arrived", "call.lane", "operator.ringing", "call.talking", "call.ended")

Values = dict[str, object]


def fill(path: Path, calls: int, agencies: int, now: datetime) -> None:
    """A history of calls that are over, one ticket each; every third was sent to an agency, and done."""
    with closing(Store(path)) as store, store.transaction():
        begin = now - timedelta(days=calls / CALLS_A_DAY)
        for n in range(calls):
            at = begin + timedelta(days=n / CALLS_A_DAY)
            row = _report(store, n, at, "done" if n % 3 == 0 else "closed", at + timedelta(hours=1))
            if n % 3 == 0:
                _send(store, n + 1, row, n % agencies, "selesai", at, at + timedelta(hours=1))


def open_tickets(path: Path, to: Path, count: int, agencies: int, now: datetime) -> None:
    """A copy of the store with so many open tickets more: nine of ten at an agency, every other one unanswered."""
    with closing(Store(path)) as store:
        store.connection.fold()
    shutil.copy(path, to)
    with closing(Store(to)) as store, store.transaction():
        for n in range(count):
            at = now - timedelta(hours=20) + timedelta(hours=19) * (n / count)
            number, unsent = 10_000_000 + n, n % 10 == 9
            row = _report(store, number, at, "open" if unsent else "dispatched", None, text=3)
            if not unsent:
                _send(store, number, row, n // 2 % agencies, "diterima" if n % 2 else "dikirim", at, None)
            elif n % 20 == 19:
                store.connection.run(COMPLAINT, tracking=f"{n:08d}", **row)
            else:
                store.connection.run(CALLBACK, **row)
        store.connection.run("ANALYZE")


def _report(store: Store, n: int, at: datetime, status: str, closed: datetime | None, text: int = 1) -> Values:
    row: Values = {
        "call": f"c{n}",
        "phone": f"+62812{n % 30_000:08d}",
        "ticket": f"T-{at:%Y%m%d}-{n:08d}",
        "at": to_text(at),
        "end": to_text(at + timedelta(seconds=60)),
        "closed": closed and to_text(closed),
        "status": status,
        "kind": "complaint" if n % 20 == 19 else "emergency",
        "operator": f"op{n % 6 + 1}",
        "text": TEXT.format(n=n) * text,
    }
    store.connection.run(CALL, **row)
    store.connection.run(TICKET, **row)
    for kind in KINDS:
        _journal(store, row, kind, {"operator": row["operator"], "number": row["phone"]})
    return row


def _send(store: Store, id: int, row: Values, agency: int, state: str, at: datetime, closed: datetime | None) -> None:
    opd, answered = f"opd{agency}", None if state == "dikirim" else row["at"]
    far, waits = to_text(at + timedelta(days=30)), closed is None
    values = row | {"id": id, "opd": opd, "state": state, "answered": answered, "who": answered and opd, "via": "page"}
    values |= {"contact": f"{opd}.siaga", "due": far, "done": row["closed"]}
    values |= {"error": "sibuk" if waits and id % 50 == 0 else None}
    store.connection.run(ASSIGNMENT, **values)
    store.connection.run(PUSH, **values)
    if waits and id % 20 == 0:
        store.connection.run(PUSH, **(values | {"contact": "pusat"}))
    store.connection.run(ATTEMPT, **values)
    facts = {"opd": opd, "assignment": id, "contact": f"{opd}.siaga", "channel": "page"}
    for kind in ("ticket.dispatched", "push.sent", "push.sent", "assignment.acknowledged"):
        if kind != "assignment.acknowledged" or answered:
            _journal(store, row, kind, facts | {"state": state})


def _journal(store: Store, row: Values, kind: str, data: dict[str, object]) -> None:
    store.connection.run(JOURNAL, **(row | {"kind": kind, "actor": "process:bench", "data": json.dumps(data)}))
