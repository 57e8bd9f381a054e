"""The pages' sentences for the journal: every kind that the code writes about a ticket has one, and no other has."""

import re
from pathlib import Path

from console.web.app import STATIC

ROOT = STATIC.parent.parent
# note("call.held"), Note("call.failsafe", journal.append(now, "ticket.closed", and «kind = "ticket.done" if …»
WRITTEN = re.compile(r"""(?:\bnote\(|\bNote\(|\.append\(\s*\w+,|\bkind(?:, more)? = )([^\n]*)""")
NOUNS = "call|operator|callback|ticket|assignment|push|failsafe|request|recording|complaint|link"
KIND = re.compile(rf'"((?:{NOUNS})\.[a-z_]+)"')
BY_NAME = {"failsafe.key", "failsafe.queue", "failsafe.message"}  # put together: f"failsafe.{kind}"
NOT_OF_A_TICKET = {"request.presence"}
OF_MANY = {"recording.expired"}  # one row for many tickets: no ticket's


def written() -> set[str]:
    """The kinds that the packages write, as their code says."""
    kinds = set(BY_NAME)
    for package in ("ivr", "line", "processes", "operations", "tanggap", "tickets", "console"):
        for path in Path(ROOT, package).rglob("*.py"):
            for line in WRITTEN.findall(path.read_text()):
                kinds |= set(KIND.findall(line))
    return kinds


def told() -> set[str]:
    """The kinds that the page has a sentence for, or passes over on purpose."""
    return set(KIND.findall((STATIC / "js" / "story" / "story.js").read_text()))


def test_every_kind_has_its_sentence() -> None:
    """A new kind must not show up on the ticket page as a bare word."""
    kinds = written()
    assert {"call.talking", "operator.missed", "callback.opened", "ticket.reopened", "push.failed"} <= kinds
    assert (kinds - told() - OF_MANY, told() - kinds - NOT_OF_A_TICKET) == (set(), set())
