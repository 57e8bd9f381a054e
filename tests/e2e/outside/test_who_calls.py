"""Numbers and names in every form that a trunk sends, hostile ones among them."""

import pytest

from tests.e2e.line import LineUnderTest
from tests.e2e.outside.ending import BARE, ended, listed
from tests.e2e.outside.outsider import Outsider

CRLF = "\r\n"


@pytest.mark.parametrize(
    ("caller", "headers", "number", "display", "anonymous"),
    [
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', (), None, "Tanpa nomor", True),
        ("<sip:127.0.0.1>", (), None, "Tanpa nomor", True),
        (
            '"Anonymous" <sip:anonymous@anonymous.invalid>',
            ("P-Asserted-Identity: <sip:+6281234567890@127.0.0.1>", "Privacy: id"),
            "+6281234567890",
            "0812-3456-7890",
            False,
        ),
        ("<tel:+6281234567890>", (), "+6281234567890", "0812-3456-7890", False),
        ("<sip:0291591234@127.0.0.1;user=phone>", (), "+62291591234", "(0291) 591234", False),
        ("<sip:+4930123456@127.0.0.1>", (), "+4930123456", "+49 30 123456", False),
        ("<sip:9110001234@127.0.0.1>", (), None, "Tanpa kartu SIM (9110001234)", True),
        ("<sip:110@127.0.0.1>", (), None, "110", False),
    ],
)
async def test_who_calls(
    line: LineUnderTest,
    outside: Outsider,
    caller: str,
    headers: tuple[str, ...],
    number: str | None,
    display: str,
    anonymous: bool,
) -> None:
    """The number in one form, whichever header and form it came in; none is a case of its own, never an error."""
    row = await ended(line, await outside.dial(caller=caller, headers=headers))
    assert (row["number"], row["display"], row["anonymous"]) == (number, display, anonymous)
    assert row["callable"] is (number is not None)


HOSTILE = {
    "quotes": r'"Bu \"Sari\" \\ <x>" <sip:081234567890@127.0.0.1>',
    "script": '"\\"><script>alert(1)</script>" <sip:081234567890@127.0.0.1>',
    "utf-8": '"Bú Sari 🔥 \u202e" <sip:081234567890@127.0.0.1>',
    "1 kB": f'"{"x" * 1000}" <sip:081234567890@127.0.0.1>',
    "4 kB": f'"{"y" * 4000}" <sip:081234567890@127.0.0.1>',
    "dialplan": '"${SHELL(touch /tmp/x)}$[1/0],|;&" <sip:081234567890@127.0.0.1>',
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_display_name_is_no_more_than_a_name(line: LineUnderTest, outside: Outsider, name: str) -> None:
    """Whatever the name holds, the number counts, the ticket is there, and an operator's phone rings for it."""
    operator = await line.operator("op1")
    call = await outside.dial(caller=HOSTILE[name])
    await call.info(BARE, "1")
    ringing = await operator.rings()
    assert ringing.headers == {"X-Ticket": (await line.call())["ticket"]}
    row = await ended(line, call)
    assert (row["number"], row["display"], row["outcome"]) == ("+6281234567890", "0812-3456-7890", "abandoned")


@pytest.mark.parametrize(
    "user",
    [
        "%22%3E%3Cscript%3E",
        "a%0d%0aX-Ticket:%20palsu",
        "%22%20%3Csip%3Aop1%40127.0.0.1%3E",
        "x" * 1000,
        "%00",
        "0812,3456,$%7BEXTEN%7D",
        "%f0%9f%94%a5",
    ],
)
async def test_a_hostile_number_is_shown_and_rings_an_operator(
    line: LineUnderTest, outside: Outsider, user: str
) -> None:
    """A number that is none: shown on one short line, never called back; the operator's phone rings all the same."""
    operator = await line.operator("op1")
    call = await outside.dial(caller=f"<sip:{user}@127.0.0.1>")
    await call.info(BARE, "1")
    ringing = await operator.rings()
    assert ringing.headers == {"X-Ticket": (await line.call())["ticket"]}
    row = await ended(line, call)
    assert (row["number"], row["callable"], row["outcome"]) == (None, False, "abandoned")
    assert len(row["display"]) <= 64 and row["display"].isprintable()


async def test_line_breaks_in_a_name_reach_nobody(line: LineUnderTest, outside: Outsider) -> None:
    """A name with raw line breaks is no SIP: dropped unanswered; the next call is served."""
    call = outside.call(caller=f'"Sari{CRLF}X-Ticket: T-20260101-0001{CRLF} " <sip:081234567890@127.0.0.1>')
    call.start()
    row = await ended(line, await outside.dial())
    assert [row["id"] for row in listed(line)] == [row["id"]]


async def test_nobody_calls_in_an_operators_name(line: LineUnderTest, outside: Outsider) -> None:
    """A caller who claims to be op1 is asked for op1's password."""
    assert await outside.call(caller="<sip:op1@127.0.0.1>").invite() == 401
    assert listed(line) == []
