"""The least that an ARI application can be: aiohttp, no store, no checks; answer, ask, ring an operator, connect.

python -m bench.answering.bare_app HTTP_PORT OPERATORS PROMPTS_FOLDER RECORD(0|1)     (ARI password in $ARI_PASSWORD)
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

APP = "bench-bare"
EVENTS = ("StasisStart", "StasisEnd", "ChannelHangupRequest", "ChannelDestroyed", "ChannelDtmfReceived")


class Bare:
    """Callers by channel id; a leg's id is `leg-` and its caller's."""

    def __init__(self, session: aiohttp.ClientSession, base: str, operators: int, prompts: str, record: bool) -> None:
        self._session = session
        self._base = base
        self._operators = operators
        self._prompts = prompts
        self._record = record
        self._pressed: set[str] = set()
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._acts: dict[str, Callable[[dict[str, Any]], Coroutine[Any, Any, None]]] = {
            "StasisStart": self._started,
            "ChannelDtmfReceived": self._key,
            "StasisEnd": self._gone,
            "ChannelDestroyed": self._gone,
            "ChannelHangupRequest": self._gone,
        }

    async def run(self) -> None:
        """Serve events for ever."""
        url = f"{self._base}/events?app={APP}&subscribeAll=false"
        async with self._session.ws_connect(url, heartbeat=4) as socket:
            body = {"allowed": [{"type": name} for name in EVENTS]}
            async with self._session.put(f"{self._base}/applications/{APP}/eventFilter", json=body) as answer:
                answer.raise_for_status()
            print("ready", flush=True)
            async for message in socket:
                event = json.loads(message.data)
                if act := self._acts.get(event["type"]):
                    task = asyncio.get_running_loop().create_task(act(event))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def _do(self, method: str, path: str, body: object = None, **query: str) -> int:
        async with self._session.request(method, f"{self._base}/{path}", params=query, json=body) as answer:
            await answer.read()
            return answer.status

    async def _started(self, event: dict[str, Any]) -> None:
        channel = event["channel"]["id"]
        if channel.startswith("leg-"):
            await self._connect(channel.removeprefix("leg-"), channel)
            return
        await self._do("POST", f"channels/{channel}/answer")
        await self._do("POST", f"channels/{channel}/play/menu-{channel}", media=f"sound:{self._prompts}/menu-utama")

    async def _key(self, event: dict[str, Any]) -> None:
        channel, number = event["channel"]["id"], event["channel"]["caller"]["number"]
        if channel in self._pressed or channel.startswith("leg-"):
            return
        self._pressed.add(channel)
        self._turn = self._turn % self._operators + 1
        status = await self._do(
            "POST",
            f"channels/leg-{channel}",
            endpoint=f"PJSIP/op{self._turn}",
            app=APP,
            callerId=f'"112" <{number}>',
            originator=channel,
            timeout="15",
        )
        if status >= 400:
            await self._do("DELETE", f"channels/{channel}")
            return
        await self._do("DELETE", f"playbacks/menu-{channel}")
        await self._do("POST", f"channels/{channel}/play/wait-{channel}", media=f"sound:{self._prompts}/sambungkan")

    async def _connect(self, channel: str, leg: str) -> None:
        await self._do("DELETE", f"playbacks/wait-{channel}")
        await self._do("POST", f"bridges/br-{channel}", type="mixing")
        await self._do("POST", f"bridges/br-{channel}/addChannel", channel=f"{channel},{leg}")
        if self._record:
            await self._do("POST", f"bridges/br-{channel}/record", name=f"bare/{channel}", format="wav")

    async def _gone(self, event: dict[str, Any]) -> None:
        channel = event["channel"]["id"]
        if channel.startswith("leg-"):
            if event["type"] == "ChannelDestroyed" and (caller := channel.removeprefix("leg-")) in self._pressed:
                self._pressed.discard(caller)
                await self._do("DELETE", f"channels/{caller}")
        elif channel in self._pressed:
            self._pressed.discard(channel)
            await self._do("DELETE", f"channels/leg-{channel}")
            if self._record:
                await self._do("DELETE", f"bridges/br-{channel}")


async def _main(port: str, operators: str, prompts: str, record: str) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth("tanggap", os.environ["ARI_PASSWORD"])}
    connector = aiohttp.TCPConnector(keepalive_timeout=10, limit=0)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
        await Bare(session, f"http://127.0.0.1:{port}/ari", int(operators), prompts, record == "1").run()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
