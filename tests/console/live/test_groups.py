"""The kinds of pages; who may open each is tried in tests/console/web/test_own_only.py."""

from console.live.groups import ORDER, PAGE_ROLES
from console.live.snapshots import SNAPSHOTS
from tests.console.desk112 import RunningConsole


def test_every_page_has_its_roles_and_its_place_in_the_order() -> None:
    """A new page that is left out would be read last, or never opened."""
    assert sorted(SNAPSHOTS) == sorted(PAGE_ROLES) == sorted(ORDER)


async def test_an_unknown_page_is_refused_with_those_that_there_are(desk: RunningConsole) -> None:
    """Before the socket opens."""
    sentence = f"halaman 'dapur' tidak dikenal; yang ada: {', '.join(PAGE_ROLES)}"
    assert (400, {"error": sentence}) == await desk.ask("siti", "GET", "/live?page=dapur")
