"""The passwords of our own programs are changed while people talk."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from instance import secrets_file
from operations.phone_system import take_passwords
from tests.e2e.line import LineUnderTest

pytestmark = pytest.mark.real
KEYS = ("ari_password", "ami_password")


async def asked(line: LineUnderTest, password: str) -> int:
    """Asterisk's answer to a request with this password."""
    url = f"http://127.0.0.1:{line.house.instance.site.asterisk.http_port}/ari/bridges"
    headers = {"Authorization": aiohttp.encode_basic_auth("tanggap", password)}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
        return answer.status


async def test_passwords_are_rotated_without_cutting_a_call(line: LineUnderTest) -> None:
    """The talk goes on and ends as usual, Asterisk knows the former passwords no more, the next call is answered."""
    operator = await line.operator("op1")
    talk = await line.dial()
    await talk.press("1")
    answered = await line.answer(operator, await operator.rings())
    await line.stage("talking")
    instance, before = line.house.instance, secrets_file.read(line.house.instance.home)
    fresh = await asyncio.to_thread(secrets_file.rotate, instance.home, KEYS)
    changed = await take_passwords(replace(instance, secrets=fresh), datetime.now(UTC))
    assert changed == ["ari.conf", "manager.conf"]
    assert before is not None and before.ari_password != fresh.ari_password
    assert await asked(line, before.ari_password) == 401 and await asked(line, fresh.ari_password) == 200
    assert await line.service.ari.bridges() != []
    assert await answered.hears(1300) and await talk.hears(880)
    await talk.hang_up()
    await line.stage("ended")
    await line.ask("request.wrap_up_done", operator="op1", call=(await line.call())["id"])
    await line.until(lambda: "op1" in line.service.floor.ready(), 8)
    again = await line.dial("081234567891")
    await again.press("1")
    await line.answer(operator, await operator.rings())
    await line.stage("talking")
