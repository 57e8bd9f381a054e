"""The operators' desk phones: many accounts on one socket; they register, ring, answer when asked to, and hang up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.answering.wire import Address, Wire
from drills.phones import sip

HOST = "127.0.0.3"
EXPIRES_S = 600
REGISTER_AGAIN_S = 240
PICK_UP_S = 0.02


@dataclass(slots=True)
class Ringing:
    """A phone that rings or talks; `caller` is the caller's number as the phone shows it."""

    caller: str
    invite: sip.Message
    tag: str
    source: Address
    talking: bool = False


class Operators:
    """Phones `accounts` (name -> password) at a registrar; `rang(caller, at_ns)` and `talks(caller)` tell of calls."""

    def __init__(
        self, wire: Wire, registrar: Address, accounts: Mapping[str, str], *, pick_up: bool, rtp_port: int
    ) -> None:
        self.pick_up = pick_up
        self.rang: Callable[[str, int], None] = lambda caller, at: None
        self.talks: Callable[[str], None] = lambda caller: None
        self.registered: set[str] = set()
        self.ringing: dict[str, Ringing] = {}
        self._wire = wire
        self._registrar = registrar
        self._accounts = accounts
        self._rtp_port = rtp_port
        self._socket = wire.open(HOST, self._received)
        self._port = self._socket.getsockname()[1]
        self._serial = 0

    def register(self) -> None:
        """Register every phone now, and again before it expires."""
        for account in self._accounts:
            self._register(account, "")
        self._wire.after(REGISTER_AGAIN_S, self.register)

    def _register(self, account: str, challenge: str) -> None:
        self._serial += 1
        host, port = self._registrar
        uri, person = f"sip:{host}:{port}", f"<sip:{account}@{host}:{port}>"
        headers = {
            "Via": f"SIP/2.0/UDP {HOST}:{self._port};branch=z9hG4bK{sip.token()};rport",
            "From": f"{person};tag={sip.token()}",
            "To": person,
            "Call-ID": f"register-{account}",
            "CSeq": f"{self._serial} REGISTER",
            "Contact": f"<{self._contact(account)}>",
            "Expires": str(EXPIRES_S),
        }
        if challenge:
            password = self._accounts[account]
            headers["Authorization"] = sip.authorization(challenge, "REGISTER", uri, account, password)
        self._socket.sendto(sip.request("REGISTER", uri, headers), self._registrar)

    def _contact(self, account: str) -> str:
        return f"sip:{account}@{HOST}:{self._port}"

    def _received(self, data: bytes, source: Address, at_ns: int) -> None:
        message = sip.parse(data)
        if message.status:
            self._answered(message)
        elif message.method == "INVITE":
            self._invited(message, source, at_ns)
        elif message.method == "CANCEL":
            self._cancelled(message, source)
        elif message.method == "ACK":
            if (ring := self.ringing.get(message.one("call-id"))) and ring.talking:
                self.talks(ring.caller)
        else:
            if message.method == "BYE":
                self.ringing.pop(message.one("call-id"), None)
            self._reply(message, "200 OK", source)

    def _answered(self, message: sip.Message) -> None:
        account = sip.user_of(message.one("to"))
        if message.method != "REGISTER":
            return
        if message.status == 401:
            self._register(account, message.one("www-authenticate"))
        elif message.status == 200:
            self.registered.add(account)

    def _invited(self, message: sip.Message, source: Address, at_ns: int) -> None:
        call_id = message.one("call-id")
        ring = self.ringing.get(call_id)
        if ring is None:
            caller = sip.user_of(message.one("from"))
            ring = self.ringing[call_id] = Ringing(caller, message, sip.token(), source)
            self.rang(caller, at_ns)
            if self.pick_up:
                self._wire.after(PICK_UP_S, lambda: self._pick_up(call_id))
        self._reply(message, "180 Ringing", source, ring.tag)

    def _pick_up(self, call_id: str) -> None:
        if (ring := self.ringing.get(call_id)) is None:
            return
        ring.talking = True
        self._reply(ring.invite, "200 OK", ring.source, ring.tag, sip.session(HOST, self._rtp_port))

    def _cancelled(self, message: sip.Message, source: Address) -> None:
        self._reply(message, "200 OK", source)
        ring = self.ringing.pop(message.one("call-id"), None)
        if ring is not None:
            self._reply(ring.invite, "487 Request Terminated", source, ring.tag)

    def _reply(self, message: sip.Message, status: str, source: Address, tag: str = "phone", body: str = "") -> None:
        account = sip.user_of(message.first.split()[1])
        self._socket.sendto(sip.response(message, status, tag, f"<{self._contact(account)}>", body), source)
