"""ARI: REST through aioari, events over a socket of our own with heartbeat, order and reconnection.

aioari is unmaintained, so only this module knows it. Its event loop has no heartbeat and ends with the socket, and its
`auth=` is deprecated in aiohttp: both are replaced here. Source: https://docs.asterisk.org (Asterisk REST Interface).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aioari.client
import aiohttp
import structlog
from aiohttp import web_exceptions
from aioswagger11.http_client import AsynchronousHttpClient

from asterisk.errors import AriError

Event = dict[str, Any]
Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
HEARTBEAT_S = 4.0
RECONNECT_S = (0.1, 0.3, 1.0, 2.0)
# Asterisk closes idle keep-alive connections after 15 s; ours must go first.
KEEPALIVE_S = 10.0
# Over http.conf's sessionlimit (200, for all who ask) Asterisk closes connections unanswered: requests wait here.
MOST_CONNECTIONS = 50

log = structlog.get_logger(__name__)


class _HttpClient(AsynchronousHttpClient):  # type: ignore[misc]
    """aioari's HTTP client on a session of ours: header authentication, time limits, no deprecated arguments."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.authenticator = None
        self.websockets: set[Any] = set()


class Ari:
    """One ARI application `app`; every method raises AriError, and none waits longer than `timeout_s`.

    `password` is asked anew at each connection, and when Asterisk knows the former one no more.

    Events go to the function given to `on_event`, one after another in Asterisk's order; it must not block.
    """

    def __init__(
        self,
        base_url: str,
        app: str,
        user: str,
        password: str | Callable[[], str],
        spawn: Spawn,
        *,
        timeout_s: float = 3.0,
    ) -> None:
        self.app = app
        self._base = base_url.rstrip("/") + "/"
        self._user = user
        self._password = password if callable(password) else lambda: password
        self._timeout_s = timeout_s
        self._spawn = spawn
        self._session: aiohttp.ClientSession | None = None
        self._client: Any = None
        self._task: asyncio.Task[Any] | None = None
        self._connected = asyncio.Event()
        self._on_event: Callable[[Event], None] = lambda event: None
        self._on_connect: Callable[[], Awaitable[None]] | None = None
        self._allowed: tuple[str, ...] = ()

    # -- connection ---------------------------------------------------------------------------------------------------

    def on_event(self, handle: Callable[[Event], None], allowed: Sequence[str] = ()) -> None:
        """Hand each event to `handle`; `allowed` names the event types that Asterisk shall send (empty: all)."""
        self._on_event = handle
        self._allowed = tuple(allowed)

    def on_connect(self, resync: Callable[[], Awaitable[None]]) -> None:
        """Await `resync` after each (re)connection, before its first event: events of the outage are lost."""
        self._on_connect = resync

    @property
    def connected(self) -> bool:
        """True while the event socket is up."""
        return self._connected.is_set()

    async def connect(self) -> None:
        """Connect and stay connected; returns with the first connection."""
        connector = aiohttp.TCPConnector(keepalive_timeout=KEEPALIVE_S, limit=MOST_CONNECTIONS)
        timeout = aiohttp.ClientTimeout(total=self._timeout_s)
        self._session = aiohttp.ClientSession(headers=self._authorization(), connector=connector, timeout=timeout)
        self._task = self._spawn(f"ari-events-{self.app}", self._keep_connected())
        await self._connected.wait()

    async def close(self) -> None:
        """Leave the application; calls stay where they are."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _keep_connected(self) -> None:
        failures = 0
        while True:
            try:
                await self._serve_socket()
                failures = 0
            except (aiohttp.ClientError, TimeoutError, OSError, AriError) as error:
                log.warning("ari.disconnected", app=self.app, error=str(error) or type(error).__name__)
            except Exception:
                # an error of the resync itself: without this task no event would ever come again
                log.exception("ari.disconnected", app=self.app)
            finally:
                self._connected.clear()
            await asyncio.sleep(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)])
            failures += 1

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": aiohttp.encode_basic_auth(self._user, self._password())}

    def _authorise(self) -> bool:
        """Use the present password from now on; False when it is the one that was used already."""
        assert self._session is not None
        fresh = self._authorization()
        if self._session.headers.get("Authorization") == fresh["Authorization"]:
            return False
        self._session.headers.update(fresh)
        return True

    async def _serve_socket(self) -> None:
        assert self._session is not None
        self._authorise()
        if self._client is None:
            await self._load_api()
        url = f"{self._base}ari/events"
        params = {"app": self.app, "subscribeAll": "false"}  # never subscribeAll: a deadlock in Asterisk 22.10
        async with self._session.ws_connect(url, params=params, heartbeat=HEARTBEAT_S, max_msg_size=0) as socket:
            if self._allowed:
                await self._filter_events()
            if self._on_connect is not None:
                await self._on_connect()
            self._connected.set()
            log.info("ari.connected", app=self.app)
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._dispatch(message.data)
            log.warning("ari.socket_closed", app=self.app, code=socket.close_code, error=str(socket.exception() or ""))

    def _dispatch(self, text: str) -> None:
        try:
            self._on_event(json.loads(text))
        except Exception:
            # one event that we cannot handle must not end the socket of all calls
            log.exception("ari.event_failed", app=self.app, text=text[:500])

    async def _load_api(self) -> None:
        client = aioari.client.Client(self._base, _HttpClient(self._session))  # type: ignore[arg-type]
        await client.init()
        self._client = client

    async def _filter_events(self) -> None:
        body = {"allowed": [{"type": name} for name in self._allowed]}
        url = f"{self._base}ari/applications/{self.app}/eventFilter"
        assert self._session is not None
        async with self._session.put(url, json=body) as response:
            if response.status >= 400:
                raise AriError("eventFilter", response.status, await response.text())

    async def _run(self, resource: str, operation: str, **values: Any) -> Any:
        """One REST operation by its Swagger names; the decoded JSON body, or None."""
        if self._client is None or self._session is None or self._session.closed:
            raise AriError(operation, 0, "belum tersambung ke Asterisk")
        try:
            oper = getattr(self._client.swagger.resources[resource], operation)
            response = await oper(**{name: value for name, value in values.items() if value is not None})
            body = await response.read()
        except web_exceptions.HTTPException as error:
            if error.status == 401 and self._authorise():  # the password was changed meanwhile
                return await self._run(resource, operation, **values)
            raise AriError(operation, error.status, error.text or "") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AriError(operation, 0, str(error) or type(error).__name__) from error
        return json.loads(body) if body else None

    # -- channels -----------------------------------------------------------------------------------------------------

    async def answer(self, channel: str) -> None:
        """Answer a channel (200 OK)."""
        await self._run("channels", "answer", channelId=channel)

    async def hangup(self, channel: str, cause: int = 16) -> None:
        """End a channel with a Q.850 cause (26: answered elsewhere); no error where it is gone already."""
        try:
            await self._run("channels", "hangup", channelId=channel, reason_code=str(cause))
        except AriError as error:
            if error.status != 404:
                raise

    async def originate(
        self,
        channel: str,
        endpoint: str,
        *,
        app_args: str,
        caller_id: str,
        timeout_s: float,
        originator: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Ring `endpoint` (PJSIP/op1) under a channel id of ours; AriError 500 at once when it is not registered."""
        await self._run(
            "channels",
            "originateWithId",
            channelId=channel,
            endpoint=endpoint,
            app=self.app,
            appArgs=app_args,
            callerId=caller_id,
            timeout=max(1, round(timeout_s)),
            originator=originator,
            variables=dict(variables or {}),
        )

    async def started(self) -> str:
        """The start time of this Asterisk, as text; another text means another run, without the earlier calls."""
        info = await self._run("asterisk", "getInfo", only="status")
        return str(info["status"]["startup_time"])

    async def channels(self) -> list[Event]:
        """All channels of Asterisk."""
        return await self._run("channels", "list") or []

    async def channel(self, channel: str) -> Event | None:
        """One channel, or None when it is gone."""
        try:
            row: Event = await self._run("channels", "get", channelId=channel)
        except AriError as error:
            if error.status == 404:
                return None
            raise
        return row

    async def variable(self, channel: str, name: str) -> str:
        """A channel variable or function, for example CHANNEL(rtcp,rtt); empty where it has no value."""
        try:
            row = await self._run("channels", "getChannelVar", channelId=channel, variable=name)
        except AriError as error:
            if error.status == 404:
                return ""
            raise
        return str(row["value"])

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a channel variable. On a channel that plays this waits for the end of the prompt: use AMI there."""
        await self._run("channels", "setChannelVar", channelId=channel, variable=name, value=value)

    async def leave(self, channel: str, context: str, extension: str = "s") -> None:
        """Send a channel back into the dialplan, at `context`,`extension`,1."""
        await self._run(
            "channels", "continueInDialplan", channelId=channel, context=context, extension=extension, priority=1
        )

    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play sounds one after another (`sound:/path/without-suffix`) under a playback id of ours."""
        await self._run("channels", "playWithId", channelId=channel, playbackId=playback, media=",".join(media))

    async def stop_playback(self, playback: str) -> None:
        """Stop a playback at once; no error where it is over already."""
        try:
            await self._run("playbacks", "stop", playbackId=playback)
        except AriError as error:
            if error.status not in (404, 409):
                raise

    async def start_music(self, channel: str) -> None:
        """Start music on hold; a later play interrupts it, then it resumes."""
        await self._run("channels", "startMoh", channelId=channel)

    async def stop_music(self, channel: str) -> None:
        """End music on hold."""
        await self._run("channels", "stopMoh", channelId=channel)

    async def snoop(self, channel: str, snoop: str, *, spy: str = "in", whisper: str = "none") -> None:
        """Open a channel `snoop` of ours that hears `channel` (spy: in, out, both) and may whisper to it (none, out …).

        It ends with the channel and does not disturb it.
        """
        await self._run(
            "channels", "snoopChannelWithId", channelId=channel, snoopId=snoop, spy=spy, whisper=whisper, app=self.app
        )

    async def ring(self, channel: str, on: bool) -> None:
        """Start or stop the ringing tone on an answered channel."""
        await self._run("channels", "ring" if on else "ringStop", channelId=channel)

    async def record_channel(self, channel: str, name: str, *, max_s: float, silence_s: float) -> None:
        """Record the caller to `name`.wav until `#`, silence, the limit or the hang-up."""
        await self._run(
            "channels",
            "record",
            channelId=channel,
            name=name,
            format="wav",
            maxDurationSeconds=round(max_s),
            maxSilenceSeconds=round(silence_s),
            ifExists="overwrite",
            terminateOn="#",
        )

    async def is_recording(self, name: str) -> bool:
        """True while a recording of this name is being made."""
        try:
            await self._run("recordings", "getLive", recordingName=quote(name, safe=""))
        except AriError as error:
            if error.status == 404:
                return False
            raise
        return True

    # -- bridges ------------------------------------------------------------------------------------------------------

    async def create_bridge(self, bridge: str) -> None:
        """Create a mixing bridge under an id of ours; one that exists already is taken as it is."""
        await self._run("bridges", "createWithId", bridgeId=bridge, type="mixing", name=bridge)

    async def add_to_bridge(self, bridge: str, *channels: str) -> None:
        """Let channels hear each other. None may be playing: the request would wait for the end of the prompt."""
        await self._run("bridges", "addChannel", bridgeId=bridge, channel=",".join(channels))

    async def destroy_bridge(self, bridge: str) -> None:
        """End a bridge; its channels stay. No error where it is gone already."""
        try:
            await self._run("bridges", "destroy", bridgeId=bridge)
        except AriError as error:
            if error.status != 404:
                raise

    async def record_bridge(self, bridge: str, name: str) -> None:
        """Record the bridge to `name`.wav."""
        await self._run("bridges", "record", bridgeId=bridge, name=name, format="wav", ifExists="overwrite")

    async def bridges(self) -> list[Event]:
        """All bridges of Asterisk."""
        return await self._run("bridges", "list") or []
