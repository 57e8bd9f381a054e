"""docs/openapi.json is what the routes are, and schemathesis finds nothing that is answered otherwise than it says.

Schemathesis runs as a program of its own; where it is not installed the second half is skipped."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.api.openapi import BODIES, FILE, FORMS, OTHERS, QUERIES, bare, document, written
from console.web.routes import ROUTES
from tests.security.house import Target, house

NAMES = {f"{route.method} {bare(route.path)}" for route in ROUTES}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
USERS = ("pln", "siti", "admin", "")
WHOLE = "HOSTILE_REQUESTS" in os.environ


def test_the_document_is_current() -> None:
    """`python -m console.api.openapi` writes it."""
    assert FILE.read_text(encoding="utf-8") == written()


def test_every_route_is_in_it_with_its_roles() -> None:
    """And the tables of bodies, forms, queries and answers name no route that there is not."""
    documented = {
        (f"{method.upper()} {path}", tuple(operation.get("x-roles", ())))
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    }
    assert documented == {(f"{route.method} {bare(route.path)}", tuple(sorted(route.roles or ()))) for route in ROUTES}
    for table in (BODIES, FORMS, QUERIES, OTHERS):
        assert table.keys() <= NAMES


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A console for schemathesis to ask."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed")
@pytest.mark.long
@pytest.mark.parametrize("user", USERS)
def test_schemathesis_finds_nothing(target: Target, tmp_path: Path, user: str) -> None:
    """Right and wrong requests made from the document: no 5xx, no answer that the document does not know."""
    document_file = tmp_path / "openapi.json"
    document_file.write_text(json.dumps(_askable()), encoding="utf-8")
    phases = "examples,coverage,fuzzing" if WHOLE or user == "siti" else "fuzzing"
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(document_file)]
    command += ["--url", f"http://127.0.0.1:{target.port}", "--checks", CHECKS, "--phases", phases, "--mode", "all"]
    command += ["--max-examples", "15" if WHOLE else "1", "--suppress-health-check", "all", "--seed", "112"]
    command += [
        "--generation-database",
        "none",
        "--request-timeout",
        "20",
        "--continue-on-failure",
        "--warnings",
        "off",
    ]
    command += ["-H", f"Cookie: {target.cookie(user)}"] if user else []
    environment = os.environ | {"NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    output = done.stdout[-6000:] + done.stderr[-2000:]
    assert done.returncode == 0, output
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated is not None, output
    target.sent["schemathesis"] += int(generated[1])
    assert target.complaints == [], output
    target.alive()


def _askable() -> dict[str, object]:
    """The document without what would log the asking user out, without the socket, and without what says
    503 because no other process runs here."""
    spec = document()
    for path in ("/keluar", "/akun/keluar-semua", "/akun/sandi", "/live", "/api/numbers/erase", "/health/ready"):
        del spec["paths"][path]
    return spec
