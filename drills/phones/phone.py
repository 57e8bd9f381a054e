"""A desk phone of the drill: one SIP account that registers and is called; many of them share one agent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drills.phones import sip
from drills.phones.agent import Agent, Incoming, final
from drills.phones.media import Media, Stream

EXPIRES_S, AGAIN_S = 600, 240.0


class PhoneError(Exception):
    """Raised when the registrar refuses; the text has the account and the status."""


class DeskPhones:
    """The phones behind one agent and one RTP socket."""

    def __init__(self, agent: Agent, media: Media) -> None:
        self.agent = agent
        self.media = media
        self._phones: dict[str, DeskPhone] = {}
        agent.on_invite = self._ring

    def phone(self, account: str, password: str, rings: Callable[[Incoming], None]) -> DeskPhone:
        """A phone that is not registered yet; `rings` is told of each call to it."""
        made = self._phones[account] = DeskPhone(self, account, password, rings)
        return made

    def _ring(self, call: Incoming) -> None:
        if phone := self._phones.get(call.account):
            phone.rings(call)
        else:
            call.refuse("404 Not Found")


class DeskPhone:
    """One account that registers and takes calls."""

    def __init__(self, phones: DeskPhones, account: str, password: str, rings: Callable[[Incoming], None]) -> None:
        self.account = account
        self.rings = rings
        self._phones = phones
        self._password = password
        self._call_id = sip.token()
        self._serial = 0

    async def register(self, expires_s: int = EXPIRES_S) -> None:
        """Register, so that calls come until `unregister`; PhoneError when the registrar refuses."""
        reply = await final(self._send(expires_s, ""))
        if reply.status == 401:
            reply = await final(self._send(expires_s, reply.one("www-authenticate")))
        if reply.status != 200:
            raise PhoneError(f"telepon {self.account} tidak terdaftar: {reply.first}")

    async def unregister(self) -> None:
        """Take the registration back: no calls come from now on."""
        await self.register(0)

    def pick_up(self, call: Incoming) -> Stream:
        """Answer; the call's sound both ways."""
        media = self._phones.media
        call.pick_up(sip.session(media.host, media.port))
        return media.open(Stream(call.peer))

    def put_down(self, stream: Stream) -> None:
        """End the sound of a call."""
        self._phones.media.shut(stream)

    async def stay(self) -> None:
        """Register again and again before it expires."""
        while True:
            await asyncio.sleep(AGAIN_S)
            await self.register()

    def _send(self, expires_s: int, challenge: str) -> asyncio.Queue[sip.Message]:
        agent = self._phones.agent
        self._serial += 1
        host, port = agent.server
        uri, person, branch = f"sip:{host}:{port}", f"<sip:{self.account}@{host}:{port}>", f"z9hG4bK{sip.token()}"
        headers = {
            "Via": f"SIP/2.0/UDP {agent.contact};branch={branch};rport",
            "From": f"{person};tag={sip.token()}",
            "To": person,
            "Call-ID": self._call_id,
            "CSeq": f"{self._serial} REGISTER",
            "Contact": f"<sip:{self.account}@{agent.contact}>",
            "Expires": str(expires_s),
        }
        if challenge:
            headers["Authorization"] = sip.authorization(challenge, "REGISTER", uri, self.account, self._password)
        return agent.request(branch, "REGISTER", sip.request("REGISTER", uri, headers))
