"""The page of an agency that left routing.yaml."""

from dataclasses import replace

from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import page, snapshot


async def test_an_agency_that_left_keeps_its_page_until_its_last_task_has_ended(desk: RunningConsole) -> None:
    """It answers as before; without a task it has no page, and is told why."""
    _, (assignment,) = await desk.ticket("damkar")
    setting = desk.console.setting
    opds = {code: opd for code, opd in setting.routing.opds.items() if code != "damkar"}
    contacts = {name: each for name, each in setting.routing.contacts.items() if each.opd != "damkar"}
    desk.console.take(replace(setting, routing=replace(setting.routing, opds=opds, contacts=contacts)))
    assert (await desk.ask("damkar", "GET", "/opd"))[0] == 200
    async with page(desk, "damkar", "page=opd") as socket:  # what fills it
        assert [task["id"] for task in (await snapshot(socket))["open"]] == [assignment]
    path = f"/api/assignments/{assignment}/move"
    for body in ({"state": "diterima"}, {"state": "selesai", "note": "padam"}):
        assert (await desk.ask("damkar", "POST", path, json=body))[0] == 200
    status, answer = await desk.ask("damkar", "GET", "/opd")
    assert (status, "tidak ada di routing.yaml" in str(answer)) == (409, True)
