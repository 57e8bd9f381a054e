"""Requests that are HTTP and nothing else that was expected: every route, every role, any body, header and query.

HOSTILE_REQUESTS=20000 sends the whole number (bench/hostile); CI sends some hundred."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.api.openapi import BODIES, FORMS, QUERIES, bare
from console.web.routes import ROUTES
from tests.security.house import USERS, Target, house, size
from tests.security.nasty import HEADERS, NASTY, RAW, TYPES

texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.sampled_from([2**63, -(2**63) - 1, 10**400]), st.floats(), texts
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)

headers = st.dictionaries(st.sampled_from(sorted(HEADERS)), st.integers(0, 99), max_size=3).map(
    lambda chosen: {name: HEADERS[name][at % len(HEADERS[name])] for name, at in chosen.items()}
)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One console for all of them: what a request leaves behind, the next one meets."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


REAL = {"assignment": ["1", "2", "3"], "call": ["c1", "c-damkar"], "number": ["T-20261122-0001", "T-20261122-0002"]}


def filled(path: str, data: st.DataObject) -> str:
    """The path with something in each of its parts."""
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        pool = {"assignment": ["1", "2", "3"], "task": ["1"], "call": ["c1", "c-damkar"], "attempt": ["1"]}.get(
            name, []
        )
        path = (
            before
            + quote(data.draw(st.one_of(st.sampled_from(pool or ["1"]), texts)), safe="", errors="replace")
            + after
        )
    return path


def shaped(name: str, data: st.DataObject) -> tuple[bytes, str]:
    """A body of the right fields with wrong things in them, or anything at all; and what it says to be."""
    way = data.draw(st.integers(0, 9))
    if name in BODIES and way < 6:
        known = BODIES[name]["properties"]
        fields = {field: data.draw(_value(schema)) for field, schema in known.items() if data.draw(st.integers(0, 4))}
        return _json(fields), "application/json"
    if name in FORMS and way < 6:
        pairs = [(field, data.draw(texts)) for field in FORMS[name]["properties"] if data.draw(st.integers(0, 4))]
        return "&".join(f"{field}={quote(text, errors='replace')}" for field, text in pairs).encode(), TYPES[10]
    kind = data.draw(st.sampled_from(TYPES))
    if way < 8:
        return _json(data.draw(values)), kind
    return data.draw(st.one_of(st.sampled_from(RAW), st.binary(max_size=200))), kind


def _value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A right word, or anything."""
    right: list[Any] = schema.get("enum", []) or (
        [["pln"], ["damkar", "pln"], []] if schema.get("type") == "array" else []
    )
    inner = schema.get("properties")
    if inner:
        return st.one_of(st.fixed_dictionaries({}, optional={name: _value(one) for name, one in inner.items()}), values)
    return st.one_of(st.sampled_from(right), values) if right else values


def _json(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "replace")


ROUTED = [(route.method, bare(route.path)) for route in ROUTES]
ANY = [
    *ROUTED,
    ("GET", "/static/x/js/shared/shell.js"),
    ("GET", "/.env"),
    ("GET", "/api"),
    ("GET", "/api/users"),
    ("DELETE", "/"),
]


@given(data=st.data())
@settings(max_examples=size(700, 0.55), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@pytest.mark.long
def test_whatever_is_asked_is_answered_in_order(target: Target, data: st.DataObject) -> None:
    """No 5xx, no complaint in the log, our headers on each answer, and no secret to whoever has no right to it."""
    method, path = data.draw(st.sampled_from(ANY))
    if data.draw(st.integers(0, 19)) == 0:
        method = data.draw(
            st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
        )
    user = data.draw(st.sampled_from(USERS))
    sent = data.draw(headers)
    body, kind = shaped(f"{method} {path}", data) if method not in ("GET", "HEAD") else (b"", "")
    if kind:
        sent["Content-Type"] = kind
    queries = {**QUERIES.get(f"{method} {path}", {}), "x": {}}
    asked = [(name, data.draw(texts)) for name in queries if data.draw(st.integers(0, 2))]
    query = "&".join(f"{name}={quote(text, safe='', errors='replace')}" for name, text in asked)
    target.sent["requests"] += 1
    target.ask(user, method, filled(path, data) + (f"?{query}" if query else ""), body, sent)


LOGIN = {"Content-Type": TYPES[10]}


def test_a_thousand_guesses_open_nothing(target: Target) -> None:
    """Names and passwords by the list: no session, no difference between who exists and who does not."""
    seen = set()
    for at in range(size(60, 0.02)):
        form = f"nama={['siti', 'admin', 'hantu'][at % 3]}&sandi=tebak{at}".encode()
        target.sent["guesses"] += 1
        answer = target.ask(None, "POST", "/masuk", form, LOGIN | {"Accept": "application/json"})
        assert "set-cookie" not in answer.headers
        seen.add((answer.status, json.loads(answer.body)["error"].split(";")[0]))
    assert seen == {(401, "nama atau kata sandi salah"), (429, "terlalu banyak percobaan")}


def test_forged_sessions_open_nothing(target: Target) -> None:
    """Tokens made up, cut, changed: 401 each."""
    real = target.cookie("admin").partition("=")[2]
    for at in range(size(60, 0.02)):
        place = at % len(real)
        longer = real[:place] + chr(33 + at % 90) + real[place:]
        forged = (real[:place], longer, real[::-1], real + real, "A" * 43)[at % 5]
        target.sent["sessions"] += 1
        answer = target.ask(None, "GET", "/api/numbers", headers={"Cookie": f"tanggap={forged}"})
        assert answer.status == 401


def test_the_secrets_are_there_for_who_may_see_them(target: Target, tmp_path: Path) -> None:
    """The watch is awake: Damkar and the staff do get what strangers must not."""
    with house(tmp_path) as fresh:
        assert b"RAHASIA-DAMKAR" in fresh.ask("siti", "GET", f"/api/tickets/{fresh.tickets[0]}").body
        assert b"RAHASIA-DAMKAR" in fresh.ask("pusat", "GET", "/rekaman/c1").body
        assert fresh.ask("damkar", "GET", f"/media/{fresh.photo}").status == 200
        assert fresh.ask("pln", "GET", f"/media/{fresh.photo}").status == 404
        assert fresh.ask("pln", "GET", "/rekaman/c1").status == 403
