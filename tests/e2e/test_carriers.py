"""Calls of carriers into the whole line: who calls, what was dialled, and one call of one INVITE."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.asterisk.callers.carrier import Carrier
from tests.e2e.line import YEAR_2001, LineUnderTest
from tickets.model import Row

WITHHELD = '"Anonymous" <sip:anonymous@anonymous.invalid>'
MOBILE = "+6281234567890"
# one header row with two addresses, as an IMS core sends it
ONE_ROW = (
    "<sip:+6281234567890@ims.contoh>, <tel:+6281234567890>",
    "<tel:+6281234567890>, <sip:+6281234567890@ims.contoh>",
    '"Budi, Siti" <sip:+6281234567890@ims.contoh;user=phone>, "Budi" <tel:+6281234567890>',
    "<sip:+6281234567890@ims.contoh>,<tel:+6281234567890>",
)


@pytest.fixture
def carrier(line: LineUnderTest) -> Iterator[Carrier]:
    """The carrier of the trunk of this computer."""
    with Carrier("127.0.0.1", ("127.0.0.1", line.house.instance.site.asterisk.sip_port)) as made:
        yield made


async def calls(line: LineUnderTest, count: int) -> list[Row]:
    """The newest calls, newest first, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            await line.arrived()
            rows: list[Row] = await line.store.read(lambda store: store.calls.since(YEAR_2001, 1000))
            if len(rows) >= count:
                return rows
            await asyncio.sleep(0.05)


async def count(line: LineUnderTest) -> int:
    """Number of calls so far."""
    return len(await calls(line, 0))


async def dial(carrier: Carrier, line: LineUnderTest, user: str = "112", **others: object) -> int:
    """Call; the final status."""
    target = f"sip:{user}@{line.house.server}"
    return (await asyncio.to_thread(lambda: carrier.invite(target, **others))).status


@pytest.mark.parametrize("row", ONE_ROW)
@pytest.mark.parametrize("caller", [WITHHELD, "<sip:081999999999@carrier>"], ids=["withheld", "spoofed"])
async def test_the_network_says_who_calls_in_one_row(
    line: LineUnderTest, carrier: Carrier, row: str, caller: str
) -> None:
    """Sip and tel in one row, in any order, named or not: the asserted number counts, whatever From says."""
    before = await count(line)
    rows = [f"P-Asserted-Identity: {row}", "Privacy: id", "Diversion: <sip:110@ims.contoh>;reason=unconditional"]
    assert await dial(carrier, line, caller=caller, rows=rows) == 200
    call = (await calls(line, before + 1))[0]
    assert (call["number"], call["callable"], call["anonymous"]) == (MOBILE, True, False)
    assert call["caller"]["passed_on"] == ["110"]
    assert call["headers"]["privacy"] == ["id"]


async def test_two_rows_and_older_forms(line: LineUnderTest, carrier: Carrier) -> None:
    """Two rows equal one with a comma; Remote-Party-ID and History-Info are read, too."""
    before = await count(line)
    two = ["P-Asserted-Identity: <sip:budi@ims.contoh>", "P-Asserted-Identity: <tel:+6281234567890>"]
    old = [
        'Remote-Party-ID: "B" <sip:081234567890@x>;party=calling;privacy=full',
        "History-Info: <sip:119@x>;index=1, <sip:112@x>;index=1.1",
    ]
    assert await dial(carrier, line, caller=WITHHELD, rows=two) == 200
    assert await dial(carrier, line, caller=WITHHELD, rows=old) == 200
    newest, earlier = (await calls(line, before + 2))[:2]
    assert (newest["number"], earlier["number"]) == (MOBILE, MOBILE)
    assert newest["caller"]["passed_on"] == ["119"]


# Asterisk itself reads no number out of two addresses in one row
BOTH = "<sip:budi@ims.contoh>, <tel:+6281234567890>"


@pytest.mark.parametrize(
    "rows",
    [
        [f"p-asserted-identity: {BOTH}", "privacy: id", "diversion: <sip:110@ims.contoh>"],
        [f"P-ASSERTED-IDENTITY: {BOTH}", "DIVERSION: <sip:110@ims.contoh>"],
        [f"X-Carrier-{n:03}-{'x' * 20}: y" for n in range(150)]
        + [f"P-Asserted-Identity: {BOTH}", "Diversion: <sip:110@ims.contoh>"],
    ],
    ids=["lower case", "upper case", "behind many others"],
)
async def test_headers_are_read_however_they_are_written(
    line: LineUnderTest, carrier: Carrier, rows: list[str]
) -> None:
    """Names of headers know no case (RFC 3261 7.3.1), and no number of others hides them."""
    before = await count(line)
    assert await dial(carrier, line, caller=WITHHELD, rows=rows) == 200
    call = (await calls(line, before + 1))[0]
    assert (call["number"], call["caller"]["passed_on"]) == (MOBILE, ["110"])


async def test_what_was_dialled_is_kept(line: LineUnderTest, carrier: Carrier) -> None:
    """Any form is a call with its ticket; letters that could mean something to the dialplan are not kept."""
    for user, kept in (("+62112", "+62112"), ("999", "999"), ("1,1$2", "112")):
        before = await count(line)
        assert await dial(carrier, line, user) == 200
        call = (await calls(line, before + 1))[0]
        assert (call["dialled"], bool(call["ticket"])) == (kept, True)


@pytest.mark.parametrize("gap_s", [0.0, 0.05, 1.0])
async def test_one_invite_over_two_ways_is_one_call(line: LineUnderTest, carrier: Carrier, gap_s: float) -> None:
    """The copy is refused (482), at once or later: one call, one ticket."""
    before = await count(line)
    target, call_id = f"sip:112@{line.house.server}", f"copy-{gap_s}"
    carrier.send(target, call_id=call_id, branch=f"one{gap_s}")
    await asyncio.sleep(gap_s)
    carrier.send(target, call_id=call_id, branch=f"two{gap_s}")
    statuses: set[int] = set()
    for _ in range(6):  # a 200 comes again until it is acknowledged
        statuses.add((await asyncio.to_thread(carrier.answer)).status)
        if len(statuses) == 2:
            break
    assert statuses == {200, 482}
    assert await count(line) == before + 1


async def test_another_invite_of_the_same_caller_is_another_call(line: LineUnderTest, carrier: Carrier) -> None:
    """Only copies share Call-ID, CSeq and From tag."""
    before = await count(line)
    for call_id in ("first", "second"):
        assert await dial(carrier, line, call_id=call_id) == 200
    assert len(await calls(line, before + 2)) == before + 2


async def test_the_same_telephone_without_sim_is_known_again(line: LineUnderTest, carrier: Carrier) -> None:
    """Its calls have no number, cannot be called back, and find each other."""
    before = await count(line)
    for number in ("013456789012345", "013456789012340"):
        assert await dial(carrier, line, caller=f"<sip:{number}@carrier>") == 200
    newest, earlier = (await calls(line, before + 2))[:2]
    assert (newest["number"], newest["callable"], newest["caller"]["kind"]) == (None, False, "simless")
    device = (await line.store.read(lambda store: store.calls.get(newest["id"])))["device"]
    known = await line.store.read(lambda store: store.calls.of_device(device, but=newest["id"]))
    assert [row["call"] for row in known] == [earlier["id"]]
