"""tests/ mirrors the packages: each module has its tests under its own name, or is named here with where they are.

Twins of `pkg/room/x.py`: `tests/pkg/room/test_x*.py`, or the tests of its room, `tests/pkg/test_room*.py`. A kind
may stand before the name: `test_real_x.py`, `test_browser_x.py`, `test_flow_x.py`, `test_cli_x.py`.
"""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.test_layout import PACKAGES, ROOT

KINDS = ("", "real_", "browser_", "flow_", "cli_")
MOST = 25
# Folders of tests that are about no single package.
WHOLE = {
    "e2e": "the whole line, as people live through it",
    "faults": "the fault laboratory",
    "house": "the repository itself",
    "security": "hostile requests and SIP against the whole",
    "upgrade": "instances of earlier releases under today's code",
}
# Folders of tests inside a package that mirror no package of Python.
PAGES = {
    "console/access": "the pages in a real Chromium, for hands and eyes of every kind",
    "console/browser": "the pages in a real Chromium",
    "console/static": "files of the pages: served, cached, typed",
}
# Modules without twins: pattern of modules, where they are tested, and why there. Each row must still be needed.
TWINLESS = (
    (
        "*/errors",
        "tests/house/test_layout.py",
        "classes without behaviour; their texts are compared where they are raised",
    ),
    ("asterisk/binary", "tests/asterisk/test_launch.py", "looked up and run by the launch of Asterisk"),
    ("asterisk/modules", "tests/asterisk/test_render.py", "a list that is rendered"),
    ("asterisk/paths", "tests/asterisk/test_launch.py", "the folders of a started Asterisk"),
    ("asterisk/ports", "tests/asterisk/test_real_line.py", "a taken port"),
    ("asterisk/site", "tests/asterisk/test_render.py", "dataclasses that are rendered"),
    ("console/web/addresses", "tests/console/web/test_throttle.py", "whose address it is, behind proxies"),
    ("console/console", "tests/console/live/test_live.py", "what all handlers share, and what the live socket sends"),
    ("console/api/duty", "tests/console/api/test_ticketing.py", "the requests of a page"),
    ("console/web/gate", "tests/console/web/test_roles.py", "every route with every role"),
    ("console/web/headers", "tests/console/web/test_serving.py", "read from answers"),
    ("console/proofs/heic_decoder", "tests/console/proofs/test_heic.py", "a program that the converter starts"),
    ("console/api/media", "tests/console/api/test_playback.py", "recordings and photos, asked for"),
    ("console/api/openapi", "tests/security/test_openapi.py", "the document against the running console"),
    ("console/web/passwords", "tests/console/web/test_throttle.py", "the requests of a page"),
    ("console/api/reporters", "tests/e2e/test_reporters.py", "called and told"),
    ("console/web/routes", "tests/console/web/test_roles.py", "every route with every role"),
    ("console/api/screening", "tests/console/api/test_verdicts.py", "the requests of a page"),
    ("console/web/sessions", "tests/console/pages/test_login.py", "logged in and out"),
    ("console/site", "tests/instance/test_loader.py", "a dataclass that site.yaml fills"),
    ("console/pages/tracking", "tests/console/api/test_wadul_status.py", "the page of a citizen"),
    ("console/pages/webapp", "tests/console/api/test_push_devices.py", "the installed page"),
    ("ivr/*", "tests/ivr/test_flow_*.py", "steps of one flow, tested by what a whole call does: transcripts"),
    ("console/api/parts", "tests/console/live/test_bounding.py", "the parts that a page asks for"),
    ("console/web/app", "tests/console/static/test_files.py", "the application, put together and asked for its files"),
    ("drills/*", "tests/drills/test_drills.py", "rooms of one drill"),
    ("instance/agreement", "tests/instance/test_editions.py", "processes that run with the same edition"),
    ("instance/holiday", "tests/tickets/complaints/test_working_days.py", "days on which nobody works"),
    ("instance/schema*", "tests/instance/test_docs.py", "the shape, and the schemas that are written of it"),
    ("instance/*", "tests/instance/test_loader.py", "steps from YAML to an instance, with each refusal at its place"),
    ("tanggap/cli/*", "tests/tanggap/cli/test_*.py", "thin commands; their work is tested in its package"),
    ("tickets/locating/atlas", "tests/console/api/test_reference.py", "asked by the form"),
    ("tickets/locating/angles", "tests/tickets/locating/test_reading.py", "a notation of what people paste"),
    ("tickets/locating/map_links", "tests/tickets/locating/test_reading.py", "a notation of what people paste"),
    ("tickets/locating/placing", "tests/tickets/locating/test_region.py", "a point and the region"),
    ("tickets/locating/point", "tests/tickets/locating/test_reading.py", "the point that is read"),
    ("tickets/locating/spelling", "tests/tickets/locating/test_finding.py", "the sounds by which names are found"),
    ("voice/*", "tests/voice/test_prompts.py", "steps towards a prompt's file, measured there"),
    ("line/measures", "tests/e2e/running/test_up.py", "the metrics of a running instance"),
    ("tanggap/agi", "tests/e2e/test_strays.py", "the process of the fail-safe, beside a killed `calls`"),
    ("tanggap/calls", "tests/tanggap/test_mains_duties.py", "the process of the calls"),
    ("operations/certificate", "tests/operations/test_tls.py", "the certificates of TLS"),
    ("tanggap/console", "tests/e2e/running/test_up.py", "the process of the pages"),
    ("operations/erasing", "tests/operations/test_retention.py", "what is erased after its period"),
    ("tickets/cases/nudging", "tests/tickets/cases/test_knowing.py", "what who stands above an agency may do"),
    ("operations/first_users", "tests/e2e/running/test_up.py", "logins as the terminal shows them"),
    ("line/inventory", "tests/e2e/test_crash.py", "what is left of calls after a crash"),
    ("operations/weekly_tests", "tests/tanggap/cli/test_contact_tests.py", "the weekly test of contacts"),
    ("operations/passwords", "tests/console/pages/test_login.py", "logged in with"),
    ("operations/phone_system", "tests/operations/test_tls.py", "the rendered files"),
    ("processes/running", "tests/tanggap/test_program.py", "what each process begins with"),
    ("instance/spill_place", "tests/e2e/test_full_disk.py", "where the store spills to"),
    ("operations/steward", "tests/e2e/running/test_systemd.py", "under a real systemd"),
    ("operations/disk/storage", "tests/e2e/test_full_disk.py", "what the disk holds, and what is set aside"),
    ("operations/story", "tests/e2e/test_demo.py", "what the terminal shows"),
    ("processes/tasks", "tests/processes/test_page_answers.py", "duties that are kept running"),
    ("tanggap/walk", "tests/tanggap/test_explain.py", "what «explain» walks through"),
    ("tickets/escalation/phone_answers", "tests/tickets/escalation/test_answer_rules.py", "answers on the phone"),
    ("tickets/escalation/attempts", "tests/tickets/escalation/test_daemon.py", "a part of the daemon"),
    ("tickets/escalation/gaps", "tests/tickets/escalation/test_time_travel.py", "gaps of coverage"),
    ("tickets/messages", "tests/tickets/notify/test_notify.py", "the words of a push"),
    ("tickets/model", "tests/tickets/store/test_store.py", "rows and dataclasses"),
    ("tickets/screening/number_rows", "tests/tanggap/cli/test_caller_numbers.py", "the lists of numbers"),
    (
        "tickets/escalation/contact_test_daemon",
        "tests/tickets/escalation/test_contact_tests.py",
        "the test of contacts",
    ),
    ("tickets/escalation/picking", "tests/tickets/escalation/test_daemon.py", "a part of the daemon"),
    ("tickets/cases/positioning", "tests/tickets/locating/test_positioning.py", "by what the gazetteer knows"),
    ("tickets/cases/acting", "tests/tickets/cases/people.py", "a protocol"),
    ("tickets/places", "tests/tickets/test_routing.py", "districts and villages"),
    ("tickets/escalation/push_report", "tests/tickets/escalation/test_time_travel.py", "the report as it is printed"),
    ("tickets/escalation/batching", "tests/tickets/escalation/test_daemon.py", "a part of the daemon"),
    ("tickets/screening/report", "tests/tickets/screening/test_figures.py", "the figures of the report"),
    ("tickets/complaints/tracking", "tests/tickets/complaints/test_states.py", "the number that a citizen follows"),
    ("tickets/escalation/unclaimed", "tests/tickets/escalation/test_daemon.py", "a part of the daemon"),
    ("tickets/web_push", "tests/tickets/notify/test_webpush.py", "against a push service"),
)
# Folders with more entries than a newcomer takes in at one look.
CROWDED: set[str] = set()


def modules() -> list[str]:
    """Every module of ours, as `pkg/room/x`."""
    files = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if not path.stem.startswith("__")]
    return sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in files)


def has_twin(module: str) -> bool:
    """Tests named after the module, or after a room that it stands in; those of a room stand beside it or inside."""
    parts = Path(module).parts
    names = [(ROOT / "tests" / Path(*parts[:depth]), parts[depth]) for depth in range(1, len(parts))]
    names += [(ROOT / "tests" / Path(*parts[:depth]), parts[depth - 1]) for depth in range(2, len(parts))]
    return any(list(folder.glob(f"test_{kind}{name}*.py")) for folder, name in names for kind in KINDS)


ALONE = [module for module in modules() if not has_twin(module)]


def test_each_module_has_a_twin_or_a_reason() -> None:
    """The tests of a module are found by its name, or here."""
    assert [module for module in ALONE if not any(fnmatch(module, row[0]) for row in TWINLESS)] == []


@pytest.mark.parametrize(("pattern", "where", "why"), TWINLESS, ids=[row[0] for row in TWINLESS])
def test_each_reason_is_needed_and_true(pattern: str, where: str, why: str) -> None:
    """A module that is gone, or that has its tests by now, leaves the list; what the row points to is there."""
    assert [module for module in ALONE if fnmatch(module, pattern)] != []
    assert list(ROOT.glob(where)) != []
    assert why


def test_each_folder_of_tests_is_that_of_a_package() -> None:
    """`tests/pkg/room` mirrors `pkg/room`; the others are named with what they are about."""
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    mirrored = [folder for folder in folders if folder.parts[0] not in WHOLE and str(folder) not in PAGES]
    assert sorted(str(folder) for folder in mirrored if not (ROOT / folder / "__init__.py").is_file()) == []


def test_no_folder_is_crowded() -> None:
    """At most so many entries at one level, sub-folders among them."""
    rooms = [path.parent for name in (*PACKAGES, "tests") for path in (ROOT / name).rglob("__init__.py")]
    counted = {
        str(room.relative_to(ROOT)): len([p for p in room.iterdir() if p.stem != "__pycache__"]) for room in rooms
    }
    assert {room for room, entries in counted.items() if entries - 1 > MOST} == CROWDED
