"""A light SIP user agent on asyncio and UDP (RFC 3261): one socket, many dialogs, every header and body the user's own.

Requests are resent until a response comes (timer T1); requests of the other side go to their dialog.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Any

from drills.phones import sip
from drills.phones.sip import Message

Address = tuple[str, int]
Replies = asyncio.Queue[Message]

RESEND_S, SLOWEST_RESEND_S, GIVE_UP_S = 0.5, 4.0, 32.0
BUFFER = 4 << 20
TIMED_OUT = "SIP/2.0 408 Request Timeout"


class Agent(asyncio.DatagramProtocol):
    """One SIP socket of `host` that talks to `server`; `on_invite` is told of calls to it."""

    transport: asyncio.DatagramTransport

    def __init__(self, server: Address, host: str) -> None:
        self.server = server
        self.host = host
        self.port = 0
        self.on_invite: Callable[[Incoming], None] = lambda call: call.refuse("486 Busy Here")
        self.dialogs: dict[str, Dialog] = {}  # by our tag
        self._invited: dict[str, Incoming] = {}  # by the branch of their INVITE
        self._replies: dict[str, Replies] = {}
        self._sent: dict[str, bytes] = {}
        self._resends: dict[str, asyncio.TimerHandle] = {}

    @classmethod
    async def open(cls, server: Address, host: str, port: int = 0) -> Agent:
        """Open an agent on this port of `host`; 0: on a free one."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_datagram_endpoint(lambda: cls(server, host), local_addr=(host, port))
        return made

    @property
    def contact(self) -> str:
        """The address at which the other side reaches us, `host:port`."""
        return f"{self.host}:{self.port}"

    def connection_made(self, transport: Any) -> None:
        """Note the port; asyncio calls this once the socket is bound."""
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)

    # requests of ours

    def request(self, branch: str, method: str, data: bytes, *, again: bool = True) -> Replies:
        """Send, and resend until a response comes; a 408 of our own if none does."""
        key = f"{branch}/{method}"
        replies = self._replies[key] = asyncio.Queue()
        self._sent[key] = data
        self.transport.sendto(data, self.server)
        if again:
            self._wait(key, RESEND_S, GIVE_UP_S)
        return replies

    def repeat(self, branch: str, method: str) -> None:
        """Send a request once more, as it was."""
        self.transport.sendto(self._sent[f"{branch}/{method}"], self.server)

    def _wait(self, key: str, pause_s: float, left_s: float) -> None:
        self._resends[key] = asyncio.get_running_loop().call_later(pause_s, self._insist, key, pause_s, left_s)

    def _insist(self, key: str, pause_s: float, left_s: float) -> None:
        if left_s <= pause_s:
            del self._resends[key]
            self._replies[key].put_nowait(Message(TIMED_OUT, {"cseq": [f"0 {key.partition('/')[2]}"]}, ""))
            return
        self.transport.sendto(self._sent[key], self.server)
        self._wait(key, min(2 * pause_s, SLOWEST_RESEND_S), left_s - pause_s)

    # packets of the other side

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Hand a response to its waiter and a request to its dialog; ignore the rest."""
        if not data.strip():
            return  # a keep-alive
        message = sip.parse(data)
        if message.status:
            self._response(message)
        else:
            self._request(message, addr)

    def _response(self, message: Message) -> None:
        key = f"{message.branch}/{message.method}"
        if timer := self._resends.pop(key, None):
            timer.cancel()
        if message.method == "INVITE" and message.status >= 200:
            self._finish_invite(message)
        if replies := self._replies.get(key):
            replies.put_nowait(message)

    def _finish_invite(self, message: Message) -> None:
        if message.status >= 300:
            headers = {"Via": message.one("via"), "From": message.one("from"), "To": message.one("to")}
            headers |= {"Call-ID": message.one("call-id"), "CSeq": f"{message.one('cseq').split()[0]} ACK"}
            self.transport.sendto(sip.request("ACK", sip.uri_of(message.one("to")), headers), self.server)
        elif (dialog := self.dialogs.get(sip.tag_of(message.one("from")))) and dialog.acknowledgement:
            self.transport.sendto(dialog.acknowledgement, self.server)  # our ACK was lost

    def _request(self, message: Message, source: Address) -> None:
        method, dialog = message.method, self.dialogs.get(sip.tag_of(message.one("to")))
        if method == "ACK":
            if dialog is not None:
                dialog.acknowledged.set()
        elif method == "CANCEL":
            self.reply(message, "200 OK", source)
            if call := self._invited.get(message.branch):
                call.cancel()
        elif method == "INVITE" and dialog is None:
            self._invite(message, source)
        elif dialog is None and method != "OPTIONS":
            self.reply(message, "481 Call/Transaction Does Not Exist", source)
        else:
            self.reply(message, "200 OK", source, body=dialog.answer if dialog and method == "INVITE" else "")
            if dialog is not None and method == "BYE":
                dialog.over()

    def _invite(self, message: Message, source: Address) -> None:
        if known := self._invited.get(message.branch):
            known.repeat()
            return
        call = self._invited[message.branch] = Incoming(self, message, source)
        call.reply("180 Ringing")
        self.on_invite(call)

    def reply(self, message: Message, status: str, source: Address, tag: str = "", body: str = "") -> None:
        """Answer a request."""
        user = sip.user_of(message.first.split()[1])
        contact = f"<sip:{user}@{self.contact}>" if user else f"<sip:{self.contact}>"
        self.transport.sendto(sip.response(message, status, tag or sip.token(), contact, body), source)

    def forget(self, call: Incoming) -> None:
        """Forget an incoming call that is over."""
        self._invited.pop(call.invite.branch, None)

    async def close(self) -> None:
        """Hang up all calls, and close the socket."""
        up = [dialog for dialog in self.dialogs.values() if dialog.up]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await asyncio.gather(*(dialog.bye() for dialog in up))
        for timer in self._resends.values():
            timer.cancel()
        self.transport.close()


class Dialog:
    """Two parties of a call; `ended` is set when the other side hung up, and `over` follows either side's hang-up."""

    def __init__(self, agent: Agent, call_id: str, ours: str, theirs: str, target: str) -> None:
        self.agent = agent
        self.call_id = call_id
        self.tag = sip.tag_of(ours)
        self.up = False
        self.ended = asyncio.Event()
        self.acknowledged = asyncio.Event()
        self.acknowledgement = b""
        self.answer = ""  # the session description that a re-INVITE of the other side is answered with
        self.on_over: Callable[[], None] = lambda: None
        self._ours, self._theirs, self._target = ours, theirs, target
        self._cseq = 0
        agent.dialogs[self.tag] = self

    def send(
        self, method: str, body: str = "", kind: str = sip.SDP, extra: Sequence[str] = (), *, branch: str = ""
    ) -> Replies:
        """Send one request of the dialog; the queue of its responses."""
        if method not in ("ACK", "CANCEL"):
            self._cseq += 1
        branch = branch or f"z9hG4bK{sip.token()}"
        data = sip.request(method, self._target, self._headers(method, branch), body, kind, extra)
        if method == "ACK":
            self.acknowledgement = data
        return self.agent.request(branch, method, data, again=method != "ACK")

    def _headers(self, method: str, branch: str) -> dict[str, str]:
        return {
            "Via": f"SIP/2.0/UDP {self.agent.contact};branch={branch};rport",
            "From": self._ours,
            "To": self._theirs,
            "Call-ID": self.call_id,
            "CSeq": f"{self._cseq} {method}",
            "Contact": f"<sip:luar@{self.agent.contact}>",
        }

    async def info(self, kind: str, body: str) -> int:
        """Send INFO with a body; its status."""
        return (await final(self.send("INFO", body, kind))).status

    async def bye(self) -> int:
        """Hang up; its status, 0 when the call is not up."""
        if not self.up:
            return 0
        self.up = False
        status = (await final(self.send("BYE"))).status
        self._drop()
        return status

    def over(self) -> None:
        """Note that the other side hung up."""
        self.up = False
        self.ended.set()
        self._drop()

    def _drop(self) -> None:
        """Report the end once; the tag stays known, because requests may come late."""
        on_over, self.on_over = self.on_over, lambda: None
        on_over()


class Outgoing(Dialog):
    """A call that we make: `caller` is the From header without its tag, `extra` header lines as they stand."""

    def __init__(
        self, agent: Agent, number: str, caller: str, extra: Sequence[str] = (), call_id: str = "", offer: str = ""
    ) -> None:
        uri = number if ":" in number else f"sip:{number}@{agent.server[0]}:{agent.server[1]}"
        super().__init__(agent, call_id or sip.token(), f"{caller};tag={sip.token()}", f"<{uri}>", uri)
        self.offer = offer
        self.late_offer = False
        self.branch = ""
        self.peer: Address = ("", 0)
        self._extra = extra

    async def invite(self) -> int:
        """Dial and wait; the final status."""
        return (await self.answered(self.start())).status

    def start(self, body: str | None = None) -> Replies:
        """Send INVITE; the queue of its responses."""
        offer = "" if self.late_offer else self.offer
        self.branch = f"z9hG4bK{sip.token()}"
        return self.send("INVITE", offer if body is None else body, extra=self._extra, branch=self.branch)

    async def answered(self, replies: Replies) -> Message:
        """Wait for the final response to INVITE, and acknowledge it."""
        reply = await final(replies)
        if reply.status < 300:
            self.up, self._theirs = True, reply.one("to")
            self._target = sip.uri_of(reply.one("contact")) or self._target
            self.peer = (self.agent.server[0], reply.media_port)
            self.answer = self.offer
            self.acknowledge()
        return reply

    def acknowledge(self) -> None:
        """Send the ACK of a 2xx; it carries the answer where the offer was not ours."""
        self.send("ACK", self.offer if self.late_offer else "")

    async def reinvite(self, offer: str) -> int:
        """Send a new offer within the call (`a=sendonly`: on hold); the final status."""
        return (await self.answered(self.start(offer))).status

    async def cancel(self) -> int:
        """Cancel the INVITE; the status of the CANCEL (that of the INVITE comes by itself)."""
        return (await final(self.send("CANCEL", branch=self.branch))).status


class Incoming(Dialog):
    """A call to us that rings; `cancelled` is set when the other side gave it up before it was answered."""

    def __init__(self, agent: Agent, invite: Message, source: Address) -> None:
        ours = f"{invite.one('to')};tag={sip.token()}"
        target = sip.uri_of(invite.one("contact"))
        super().__init__(agent, invite.one("call-id"), ours, invite.one("from"), target)
        self.invite = invite
        self.account = sip.user_of(invite.first.split()[1])
        self.cancelled = asyncio.Event()
        self._source = source
        self._last = ("180 Ringing", "")

    @property
    def peer(self) -> Address:
        """The address at which the other side takes RTP."""
        return self._source[0], self.invite.media_port

    def reply(self, status: str, body: str = "") -> None:
        """Answer the INVITE."""
        self._last = (status, body)
        self.agent.reply(self.invite, status, self._source, self.tag, body)

    def repeat(self) -> None:
        """Send the last answer once more: the INVITE came again."""
        self.reply(*self._last)

    def pick_up(self, session: str) -> None:
        """Answer with our session description; `acknowledged` is set when the call is up."""
        self.up, self.answer = True, session
        self.reply("200 OK", session)

    def refuse(self, status: str) -> None:
        """Refuse the call with a status (`486 Busy Here`)."""
        self.reply(status)
        self._drop()

    def cancel(self) -> None:
        """End the call that the other side gave up before it was answered."""
        if self.up or self.cancelled.is_set():
            return
        self.reply("487 Request Terminated")
        self.cancelled.set()
        self._drop()

    def _drop(self) -> None:
        asyncio.get_running_loop().call_later(GIVE_UP_S, self.agent.forget, self)
        super()._drop()


async def final(replies: Replies) -> Message:
    """Wait for the first final response."""
    while (reply := await replies.get()).status < 200:
        pass
    return reply
