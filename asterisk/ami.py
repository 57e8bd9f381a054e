"""AMI: dead-man timers, the fail-safe queue's members, and the phones' registration events.

Only this module knows panoramisk, which replays actions after a reconnect, waits without limit, checks no ping and
never stops reconnecting. So it serves one connection at a time here; limits, pings and reconnection are ours. Limits
use asyncio.timeout: wait_for of Python 3.11 swallows a cancellation that meets the end of its work (seen in `close`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import panoramisk
import structlog

from asterisk.errors import AmiError

Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
Event = Mapping[str, str]

QUEUE = "tanggap-ops"
RETRY_S = (0.2, 0.5, 1.0, 2.0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Phone:
    """A registered phone; `state` is Reachable, Unreachable, NonQualified or Unknown."""

    account: str
    uri: str
    state: str


@dataclass(frozen=True, slots=True)
class QueueMember:
    """An operator in the fail-safe queue."""

    account: str
    paused: bool


class _Link(panoramisk.Manager):  # type: ignore[misc]
    """One connection, without panoramisk's reconnecting, pinging and replaying; `lost` is set at its end."""

    pinger: asyncio.TimerHandle | None

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        super().__init__(
            loop=asyncio.get_running_loop(), host=host, port=port, username=user, secret=secret, encoding="utf8"
        )
        self.booted = asyncio.Event()
        self.lost = asyncio.Event()
        self.waiting: set[asyncio.Future[Any]] = set()

    def connection_made(self, f: asyncio.Future[Any]) -> None:
        if not f.cancelled() and f.exception() is None:
            super().connection_made(f)
            self._stop_pinger()

    def login(self, future: asyncio.Future[Any]) -> bool:
        if future.cancelled() or future.exception() is not None:
            return False
        authenticated = bool(super().login(future))
        self._stop_pinger()
        return authenticated

    def connection_lost(self, exc: object) -> None:
        self._stop_pinger()
        self.awaiting_actions.clear()
        self.lost.set()
        for future in self.waiting:
            if not future.done():
                future.set_exception(AmiError("AMI: sambungan ke Asterisk terputus"))

    async def send_awaiting_actions(self, *_: object) -> None:
        """Handle FullyBooted, which comes once after each login."""
        self.awaiting_actions.clear()
        self.booted.set()

    def _stop_pinger(self) -> None:
        if self.pinger is not None:
            self.pinger.cancel()
            self.pinger = None


class Ami:
    """A manager connection that restores itself. Actions raise AmiError and wait at most `action_limit_s`.

    An action is sent once or not at all: none is kept for a later connection. `secret` is asked anew for each login;
    the hook of `on_connect` runs after it."""

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str | Callable[[], str],
        spawn: Spawn,
        *,
        action_limit_s: float = 1.0,
        ping_every_s: float = 2.0,
        ping_limit_s: float = 4.0,
    ) -> None:
        self._login = (host, port, user)
        self._secret = secret if callable(secret) else lambda: secret
        self._spawn = spawn
        self._action_limit_s = action_limit_s
        self._ping_every_s = ping_every_s
        self._ping_limit_s = ping_limit_s
        self._link: _Link | None = None
        self._keeper: asyncio.Task[Any] | None = None
        self._up = asyncio.Event()
        self._handlers: dict[str, list[Callable[[Event], None]]] = {}
        self._on_connect: Callable[[], Awaitable[None]] | None = None
        self.last_error = ""

    @property
    def connected(self) -> bool:
        """True while the link is logged in and answered its last ping."""
        return self._up.is_set()

    def on_event(self, name: str, handler: Callable[[Event], None]) -> None:
        """Call `handler` for each event of this name (`ContactStatus`, `PeerStatus` …), in Asterisk's order."""
        self._handlers.setdefault(name.lower(), []).append(handler)

    def on_connect(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Run `hook` after each login. Events of the outage are lost, so the hook should ask for the state again."""
        self._on_connect = hook

    async def connect(self, wait_s: float = 5.0) -> None:
        """Keep a link from now on; AmiError when the first login takes too long (trying goes on)."""
        if self._keeper is None:
            self._keeper = self._spawn("ami", self._keep())
        try:
            async with asyncio.timeout(wait_s):
                await self._up.wait()
        except TimeoutError:
            raise AmiError(f"AMI: tidak tersambung dalam {wait_s:g} detik ({self.last_error or 'diam'})") from None

    async def close(self) -> None:
        """End the link for good."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def ping(self) -> None:
        """Return when Asterisk answered."""
        await self._send({"Action": "Ping"}, self._ping_limit_s)

    async def set_timeout(self, channel: str, seconds: float) -> None:
        """Wind the channel's dead-man timer; 0 stops it. Works while the channel plays (0.3 ms)."""
        value = f"{seconds:g}"
        await self._act({"Action": "Setvar", "Channel": channel, "Variable": "TIMEOUT(absolute)", "Value": value})

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a channel variable without waiting for the channel's playbacks."""
        await self._act({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})

    async def variable(self, channel: str, name: str) -> str:
        """Read a channel variable or function, empty where it has no value; AmiError where the channel is gone."""
        reply = await self._send({"Action": "Getvar", "Channel": channel, "Variable": name}, self._action_limit_s)
        if not reply.success:
            raise AmiError(f"AMI Getvar {name}: {reply.message}")
        return str(reply.value or "")

    async def queue_member(self, account: str, change: Literal["add", "remove", "pause", "resume"]) -> None:
        """Change an operator's place in the fail-safe queue; repeating a change is no error."""
        interface = {"Queue": QUEUE, "Interface": f"PJSIP/{account}"}
        if change == "add":
            action = {"Action": "QueueAdd", "MemberName": account, "Penalty": "0", "Paused": "false"}
            await self._act(action | interface, harmless="already there")
        elif change == "remove":
            await self._act({"Action": "QueueRemove"} | interface, harmless="not there")
        else:
            await self._act({"Action": "QueuePause", "Paused": "true" if change == "pause" else "false"} | interface)

    async def queue_members(self) -> list[QueueMember]:
        """The members of the fail-safe queue."""
        rows = await self._list({"Action": "QueueStatus", "Queue": QUEUE}, "QueueMember")
        return [QueueMember(row["Location"].removeprefix("PJSIP/"), row.get("Paused") == "1") for row in rows]

    async def sync_queue(self, wanted: Mapping[str, bool]) -> None:
        """Make the fail-safe queue hold exactly these operators (account -> paused)."""
        present = {member.account: member.paused for member in await self.queue_members()}
        for account in present.keys() - wanted.keys():
            await self.queue_member(account, "remove")
        for account, paused in wanted.items():
            if account not in present:
                await self.queue_member(account, "add")
            if present.get(account, False) != paused:
                await self.queue_member(account, "pause" if paused else "resume")

    async def phones(self) -> list[Phone]:
        """The phones that are registered now, without trunks."""
        rows = await self._list({"Action": "PJSIPShowContacts"}, "ContactList")
        phones = [Phone(row["Endpoint"], row["Uri"], row["Status"]) for row in rows if row.get("Endpoint")]
        return [phone for phone in phones if not phone.account.startswith("trunk-")]

    async def _act(self, action: dict[str, str], *, harmless: str = "") -> None:
        reply = await self._send(action, self._action_limit_s)
        if not reply.success and (not harmless or harmless not in str(reply.message).lower()):
            raise AmiError(f"AMI {action['Action']}: {reply.message}")

    async def _list(self, action: dict[str, str], event: str) -> list[dict[str, str]]:
        replies = await self._send(action, self._action_limit_s, as_list=None)
        if not isinstance(replies, Sequence):
            replies = [replies]
        if not replies[0].success and "no contacts" not in str(replies[0].message).lower():
            raise AmiError(f"AMI {action['Action']}: {replies[0].message}")
        return [_plain(reply) for reply in replies if reply.event == event]

    async def _send(self, action: dict[str, str], limit_s: float, *, as_list: bool | None = False) -> Any:
        link, name = self._link, action["Action"]
        if link is None or link.lost.is_set() or not link.authenticated:
            raise AmiError(f"AMI {name}: Asterisk tidak tersambung")
        if any("\r" in value or "\n" in value for value in action.values()):
            raise AmiError(f"AMI {name}: nilai berisi baris baru")
        return await _limited(link, name, link.send_action(action, as_list=as_list), limit_s)

    async def _keep(self) -> None:
        """Hold one link after another until cancelled."""
        failures = 0
        while True:
            try:
                await self._hold()
            except (AmiError, OSError) as error:
                failures = 0 if self.connected else failures + 1
                self._say_once(str(error))
            except Exception:
                failures += 1
                log.exception("ami.failed")
            finally:
                self._drop()
            await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])

    async def _hold(self) -> None:
        """Open a link, log in, and ping it until it is lost or does not answer."""
        link = self._link = _Link(*self._login, self._secret())
        link.register_event("*", self._dispatch)
        await self._log_in(link)
        self._up.set()
        self.last_error = ""
        log.info("ami.up")
        if self._on_connect is not None:
            await self._on_connect()
        while not await _waited(link.lost, self._ping_every_s):
            await self.ping()
        raise AmiError("AMI: sambungan ke Asterisk terputus")

    async def _log_in(self, link: _Link) -> None:
        try:
            async with asyncio.timeout(self._ping_limit_s):
                await link.connect()
        except TimeoutError:
            raise AmiError("AMI: Asterisk tidak menerima sambungan") from None
        if link.authenticated_future is None:
            raise AmiError("AMI: sambungan ke Asterisk terputus")
        reply = await _limited(link, "Login", link.authenticated_future, self._ping_limit_s)
        if not reply.success:
            raise AmiError(f"AMI: Asterisk menolak masuk ({reply.message})")
        if not await _waited(link.booted, self._ping_limit_s):
            raise AmiError("AMI: Asterisk belum siap")

    def _say_once(self, error: str) -> None:
        if error != self.last_error:
            log.warning("ami.down", error=error)
        self.last_error = error

    def _drop(self) -> None:
        self._up.clear()
        link, self._link = self._link, None
        if link is not None:
            link.connection_lost(None)
            link.close()
            if link.protocol is not None:
                link.protocol.transport.abort()

    def _dispatch(self, _: object, message: Any) -> None:
        handlers = self._handlers.get(str(message.event).lower(), ())
        event = _plain(message) if handlers else {}
        for handler in handlers:
            try:
                handler(event)
            except Exception:
                log.exception("ami.handler_failed", event_name=message.event)


async def _limited(link: _Link, name: str, future: asyncio.Future[Any], limit_s: float) -> Any:
    """Wait for the reply of an action; AmiError after `limit_s`, and then the action is forgotten."""
    link.waiting.add(future)
    try:
        async with asyncio.timeout(limit_s):
            return await asyncio.shield(future)
    except TimeoutError:
        raise AmiError(f"AMI {name}: tidak dijawab dalam {limit_s:g} detik") from None
    finally:
        link.waiting.discard(future)
        if not future.done():
            future.cancel()
            _forget(link, future)


def _forget(link: _Link, future: asyncio.Future[Any]) -> None:
    responses = link.protocol.responses
    for key in [key for key, action in responses.items() if action.future is future]:
        del responses[key]


def _plain(message: Any) -> dict[str, str]:
    return {str(key): value if isinstance(value, str) else str(value) for key, value in message.items()}


async def _waited(event: asyncio.Event, limit_s: float) -> bool:
    try:
        async with asyncio.timeout(limit_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
