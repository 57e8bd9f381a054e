"""Guessing is slow for strangers; nobody can keep a user out of a browser in which that user has logged in before."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import make_mocked_request

from console.errors import TooMany
from console.web.addresses import client_address
from console.web.passwords import MOST_WAITING, PasswordCheck
from console.web.throttle import ADDRESS, MAX_KEYS, Attempt, Throttle, device_cookie, known_device, new_device
from tests.console.desk112 import PASSWORD, RunningConsole

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FORM = {"nama": "siti", "sandi": PASSWORD}


def fail(throttle: Throttle, attempt: Attempt, times: int, now: datetime = NOW) -> None:
    """So many wrong passwords."""
    for _ in range(times):
        throttle.failed(attempt, now)


def test_an_address_that_tries_many_users_has_to_wait() -> None:
    """One password for everybody: after forty failures from one address, whichever names it tries."""
    throttle = Throttle()
    for number in range(ADDRESS.failures):
        throttle.failed(Attempt(f"op{number}", "10.0.0.9"), NOW)
    assert throttle.wait_s(Attempt("lain", "10.0.0.9"), NOW) == 600
    assert throttle.wait_s(Attempt("lain", "10.0.0.8"), NOW) == 0
    assert throttle.wait_s(Attempt("lain", "10.0.0.9"), NOW + timedelta(minutes=10)) == 0


def test_a_user_under_attack_from_many_addresses() -> None:
    """Each address has one try; who has not failed yet is let in, and so is the known browser."""
    throttle = Throttle()
    for number in range(50):
        throttle.failed(Attempt("op1", f"10.0.1.{number}"), NOW)
    assert throttle.wait_s(Attempt("op1", "10.0.1.7"), NOW) == 600
    assert throttle.wait_s(Attempt("op1", "10.0.2.1"), NOW) == 0
    assert throttle.wait_s(Attempt("op1", "10.0.1.7", "b1"), NOW) == 0


def test_a_known_browser_is_braked_by_its_own_failures_alone() -> None:
    """Five in a minute there, whatever others do at the same address."""
    throttle = Throttle()
    fail(throttle, Attempt("op1", "10.0.0.9"), 200)
    known = Attempt("op1", "10.0.0.9", "b1")
    assert throttle.wait_s(known, NOW) == 0
    fail(throttle, known, 5)
    assert throttle.wait_s(known, NOW) == 60
    assert throttle.wait_s(known, NOW + timedelta(seconds=60)) == 0


def test_nothing_lasts_and_nothing_grows_for_ever() -> None:
    """After ten minutes nobody waits for anything; a clock that is set back forgets; names are bounded."""
    throttle = Throttle()
    fail(throttle, Attempt("op1", "10.0.0.9"), 1000)
    assert throttle.wait_s(Attempt("op1", "10.0.0.9"), NOW - timedelta(hours=1)) == 0
    fail(throttle, Attempt("op1", "10.0.0.9"), 1000)
    assert throttle.wait_s(Attempt("op1", "10.0.0.9"), NOW + timedelta(minutes=10)) == 0
    for number in range(MAX_KEYS):
        throttle.failed(Attempt(f"x{number}", "10.0.0.9"), NOW)
    assert len(throttle._failures) == MAX_KEYS


def test_a_browser_is_known_by_our_signature_and_for_one_user() -> None:
    """Another user, another key, a changed name: a stranger's."""
    value = new_device("kunci", "siti")
    assert known_device("kunci", "siti", value) == value.split(".")[0]
    for key, user, shown in (
        ("kunci", "budi", value),
        ("lain", "siti", value),
        ("kunci", "siti", "x" + value),
        ("kunci", "siti", ""),
        ("", "siti", value),
        ("kunci", "siti", "🔥.\udcff"),
    ):
        assert known_device(key, user, shown) is None
    assert new_device("", "siti") == ""


async def test_an_attacker_cannot_keep_an_operator_out(desk: RunningConsole) -> None:
    """Whoever sits behind the same address and guesses for an hour: the operator's own browser gets in at once."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as own:
        async with own.post(desk.url("/masuk"), data=FORM, allow_redirects=False) as answer:
            assert answer.status == 303
            cookie = answer.cookies[device_cookie("siti")]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/masuk")
        for _ in range(8):
            await desk.ask(None, "POST", "/masuk", data={**FORM, "sandi": "tebak"})
        assert (await desk.ask(None, "POST", "/masuk", data=FORM))[0] == 429
        own.cookie_jar.clear(lambda morsel: morsel.key == "tanggap")
        async with own.post(desk.url("/masuk"), data=FORM, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/operator")


async def test_guesses_stand_in_the_journal(desk: RunningConsole) -> None:
    """Once for each time that somebody has to wait, with the address; names that do not exist leave nothing."""
    for name in ("siti", "hantu"):
        for _ in range(7):
            await desk.ask(None, "POST", "/masuk", data={"nama": name, "sandi": "tebak"})
    rows = await desk.store.read(lambda store: store.journal.after(0))
    events = [row["data"] for row in rows if row["kind"] == "user.login_failed"]
    assert events == [{"user": "siti", "address": "127.0.0.1"}]


async def test_a_flood_of_guesses_waits_by_itself() -> None:
    """Strangers have one place and a short queue; a known browser has its own."""
    check = PasswordCheck()
    check._waiting[False] = MOST_WAITING
    with pytest.raises(TooMany):
        await check(None, "x", known=False)
    assert await check(None, "x", known=True) is False


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("10.0.0.9", None, (), "10.0.0.9"),
        ("10.0.0.9", "1.2.3.4", (), "10.0.0.9"),
        ("127.0.0.1", "1.2.3.4", ("127.0.0.1",), "1.2.3.4"),
        ("127.0.0.1", "6.6.6.6, 1.2.3.4", ("127.0.0.1",), "1.2.3.4"),
        ("127.0.0.1", "1.2.3.4, 10.0.0.2", ("127.0.0.1", "10.0.0.2"), "1.2.3.4"),
        ("127.0.0.1", "bukan alamat", ("127.0.0.1",), "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, (), "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.9", None, (), "10.0.0.9"),
    ],
)
def test_the_address_that_counts(remote: str, forwarded: str | None, proxies: tuple[str, ...], address: str) -> None:
    """Only our own proxies are believed, and of what they say only the last stranger."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    assert client_address(request, proxies) == address
