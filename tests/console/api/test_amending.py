"""Changes after a dispatch, from the operator's save to the agency's «Sudah dibaca» and back to the ticket."""

from typing import Any

import pytest

from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import page, snapshot


async def shown(desk: RunningConsole, user: str = "damkar", query: str = "page=opd") -> Any:
    """The content of a page now."""
    async with page(desk, user, query) as socket:
        return await snapshot(socket)


def pairs(task: Any) -> list[list[int]]:
    return [[row["id"], row["revision"]] for row in task["amendments"] if row["read_at"] is None]


async def test_a_saved_address_reaches_the_agencys_page_and_its_reader_the_ticket(desk: RunningConsole) -> None:
    """With the old and the new value; the ticket's page names who has read it, and how."""
    number, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}"
    await desk.ask("damkar", "POST", f"{path}/move", json={"state": "diterima"})
    assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"kecamatan": "Jepara"}))[0] == 200
    task = (await shown(desk))["open"][0]
    assert [(row["field"], row["before"], row["after"]) for row in task["amendments"]] == [
        ("kecamatan", "Bangsri", "Jepara")
    ]
    assert "assignment.amended" in [row["kind"] for row in task["story"]]
    key = {"Idempotency-Key": "baca-" + "1" * 16}
    for _ in range(2):  # sent again, because the reply was lost
        answer = await desk.ask("damkar", "POST", f"{path}/read", json={"amendments": pairs(task)}, headers=key)
        assert answer == (200, {"id": assignment, "read": [task["amendments"][0]["id"]], "left": 0})
    seen = (await shown(desk, "siti", f"page=ticket&number={number}"))["ticket"]["assignments"][0]["amendments"]
    assert [(row["read_by"], row["read_via"]) for row in seen] == [("damkar", "page")]


async def test_what_changed_since_it_was_shown_stays_unread(desk: RunningConsole) -> None:
    """The old page's «Sudah dibaca» does not cover the newer value."""
    number, (assignment,) = await desk.ticket("damkar")
    await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"desa": "Tengguli"})
    old = pairs((await shown(desk))["open"][0])
    await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"desa": "Kedungleper"})
    answer = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/read", json={"amendments": old})
    assert answer == (200, {"id": assignment, "read": [], "left": 1})


@pytest.mark.parametrize("how", ["cancel", "decline"])
async def test_a_task_that_was_taken_off_stays_until_it_is_read(desk: RunningConsole, how: str) -> None:
    """By the command centre, or by an operator who names another agency: with the reason, above all else."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}"
    await desk.ask("damkar", "POST", f"{path}/move", json={"state": "diterima"})
    body = {"reason": "salah alamat"} | ({"taker": "pln"} if how == "decline" else {})
    assert (await desk.ask("pusat", "POST", f"{path}/{how}", json=body))[0] == 200
    data = await shown(desk)
    assert data["open"] == []
    (task,) = data["recalled"]
    (row,) = task["amendments"]
    assert (row["field"], row["before"], row["made_by"]) == ("recall", "diterima", "pusat")
    assert "salah alamat" in row["after"]
    desk.clock.now = desk.clock.now.replace(day=23)  # longer than ended tasks are shown
    assert len((await shown(desk))["recalled"]) == 1
    await desk.ask("damkar", "POST", f"{path}/read", json={"amendments": pairs(task)})
    assert (await shown(desk))["recalled"] == []


async def test_an_agency_that_hands_a_task_on_is_told_nothing_of_it(desk: RunningConsole) -> None:
    """It knows; and nobody reads what is another's."""
    number, (first, second) = await desk.ticket("damkar", "pln")
    await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json={"reason": "bukan", "taker": "bpbd"})
    assert (await shown(desk))["recalled"] == []
    await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"desa": "Tengguli"})
    theirs = {"amendments": pairs((await shown(desk, "pln"))["open"][0])}
    absent = (404, {"error": f"penugasan {second} tidak ada"})
    assert await desk.ask("damkar", "POST", f"/api/assignments/{second}/read", json=theirs) == absent


async def test_a_caller_who_is_merged_into_a_running_task_is_told(desk: RunningConsole) -> None:
    """Row 21: «ADA 3 ORANG TERJEBAK»."""
    master, (assignment,) = await desk.ticket("damkar")
    other = await desk.call("c-dua", "+6281326554022")
    fields = {"kind": "emergency", "category": "kebakaran", "description": "ADA 3 ORANG TERJEBAK"}
    await desk.ask("siti", "PATCH", f"/api/tickets/{other}", json=fields)
    answer = await desk.ask("siti", "POST", f"/api/tickets/{other}/merge", json={"master": master})
    assert answer[0] == 200, answer
    (task,) = (await shown(desk))["open"]
    assert [(row["field"], row["about"], row["after"]) for row in task["amendments"]] == [
        ("report", other, "ADA 3 ORANG TERJEBAK")
    ]
    assert task["id"] == assignment


@pytest.mark.parametrize("wrong", [None, [], "1", [1], [[1]], [[1, "1"]], [[True, 1]], [[0, 1]], [[1, 2**70]]])
async def test_what_is_no_list_of_revisions_is_refused(desk: RunningConsole, wrong: object) -> None:
    """With the field and what was expected."""
    _, (assignment,) = await desk.ticket("damkar")
    answer = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/read", json={"amendments": wrong})
    expected = "isian amendments tidak benar: yang diharapkan 1 sampai 200 pasangan [nomor, revisi]"
    assert answer == (400, {"error": expected, "field": "amendments"})


async def test_what_is_unread_stands_in_the_form_and_on_the_wall_until_it_was_read_out_by_radio(
    desk: RunningConsole,
) -> None:
    """With the values and since when; whoever read it out is named, and to whom; then nothing is left to push."""
    number, (assignment,) = await desk.ticket("damkar")
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"kecamatan": "Jepara"})
    _, form = await desk.ask("siti", "GET", f"/api/tickets/{number}")
    wall = next(row for row in (await shown(desk, "pusat", "page=overview"))["tickets"] if row["number"] == number)
    mine = next(row for row in (await shown(desk, "siti", "page=operator"))["mine"] if row["number"] == number)
    for ticket in (form, wall, mine):
        (row,) = ticket["assignments"]
        assert row["unread_count"] == 1
        assert [(each["field"], each["before"], each["after"]) for each in row["unread"]] == [
            ("kecamatan", "Bangsri", "Jepara")
        ]
    body = {"amendments": [[each["id"], each["revision"]] for each in row["unread"]], "to": "Budi, regu 2"}
    path = f"/api/assignments/{assignment}/radio"
    assert (await desk.ask("damkar", "POST", path, json=body))[0] == 403
    assert (await desk.ask("siti", "POST", path, json=body | {"to": " "}))[0] == 400
    assert await desk.ask("siti", "POST", path, json=body) == (
        200,
        {"id": assignment, "read": [row["unread"][0]["id"]], "left": 0},
    )
    (read,) = (await shown(desk, "siti", f"page=ticket&number={number}"))["ticket"]["assignments"][0]["amendments"]
    assert (read["read_by"], read["read_via"], read["read_to"]) == ("siti", "radio", "Budi, regu 2")
    _, form = await desk.ask("siti", "GET", f"/api/tickets/{number}")
    assert form["assignments"][0]["unread_count"] == 0
    told = [event["data"] for event in form["timeline"] if event["kind"] == "assignment.read"]
    assert [(data["via"], data["to"]) for data in told] == [("radio", "Budi, regu 2")]
