"""Steps of the schema: in order, never edited after they landed, and applied to stores of any earlier release."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from tickets.store import Store
from tickets.store.migrations import migrations

# Hash of each step that landed. A new step gets its line here, and no line ever changes. (0025 changed once, before it
# was in any release: it held the lock of the line for a minute in a store of years.)
LANDED = {
    "0001-first": "7e37f7cf45b34140",
    "0002-push-failures": "2c58d606fc4d17b2",
    "0003-verdicts": "359604d80ef7ea15",
    "0004-listeners": "6bb7ee659497a538",
    "0005-callback-tries": "f54fa4912fc427c4",
    "0006-spills": "8cb6cd5a8f920a9c",
    "0007-holds-sessions-links": "a4becb23d69f752e",
    "0009-ladders-absences": "5ad0874ed1a5ca9d",
    "0010-merges": "bbc60f53d89e8c84",
    "0011-link-devices": "0bf7cc7320b15976",
    "0012-agency-app": "167fe1f36c1ba89e",
    "0013-complaints": "0d59923d0160ce85",
    "0014-wadul-outbox": "81ac8e5a8e0dc549",
    "0015-test-pushes": "a81a57a7d904a4d7",
    "0016-webpush": "d18b246959f35295",
    "0017-open-only-indexes": "4fc6621e67d55633",
    "0018-pages": "136184907e7626c9",
    "0019-journal-kinds": "576b5aee13970d9a",
    "0020-unsent": "c9267967e5acd55e",
    "0021-amendments": "fab5f0e5149611e5",
    "0022-field-edits": "1d1a4549e88fe1de",
    "0023-undone-steps": "e119443543e7330a",
    "0024-above": "e797dfd4399bb587",
    "0025-search": "17c314984a32e18d",
    "0027-identity": "09c52448dc098265",
    "0028-refused-calls": "d76cb6d2d056a39a",
    "0029-handovers": "f639606864fc518a",
    "0030-unsent-channels": "c27dbebbe6769461",
    "0031-search-facts": "3f74b4118efe03f8",
    "0032-nudges": "4d3a87b4c720e13a",
    "0035-trunk-troubles": "90469d322e2d2838",
    "0036-positions": "5ea83ea4a701f49f",
    "0037-words-in-order": "d26d36bb3f187cd8",
}
# as they stood in the file of 0.1.0, and so were applied
OF_0_1_0 = (1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 12, 10, 15, 16)


class Script:
    """Takes the statements of a step in place of a database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: str) -> None:
        """Keep it, without its layout."""
        self.statements.append(" ".join(statement.split()))


def digest(step: Migrations._Migration) -> str:
    """The statements of a step as a hash of sixteen letters."""
    script = Script()
    step.fn(script)  # type: ignore[arg-type]
    return hashlib.sha256("; ".join(script.statements).encode()).hexdigest()[:16]


def number(name: str) -> int:
    return int(name.split("-")[0])


def test_what_landed_is_as_it_was() -> None:
    """Stores have these steps behind them: an edit would reach none of those, and make new ones different."""
    assert {step.name: digest(step) for step in migrations._migrations} == LANDED


def test_steps_stand_in_order() -> None:
    """By their numbers, each once; some were never given."""
    numbers = [number(step.name) for step in migrations._migrations]
    assert numbers == sorted(set(numbers))


def test_a_store_of_0_1_0_gets_the_new_steps(tmp_path: Path) -> None:
    """One that was made in the order of that release, with a user in it: the schema of a new one, and the user."""
    steps = {number(step.name): step for step in migrations._migrations}
    former = Migrations(migrations.name)
    former._migrations = [steps[n] for n in OF_0_1_0]
    database = Database(tmp_path / "old.db")
    former.apply(database)
    database["users"].insert({"name": "sari", "display": "Sari", "role": "operator", "password_hash": "x",
                              "created_at": "x"})  # fmt: skip
    database.close()
    old, new = Store(tmp_path / "old.db"), Store(tmp_path / "new.db")
    assert schema(old) == schema(new)
    assert [row["name"] for row in old.people.users()] == ["sari"]
    old.close()
    new.close()


def schema(store: Store) -> dict[str, str]:
    rows = store.connection.all("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '%migrations%'")
    return {row["name"]: row["sql"] for row in rows}
