"""An agency sees and touches its own tickets only, on every route that an agency can reach and on the socket."""

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest
from aiohttp import WSMsgType

from console.live.groups import PAGE_ROLES
from console.web.routes import ROUTES
from tests.console.api.test_assigning import png
from tests.console.api.test_push_devices import subscription
from tests.console.desk112 import SITI, RunningConsole
from tests.console.pages.test_receipts import open_tests
from tests.console.web.test_roles import USER_OF, bare

# what is tried for each route that the role «opd» may use; `own` tells nothing of others
TRIED = {
    "GET /": "own",
    "POST /keluar": "own",
    "GET /akun": "own",
    "POST /akun/sandi": "own",
    "POST /akun/keluar-semua": "own",
    "GET /opd": "own",
    "GET /live": "test_the_socket_shows_an_agency_its_own",
    "GET /media/{name}": "test_photos_of_others_are_not_there",
    "GET /cari": "own",
    "POST /api/search": "test_a_search_finds_the_own_only",
    "GET /api/reference": "test_reference_holds_no_person_of_another_agency",
    "POST /api/wadul": "own",
    "GET /api/tasks": "test_parts_of_lists_hold_the_own_only",
    "GET /api/tasks/ended": "test_parts_of_lists_hold_the_own_only",
    "GET /api/assignments/{assignment}/story": "test_parts_of_lists_hold_the_own_only",
    "GET /api/assignments/{assignment}/reports": "test_parts_of_lists_hold_the_own_only",
    "GET /api/assignments/{assignment}/attachments": "test_parts_of_lists_hold_the_own_only",
    "POST /api/assignments/{assignment}/move": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/undo": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/decline": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/notes": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/call": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/photos": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/read": "test_assignments_of_others_are_not_there",
    "POST /api/assignments/{assignment}/seen": "test_assignments_of_others_are_not_there",
    "GET /api/page-tests": "test_tests_of_others_are_not_there",
    "POST /api/page-tests/{test}/heard": "test_tests_of_others_are_not_there",
    "GET /api/push": "own",
    "POST /api/push": "test_the_devices_of_others_are_not_touched",
    "DELETE /api/push": "test_the_devices_of_others_are_not_touched",
}
SECRET = "RAHASIA-DAMKAR"


def test_every_route_of_agencies_is_tried() -> None:
    """A new one must be put into the table, and tried."""
    reachable = {f"{route.method} {bare(route.path)}" for route in ROUTES if route.roles and "opd" in route.roles}
    assert reachable == TRIED.keys()
    assert {name for name in TRIED.values() if name != "own"} <= globals().keys()


async def two(desk: RunningConsole) -> tuple[int, int, str]:
    """A ticket at Damkar full of what PLN must not see, and one of PLN's own; Damkar's photo."""
    number, (theirs,) = await desk.ticket("damkar")
    await desk.store.write(
        lambda store: store.tickets.update(
            desk.clock.now, number, {"description": SECRET, "reporter_name": SECRET, "address": SECRET}, SITI
        )
    )
    status, photo = await desk.ask("damkar", "POST", f"/api/assignments/{theirs}/photos", data=png())
    assert status == 201
    note = {"state": "diterima", "note": SECRET}
    assert (await desk.ask("damkar", "POST", f"/api/assignments/{theirs}/move", json=note))[0] == 200
    _, (own,) = await desk.ticket("pln")
    return theirs, own, photo["photo"]


async def written(desk: RunningConsole) -> list[Any]:
    """The journal, but for logins."""
    rows = await desk.store.read(lambda store: store.journal.after(0))
    return [row for row in rows if row["kind"] != "user.login"]


async def test_assignments_of_others_are_not_there(desk: RunningConsole) -> None:
    """404 as for one that does not exist; nothing is written, nothing kept."""
    theirs, own, _ = await two(desk)
    photos = len(list(desk.console.media.iterdir()))
    before = await written(desk)
    asked: dict[str, dict[str, str]] = {
        "undo": {},
        "move": {"state": "berangkat"},
        "decline": {"reason": "x", "taker": "112"},
    }
    for path, body in (
        asked | {"notes": {"note": "x"}, "call": {}, "seen": {}, "read": {"amendments": [[1, 1]]}}
    ).items():
        for number in (theirs, own + 1000):
            missing = (404, {"error": f"penugasan {number} tidak ada"})
            assert missing == await desk.ask("pln", "POST", f"/api/assignments/{number}/{path}", json=body)
    for number in (theirs, own + 1000):
        answer = await desk.ask("pln", "POST", f"/api/assignments/{number}/photos", data=png())
        assert answer == (404, {"error": f"penugasan {number} tidak ada"})
    assert before == await written(desk)
    assert photos == len(list(desk.console.media.iterdir()))


async def test_parts_of_lists_hold_the_own_only(desk: RunningConsole) -> None:
    """The further parts of a list hold the agency's own, like the page."""
    theirs, own, _ = await two(desk)
    await desk.ticket("damkar", "pln")
    for path in ("/api/tasks", "/api/tasks?after=0.1", f"/api/tasks?after=0.{theirs}", "/api/tasks/ended"):
        status, part = await desk.ask("pln", "GET", path)
        assert status == 200
        assert {row["opd"] for row in part["rows"]} <= {"pln"}
        assert SECRET not in str(part)
    for path in ("story", "reports", "attachments"):
        missing = (404, {"error": f"penugasan {theirs} tidak ada"})
        assert missing == await desk.ask("pln", "GET", f"/api/assignments/{theirs}/{path}")
        status, part = await desk.ask("pln", "GET", f"/api/assignments/{own}/{path}")
        assert status == 200 and SECRET not in str(part)
        assert all(row["data"]["opd"] == "pln" for row in part["rows"])
    assert SECRET in str(await desk.ask("damkar", "GET", "/api/tasks"))


async def test_a_search_finds_the_own_only(desk: RunningConsole) -> None:
    """Whatever is asked for: a word of the others' report, a number, a filter by another agency."""
    await two(desk)
    for body in ({"text": SECRET}, {"text": "6554021"}, {"text": "terbakar"}, {"category": "kebakaran"}):
        status, answer = await desk.ask("pln", "POST", "/api/search", json=body)
        assert status == 200
        assert {opd for hit in answer["hits"] for opd in hit["agencies"]} <= {"pln"}
        assert SECRET not in str(answer)
    refused = (403, {"error": "OPD hanya bisa mencari tiketnya sendiri"})
    assert refused == await desk.ask("pln", "POST", "/api/search", json={"text": "x", "agency": "damkar"})
    assert SECRET in str(await desk.ask("damkar", "POST", "/api/search", json={"text": SECRET}))


async def test_tests_of_others_are_not_there(desk: RunningConsole) -> None:
    """A test push is answered by the agency whose page shows it, or by the command centre where it is theirs."""
    tests = await open_tests(desk)
    before = await written(desk)
    for user, others in (("pln", ("damkar.siaga", "pusat")), ("pusat", ("damkar.siaga",))):
        for number in (*(tests[name] for name in others), 1000):
            missing = (404, {"error": f"uji coba {number} tidak ada"})
            assert missing == await desk.ask(user, "POST", f"/api/page-tests/{number}/heard")
    for user, own in (("damkar", ["damkar.siaga"]), ("pln", []), ("pusat", ["pusat"])):
        status, part = await desk.ask(user, "GET", "/api/page-tests")
        assert (status, [row["contact"] for row in part["rows"]]) == (200, own)
    assert before == await written(desk)


async def test_the_devices_of_others_are_not_touched(desk: RunningConsole) -> None:
    """A session subscribes and leaves for itself alone: there is no way to name another's."""
    routing = desk.console.setting.routing
    contacts = {name: replace(entry, webpush=True) for name, entry in routing.contacts.items()}
    desk.console.take(replace(desk.console.setting, routing=replace(routing, contacts=contacts)))
    for user, name in (("damkar", "a"), ("pln", "b"), ("pusat", "c")):
        body = await subscription(desk, user, name)
        assert await desk.ask(user, "POST", "/api/push", json=body) == (200, {"subscribed": True, "fresh": True})
        more = (400, {"error": ANY, "field": "session"})
        assert more == await desk.ask(user, "POST", "/api/push", json=body | {"session": "x"})
    assert await desk.ask("pln", "DELETE", "/api/push") == (200, {"subscribed": False, "was": False})
    for opd, service in (("damkar", "a"), ("pln", "b"), (None, "c")):
        rows = await desk.store.read(lambda store, opd=opd: store.push_devices.of(desk.clock.now, opd))  # type: ignore[misc]
        assert [row["endpoint"].rpartition("/")[2] for row in rows] == [service]


async def test_photos_of_others_are_not_there(desk: RunningConsole) -> None:
    """By name, although the name is known; the own agency and the staff see it."""
    _, _, photo = await two(desk)
    assert await desk.ask("pln", "GET", f"/media/{photo}") == (404, {"error": "foto tidak ada"})
    for user in ("damkar", "siti", "pusat", "admin"):
        session = await desk.session(user)
        async with session, session.get(desk.url(f"/media/{photo}")) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_reference_holds_no_person_of_another_agency(desk: RunningConsole) -> None:
    """Names of categories, agencies, roles and places, of 112's people and its own: no number, no address."""
    _, reference = await desk.ask("pln", "GET", "/api/reference")
    assert set(reference) == {"edition", "categories", "opds", "contacts", "kecamatan", "people"}
    assert "damkar" not in reference["people"]
    assert {"siti", "pln"} <= set(reference["people"])
    assert all(isinstance(name, str) for name in reference["people"].values())
    assert all(isinstance(title, str) for title in reference["contacts"].values())


async def test_the_socket_shows_an_agency_its_own(desk: RunningConsole) -> None:
    """Whatever subject it asks for; also when the ticket is shared, only its own part of the story."""
    await two(desk)
    shared, _ = await desk.ticket("damkar", "pln")
    data = await snapshot(desk, "pln", "page=opd&number=damkar&opd=damkar")
    assert {row["ticket"] for row in data["open"]} > {shared}
    assert {row["opd"] for row in (*data["open"], *data["ended"])} == {"pln"}
    assert SECRET not in str(data)
    events = [line for row in data["open"] for line in row["story"]]
    assert events and all(line["data"]["opd"] == "pln" for line in events)
    assert SECRET in str(await snapshot(desk, "damkar", "page=opd"))


async def snapshot(desk: RunningConsole, user: str, query: str) -> Any:
    """The first snapshot of a page."""
    session = await desk.session(user)
    async with session, session.ws_connect(desk.url(f"/live?{query}"), max_msg_size=0) as socket:
        while True:
            message = await socket.receive_json(timeout=60)
            if message["type"] == "snapshot":
                return message["data"]


@pytest.mark.parametrize("page", sorted(PAGE_ROLES))
@pytest.mark.parametrize("role", sorted(USER_OF))
async def test_every_page_of_the_socket_for_every_role(desk: RunningConsole, page: str, role: str) -> None:
    """Open for those whom the table names, 403 before it opens for all others, 401 without a login."""
    number = await desk.call()
    path = f"/live?page={page}&number={number}"
    assert (await desk.ask(None, "GET", path))[0] == 401
    session = await desk.session(USER_OF[role])
    async with session:
        if role in EXPECTED_PAGES[page]:
            async with session.ws_connect(desk.url(path)) as socket:
                assert (await socket.receive(timeout=60)).type is WSMsgType.TEXT
            return
        async with session.get(desk.url(path)) as answer:
            assert (answer.status, await answer.json()) == (
                403,
                {"error": f"peran {role} tidak boleh membuka halaman {page}"},
            )


STAFF = {"operator", "command", "admin"}
EXPECTED_PAGES = {
    "operator": {"operator"},
    "opd": {"opd"},
    "overview": STAFF,
    "ticket": STAFF,
    "screening": STAFF,
    "numbers": {"admin"},
    "wadul": STAFF,
    "search": STAFF | {"opd"},
    "handover": STAFF,
    "bupati": {"bupati"},
}


def test_the_pages_are_the_expected_ones() -> None:
    """A page of the socket that is added must say who may see it, here too."""
    assert {page: set(roles) for page, roles in PAGE_ROLES.items()} == EXPECTED_PAGES


async def test_an_operator_hears_only_what_operators_hear(desk: RunningConsole) -> None:
    """The page of numbers and the desk of a colleague are not for the asking: the subject is the session's user."""
    await desk.call()
    data = await snapshot(desk, "siti", "page=operator&number=budi&user=budi")
    assert data["me"]["operator"] == "siti"


async def test_the_search_page_tells_operators_to_staff_alone(desk: RunningConsole) -> None:
    """Who sits at the desks is none of an agency's business."""
    assert [row["name"] for row in (await snapshot(desk, "pusat", "page=search"))["operators"]]
    assert (await snapshot(desk, "damkar", "page=search"))["operators"] == []


async def test_the_static_route_is_the_only_one_beside_the_table(desk: RunningConsole) -> None:
    """Routes beside the table are closed: nothing else is served."""
    app = desk.server.app
    served = {
        (route.method, resource.canonical)
        for resource in app.router.resources()
        for route in resource
        if route.method != "HEAD"
    }
    stated = {(route.method, bare(route.path)) for route in ROUTES}
    assert served - stated == {("GET", f"/static/{desk.console.version}")}
