"""The further parts of lists that a snapshot cuts off; the roles are those of the page."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aiohttp import web

from console.console import Console, console_of, user_of
from console.errors import BadField, Refusal
from console.live import lists, tasks
from console.live.bounding import PART, cut, fitting
from console.live.complaints_board import BOXES, box
from console.live.reading import read_json
from console.live.unsent_lists import rows_at
from console.web.forms import number_in_path
from tickets.cases.steps import mine
from tickets.store import Store

T = TypeVar("T")

TIMELINE_PART = 200
Part = tuple[Any, object]


async def open_tasks(request: web.Request) -> web.StreamResponse:
    """GET /api/tasks?after=: open assignments of the user's agency, as on its page."""
    setting, opd = console_of(request).setting, user_of(request).opd or ""
    after = _cursor(request, r"(\d)\.(\d{1,18})", lambda matched: (int(matched[1]), int(matched[2])))
    return await _part(request, lambda store: tasks.open_tasks(store, setting, opd, after))


async def ended_tasks(request: web.Request) -> web.StreamResponse:
    """GET /api/tasks/ended?offset=: those that ended in the last hours."""
    console, opd, offset = console_of(request), user_of(request).opd or "", _offset(request)
    now = console.clock()
    return await _part(request, lambda store: tasks.ended_tasks(store, console.setting, opd, now, offset))


async def story(request: web.Request) -> web.StreamResponse:
    """GET /api/assignments/ID/story?before=SEQ: the earlier rows of an assignment's story."""
    user, before = user_of(request), _number(request, "before")
    number = number_in_path(request, "assignment", "penugasan")
    return await _part(request, lambda store: tasks.story(store, mine(store, user, number), before))


async def reports(request: web.Request) -> web.StreamResponse:
    """GET /api/assignments/ID/reports?offset=: reports of other callers about the same incident."""
    user, offset = user_of(request), _offset(request)
    number = number_in_path(request, "assignment", "penugasan")
    return await _part(request, lambda store: tasks.linked(store, mine(store, user, number)["ticket"], offset))


async def attachments(request: web.Request) -> web.StreamResponse:
    """GET /api/assignments/ID/attachments?offset=: photos and links of an assignment."""
    user, offset = user_of(request), _offset(request)
    number = number_in_path(request, "assignment", "penugasan")
    return await _part(request, lambda store: tasks.attachments(store, mine(store, user, number)["id"], offset))


async def page_tests(request: web.Request) -> web.StreamResponse:
    """GET /api/page-tests?offset=: test pushes that wait for an answer on the user's pages."""
    user, offset, now = user_of(request), _offset(request), console_of(request).clock()
    return await _part(request, lambda store: cut(store.test_pushes.on_pages(now, user.opd), lists.LIST_ROOM, offset))


async def work(request: web.Request) -> web.StreamResponse:
    """GET /api/work?after=: tickets that somebody has to do something for, as on the wall."""
    after = _cursor(request, r"([0-4])\.([-A-Za-z0-9]{1,40})", lambda matched: (int(matched[1]), matched[2])) or (0, "")
    return await _part(request, lambda store: lists.work(store, after))


async def desk_list(request: web.Request) -> web.StreamResponse:
    """GET /api/desk/LIST?offset=: a list of an operator's page."""
    console, name = console_of(request), user_of(request).name
    now = console.clock()
    own = {"callbacks": lists.callbacks_at(now), "colleagues": lists.colleagues(name), "mine": lists.mine(name, now)}
    return await _list(request, {**lists.DESK, **own, "unsent": _unsent(console)})


async def wall_list(request: web.Request) -> web.StreamResponse:
    """GET /api/wall/LIST?offset=: a list of the wall."""
    return await _list(request, {**lists.WALL, "unsent": _unsent(console_of(request))})


def _unsent(console: Console) -> lists.List:
    return rows_at(console.setting.routing.unsent, console.clock())


async def _list(request: web.Request, known: Mapping[str, lists.List]) -> web.StreamResponse:
    rows_of, offset = _known(known, request), _offset(request)
    return await _part(request, lambda store: lists.part(store, rows_of, offset))


async def ticket_list(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/lists/LIST?offset=: a list of a ticket's page."""
    number, offset = request.match_info["number"], _offset(request)
    rows_of = _known(lists.TICKET, request)
    return await _part(request, lambda store: lists.of_ticket(store, rows_of, number, offset))


async def unjudged(request: web.Request) -> web.StreamResponse:
    """GET /api/unjudged?offset=: calls of the last week that wait for a verdict."""
    since, offset = console_of(request).clock() - lists.JUDGED_WITHIN, _offset(request)

    def read(store: Store) -> Part:
        count, rows = store.screening.unjudged(since, PART, offset)
        end = offset + len(rows)
        return [lists.unjudged(row) for row in rows], end if end < count else None

    return await _part(request, read)


async def complaints(request: web.Request) -> web.StreamResponse:
    """GET /api/wadul/open?state=&offset=: complaints that have not ended; `state`: one of them, `late` or `dead`."""
    console, state, offset = console_of(request), request.query.get("state", ""), _offset(request)
    if state not in BOXES:
        raise BadField("state", f"keadaan {state[:60]!r} tidak dikenal; yang ada: {', '.join(filter(None, BOXES))}")
    now = console.clock()
    return await _part(request, lambda store: box(store, console.setting, now, state, offset))


async def timeline(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/timeline?before=SEQ: the rows of a ticket's time line before this one."""
    number, before = request.match_info["number"], _number(request, "before")

    def read(store: Store) -> Part:
        call = store.tickets.get(number)["call"]
        rows = store.journal.newest_of_ticket(number, call, TIMELINE_PART + 1, before)[-TIMELINE_PART:]
        kept = list(reversed(fitting(rows[::-1], tasks.ROOM, TIMELINE_PART)))
        whole = not kept or not store.journal.newest_of_ticket(number, call, 1, kept[0]["seq"])
        return kept, None if whole else kept[0]["seq"]

    return await _part(request, read)


def _known(known: Mapping[str, T], request: web.Request) -> T:
    rows_of = known.get(request.match_info["list"])
    if rows_of is None:
        raise Refusal(f"daftar tidak dikenal; yang ada: {', '.join(known)}", status=404)
    return rows_of


async def _part(request: web.Request, read: Callable[[Store], Part]) -> web.StreamResponse:
    return await read_json(console_of(request), lambda store: dict(zip(("rows", "next"), read(store), strict=True)))


def _cursor(request: web.Request, pattern: str, of: Callable[[re.Match[str]], Any]) -> Any:
    """The place behind the last part, parsed from `after`; None: from the beginning."""
    text = request.query.get("after", "")
    if not text:
        return None
    matched = re.fullmatch(pattern, text, re.ASCII)
    if matched is None:
        raise BadField("after", "isian after harus seperti next dari bagian sebelumnya")
    return of(matched)


def _offset(request: web.Request) -> int:
    return _number(request, "offset", 0)


def _number(request: web.Request, name: str, default: int = 2**60) -> int:
    text = request.query.get(name, "")
    if text and not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise BadField(name, f"isian {name} harus bilangan")
    return int(text) if text else default
