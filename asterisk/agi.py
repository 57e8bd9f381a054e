"""FastAGI: a small server of our own (panoramisk's spins for ever on one connection without headers).

Protocol: https://docs.asterisk.org, «Asterisk Gateway Interface (AGI)».
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

import structlog

from asterisk.errors import AgiError, CallerGone, PortInUse
from asterisk.ports import sentence

HEADERS_S = 3.0
COMMAND_S = 3.0
_MOST_HEADERS = 200
_LONGEST_LINE = 8192
_REPLY = re.compile(r"(\d{3})[ -](?:result=(-?[^ ]*))? ?(.*)")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """Asterisk's reply to a command: `result` is a number or the ASCII code of a key, `data` the text behind it."""

    code: int
    result: str
    data: str

    @property
    def key(self) -> str:
        """The key that was pressed; empty for none."""
        return chr(int(self.result)) if self.result.isdigit() and int(self.result) > 0 else ""


class AgiCall:
    """One call in an AGI() application. CallerGone: the caller hung up; AgiError: Asterisk is too slow."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, env: dict[str, str]) -> None:
        self._reader = reader
        self._writer = writer
        self.env = env

    async def answer(self) -> None:
        """Answer the call; nothing when it is answered already."""
        await self._do("ANSWER")

    async def stream_file(self, name: str, escape_digits: str = "") -> str:
        """Play a file (path without extension) and return the key that ended it, if any."""
        return (await self._do(f"STREAM FILE {quote(name)} {quote(escape_digits)}", 60.0)).key

    async def wait_for_digit(self, limit_ms: int) -> str:
        """Wait for the next key; empty after `limit_ms`."""
        return (await self._do(f"WAIT FOR DIGIT {limit_ms}", limit_ms / 1000 + COMMAND_S)).key

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable or a function such as TIMEOUT(absolute)."""
        await self._do(f"SET VARIABLE {quote(name)} {quote(value)}")

    async def get_variable(self, name: str) -> str:
        """The value of a channel variable; empty when it is not set."""
        return (await self._do(f"GET VARIABLE {quote(name)}")).data.removeprefix("(").removesuffix(")")

    async def record_file(self, name: str, longest_s: float, silence_s: int, escape_digits: str = "#") -> str:
        """Record to `name`.wav until a key, silence, or the limit; returns the key, if any."""
        command = f"RECORD FILE {quote(name)} wav {quote(escape_digits)} {round(longest_s * 1000)} s={silence_s}"
        return (await self._do(command, longest_s + 10)).key

    async def refuse(self, status: int) -> None:
        """Refuse a call that was not answered with a status of SIP."""
        await self._do(f"EXEC PJSIPHangup {status}")

    async def hangup(self) -> None:
        """Hang up the call."""
        await self._do("HANGUP")

    async def _do(self, command: str, limit_s: float = COMMAND_S) -> Reply:
        verb = " ".join(command.split()[:2])
        try:
            async with asyncio.timeout(limit_s):
                self._writer.write(command.encode() + b"\n")
                await self._writer.drain()
                reply = await self._reply()
        except TimeoutError:
            raise AgiError(f"AGI {verb}: tidak dijawab dalam {limit_s:g} detik") from None
        except OSError as error:
            raise CallerGone(f"AGI {verb}: sambungan terputus") from error
        if reply.code == 511 or (reply.result == "-1" and verb.split()[0] not in ("HANGUP", "EXEC")):
            raise CallerGone(f"AGI {verb}: penelepon sudah menutup telepon")
        if reply.code != 200:
            raise AgiError(f"AGI {verb}: {reply.code} {reply.data}")
        return reply

    async def _reply(self) -> Reply:
        while True:
            line = await _line(self._reader)
            if line is None:
                raise CallerGone("AGI: sambungan terputus")
            if line == "HANGUP":
                raise CallerGone("AGI: penelepon sudah menutup telepon")
            if line.startswith("520-"):
                line = await self._end_of_usage() or line
            if matched := _REPLY.fullmatch(line):
                return Reply(int(matched[1]), matched[2] or "", matched[3])
            if line:
                raise AgiError(f"AGI: jawaban tidak dikenal: {line[:80]!r}")

    async def _end_of_usage(self) -> str | None:
        while (line := await _line(self._reader)) is not None and not line.startswith("520 "):
            pass
        return line


class AgiServer:
    """Listens for AGI(agi://…) and runs `handler` once per call; a bad connection ends alone."""

    def __init__(self, host: str, port: int, handler: Callable[[AgiCall], Awaitable[None]]) -> None:
        self._host = host
        self._port = port
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; PortInUse when another program has the port."""
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port, limit=_LONGEST_LINE)
        except OSError as error:
            raise PortInUse(sentence(error, "tcp", self._host, self._port, "asterisk.agi_port")) from error

    async def close(self) -> None:
        """Stop listening and end the calls in hand; Asterisk takes them on by itself."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            if env := await read_env(reader):
                await self._handler(AgiCall(reader, writer, env))
        except CallerGone as error:
            log.info("agi.caller_gone", why=str(error))
        except AgiError as error:
            log.warning("agi.failed", error=str(error))
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("agi.handler_failed")
        finally:
            self._running.discard(task)
            writer.close()


async def read_env(reader: asyncio.StreamReader, limit_s: float = HEADERS_S) -> dict[str, str]:
    """Read the `agi_…` lines that open a connection; empty where they are not Asterisk's."""
    env: dict[str, str] = {}
    try:
        async with asyncio.timeout(limit_s):
            while (line := await _line(reader)) and len(env) < _MOST_HEADERS:
                name, separator, value = line.partition(": ")
                if not separator and not line.endswith(":"):
                    return {}
                env[name.rstrip(":")] = value
    except (TimeoutError, AgiError, OSError):
        return {}
    return env if "agi_uniqueid" in env and line == "" else {}


def quote(value: str) -> str:
    """Quote one AGI argument; AgiError for a line break, which would begin another command."""
    if "\n" in value or "\r" in value or "\0" in value:
        raise AgiError("AGI: nilai berisi baris baru")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def _line(reader: asyncio.StreamReader) -> str | None:
    """The next line without its end; None at the end of the stream."""
    try:
        line = await reader.readline()
    except ValueError:
        raise AgiError(f"AGI: baris lebih panjang dari {_LONGEST_LINE} bita") from None
    if not line.endswith(b"\n"):
        return None
    return line.decode(errors="replace").rstrip("\r\n")
