"""Answers that are read from the store: their JSON is made in the thread that reads."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from console.console import Console
from console.live.bounding import to_json
from tickets.store import Store


async def read_json(console: Console, job: Callable[[Store], Any]) -> web.Response:
    """The result of a job, as JSON."""
    text = await console.store.read(lambda store: to_json(job(store)))
    return web.Response(text=text, content_type="application/json")
