"""The browser side stands as designed: each script in its folder and checked; what we took is unchanged."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from console.pages.webapp import files
from console.web.app import STATIC

ROOT = STATIC.parent.parent
SCRIPTS = STATIC / "js"
# A folder may import from itself and from these; pages are put together from all of them.
BELOW = {
    "pages": {"agency", "cases", "complaints", "desk", "search", "story", "wall", "shared"},
    "agency": {"cases", "story", "shared"},
    "cases": {"shared"},
    "complaints": {"cases", "shared"},
    "desk": {"cases", "story", "shared"},
    "search": {"shared"},
    "story": {"shared"},
    "wall": {"cases", "shared"},
    "shared": set[str](),
    "worker": set[str](),
}
MOST_ENTRIES = 25
IMPORT = re.compile(r"""(?:from|import) ?\(?"(\.{1,2}/[^"]+)""")
VENDORED = "72284e8e9079c87817145df1110f74e8a2aa040b2fc384922e18dfcb46fc1fd7"  # htm 3.1.1, standalone.module.js
ALL = sorted(path.relative_to(SCRIPTS) for path in SCRIPTS.rglob("*") if path.is_file())


def test_every_script_is_in_one_of_the_folders() -> None:
    """`static/js` is a table of contents: folders alone, and in them scripts alone."""
    assert sorted(path.name for path in SCRIPTS.iterdir()) == sorted(BELOW)
    assert [str(path) for path in ALL if len(path.parts) != 2 or path.suffix != ".js"] == []


def test_no_folder_has_too_many_entries() -> None:
    """A folder is read at one look."""
    sizes = {folder.name: len(list(folder.iterdir())) for folder in SCRIPTS.iterdir()}
    assert {name: size for name, size in sizes.items() if size > MOST_ENTRIES} == {}


@pytest.mark.parametrize("path", ALL, ids=str)
def test_script_is_checked_and_imports_from_below(path: Path) -> None:
    """The first line asks for types; the second says what the file is for; no folder knows one above or beside it."""
    text = (SCRIPTS / path).read_text(encoding="utf-8")
    first, second = text.splitlines()[:2]
    assert (first, second[:3]) == ("// @ts-check", "// ")
    targets = [(SCRIPTS / path).parent.joinpath(name).resolve() for name in IMPORT.findall(text)]
    assert [str(target) for target in targets if not target.is_file()] == []
    folders = {target.relative_to(STATIC).parts[-2] for target in targets}
    assert folders - BELOW[path.parts[0]] - {path.parts[0], "vendor"} == set()


def test_types_are_never_set_aside() -> None:
    """No script has a line that the types do not look at."""
    excused = re.compile(r"@ts-(?:ignore|expect-error|nocheck)|eslint-disable")
    assert [str(path) for path in ALL if excused.search((SCRIPTS / path).read_text(encoding="utf-8"))] == []


def test_every_script_is_somebodys() -> None:
    """A template names it, the server sends it, or another script imports it."""
    named = {"worker/sw.js"}
    for template in (STATIC.parent / "templates").glob("*.html"):
        named |= set(re.findall(r"/js/([a-z/]+\.js)", template.read_text(encoding="utf-8")))
    pages = re.search(
        r"TITLES[^=]*= \{(.*?)\}", (ROOT / "console/pages/role_pages.py").read_text(encoding="utf-8"), re.DOTALL
    )
    assert pages is not None
    named |= {f"pages/{name}.js" for name in re.findall(r'"(\w+)":', pages[1])}
    for path in ALL:
        text = (SCRIPTS / path).read_text(encoding="utf-8")
        for name in IMPORT.findall(text):
            target = (SCRIPTS / path).parent.joinpath(name).resolve()
            if target.is_relative_to(SCRIPTS):
                named.add(target.relative_to(SCRIPTS).as_posix())
    assert {path.as_posix() for path in ALL} ^ named == set()


def test_the_worker_keeps_every_script_of_the_agencys_page() -> None:
    """A script that is imported over several lines, or from another folder, is there without a signal too."""
    kept = {name.removeprefix("/static/v/") for name in files("v") if name.endswith(".js")}
    assert {"js/pages/opd.js", "js/pages/offline.js", "js/agency/outbox.js", "js/shared/theme.js"} <= kept
    assert "vendor/preact-htm.js" in kept
    assert [name for name in sorted(kept) if not (STATIC / name).is_file()] == []
    for name in kept:
        for target in IMPORT.findall((STATIC / name).read_text(encoding="utf-8")):
            assert (STATIC / name).parent.joinpath(target).resolve().relative_to(STATIC).as_posix() in kept


def test_what_is_vendored_is_as_it_was_taken() -> None:
    """Nobody mends, formats or checks a file that is not ours."""
    assert hashlib.sha256((STATIC / "vendor/preact-htm.js").read_bytes()).hexdigest() == VENDORED


def test_packages_are_pinned_with_hashes_and_name_no_address() -> None:
    """The checks of the browser side come from wherever the machine gets its packages, exactly as they were tested."""
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert "dependencies" not in wanted, "nothing that runs needs a package"
    assert [
        version for version in wanted["devDependencies"].values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ] == []
    packages = {name: row for name, row in lock["packages"].items() if name}
    assert [name for name, row in packages.items() if "resolved" in row or "integrity" not in row] == []
    assert "registry=" not in (ROOT / ".npmrc").read_text(encoding="utf-8")
