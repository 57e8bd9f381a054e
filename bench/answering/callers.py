"""The callers: each dials, sends silence, presses a key, and hangs up; its Call records the moments."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.answering.operators import Operators
from bench.answering.wire import Address, Wire, now_ns
from drills.phones import rtp, sip

HOST = "127.0.0.2"
RETRANSMIT_S = 0.5  # timer T1 of RFC 3261
GIVE_UP_S = 8.0
CATCH_UP_NS = 100_000_000


@dataclass(frozen=True, slots=True)
class Manner:
    """Behaviour of the callers; seconds. `hang_up_s` counts from the operator's ringing or, if that picks up, talking;
    None stays on the line until told to hang up."""

    key: str = "1"
    key_after_s: float = 0.15
    hang_up_s: float | None = 0.05


@dataclass(slots=True)
class Call:
    """One call; moments are ns of the wire's clock, 0 for what did not happen."""

    number: str
    exten: str
    id: str
    invited: int = 0
    answered: int = 0
    pressed: int = 0
    operator: int = 0
    hung_up: int = 0
    ended: int = 0
    failure: str = ""
    retransmitted: int = 0
    first_rtp: int = 0
    last_rtp: int = 0
    longest_gap: int = 0
    heard: dict[str, int] = field(default_factory=dict)  # prompt -> when its first frame was due on the wire


@dataclass(slots=True)
class _Dialog:
    call: Call
    invite: bytes
    branch: str
    tag: str
    remote: str = ""
    target: str = ""
    heard_back: bool = False
    media: Address = ("", 0)
    sequence: int = 0
    stamp: int = 0
    digit_stamp: int = 0
    digit_step: int = -1
    due: int = 0


class Callers:
    """Callers of one trunk on one socket for SIP and one for RTP; finished calls are in `done`."""

    def __init__(self, wire: Wire, server: Address, operators: Operators, ear: rtp.Ear | None = None) -> None:
        self.manner = Manner()
        self.done: list[Call] = []
        self.live: dict[str, _Dialog] = {}
        self.on_end: Callable[[Call], None] = lambda call: None
        self._wire = wire
        self._server = server
        self._ear = ear
        self._operators = operators
        self._sip = wire.open(HOST, self._received)
        self._rtp = wire.open(HOST, self._media)
        self._port = self._sip.getsockname()[1]
        self._by_port: dict[int, Call] = {}
        self._by_number: dict[str, _Dialog] = {}
        self._ssrc = random.getrandbits(32)
        operators.rang = self._operator_rings
        operators.talks = self._operator_talks

    # SIP

    def dial(self, number: str, exten: str) -> Call:
        """A new call from `number` to `exten`."""
        call = Call(number, exten, sip.token())
        host, port = self._server
        branch, tag, uri = f"z9hG4bK{sip.token()}", sip.token(), f"sip:{exten}@{host}:{port}"
        headers = {
            "Via": f"SIP/2.0/UDP {HOST}:{self._port};branch={branch};rport",
            "From": f"<sip:{number}@{HOST}>;tag={tag}",
            "To": f"<{uri}>",
            "Call-ID": call.id,
            "CSeq": "1 INVITE",
            "Contact": f"<sip:{number}@{HOST}:{self._port}>",
            "Allow": "INVITE, ACK, BYE, CANCEL, OPTIONS",
        }
        packet = sip.request("INVITE", uri, headers, sip.session(HOST, self._rtp.getsockname()[1]))
        dialog = self.live[call.id] = _Dialog(call, packet, branch, tag, f"<{uri}>", uri)
        self._by_number[_last_digits(number)] = dialog
        call.invited = now_ns()
        self._sip.sendto(packet, self._server)
        self._wire.after(RETRANSMIT_S, lambda: self._insist(dialog, RETRANSMIT_S))
        if self.manner.hang_up_s is not None:
            self._wire.after(GIVE_UP_S, lambda: self._give_up(dialog))
        return call

    def hang_up(self, call: Call) -> None:
        """Hang up with BYE."""
        dialog = self.live.get(call.id)
        if dialog is None or call.hung_up:
            return
        call.hung_up = now_ns()
        self._bye(dialog, RETRANSMIT_S)

    def press(self, call: Call) -> None:
        """Press the key now."""
        if dialog := self.live.get(call.id):
            self._press(dialog)

    def _insist(self, dialog: _Dialog, pause_s: float) -> None:
        call = dialog.call
        if call.id in self.live and not dialog.heard_back and pause_s < GIVE_UP_S:
            call.retransmitted += 1
            self._sip.sendto(dialog.invite, self._server)
            self._wire.after(2 * pause_s, lambda: self._insist(dialog, 2 * pause_s))

    def _give_up(self, dialog: _Dialog) -> None:
        call = dialog.call
        if call.id not in self.live:
            return
        if not call.answered:
            self._end(dialog, "not answered")
        elif not call.operator:
            call.failure = call.failure or "no operator rang"
            self.hang_up(call)
        self._wire.after(GIVE_UP_S / 2, lambda: self._end(dialog, "hang-up not answered"))

    def _bye(self, dialog: _Dialog, pause_s: float) -> None:
        if dialog.call.id not in self.live or pause_s >= GIVE_UP_S:
            return
        self._in_dialog("BYE", 2, dialog)
        self._wire.after(pause_s, lambda: self._bye(dialog, 2 * pause_s))

    def _in_dialog(self, method: str, number: int, dialog: _Dialog, branch: str = "") -> None:
        headers = {
            "Via": f"SIP/2.0/UDP {HOST}:{self._port};branch={branch or 'z9hG4bK' + sip.token()};rport",
            "From": f"<sip:{dialog.call.number}@{HOST}>;tag={dialog.tag}",
            "To": dialog.remote,
            "Call-ID": dialog.call.id,
            "CSeq": f"{number} {method}",
        }
        self._sip.sendto(sip.request(method, dialog.target, headers), self._server)

    def _received(self, data: bytes, source: Address, at_ns: int) -> None:
        message = sip.parse(data)
        dialog = self.live.get(message.one("call-id"))
        if not message.status:
            if message.method != "ACK":
                self._sip.sendto(sip.response(message, "200 OK", "caller", f"<sip:{HOST}:{self._port}>"), source)
            if message.method == "BYE" and dialog is not None:
                self._end(dialog, "" if dialog.call.hung_up else "cut off")
            return
        if dialog is None:
            return
        if message.method == "BYE":
            self._end(dialog, "")
        elif message.method == "INVITE":
            self._invite_answered(dialog, message, at_ns)

    def _invite_answered(self, dialog: _Dialog, message: sip.Message, at_ns: int) -> None:
        call = dialog.call
        dialog.heard_back = True
        if message.status < 200:
            return
        dialog.remote = message.one("to")
        if message.status >= 300:
            self._in_dialog("ACK", 1, dialog, dialog.branch)
            self._end(dialog, f"refused {message.status}")
            return
        dialog.target = sip.uri_of(message.one("contact")) or dialog.target
        self._in_dialog("ACK", 1, dialog)
        if not call.answered:
            call.answered = at_ns
            dialog.media = (self._server[0], message.media_port)
            self._by_port[message.media_port] = call
            dialog.due = time.monotonic_ns()
            self._speak(dialog)
            self._wire.after(self.manner.key_after_s, lambda: self._press(dialog))

    def _end(self, dialog: _Dialog, failure: str) -> None:
        call = dialog.call
        if self.live.pop(call.id, None) is None:
            return
        call.ended = now_ns()
        call.failure = call.failure or failure
        self._by_number.pop(_last_digits(call.number), None)
        if self._by_port.get(dialog.media[1]) is call:
            del self._by_port[dialog.media[1]]
        self.done.append(call)
        self.on_end(call)

    # the operator's side, told by the phones

    def _operator_rings(self, number: str, at_ns: int) -> None:
        dialog = self._by_number.get(_last_digits(number))
        if dialog is not None and not dialog.call.operator:
            dialog.call.operator = at_ns
            if not self._operators.pick_up:
                self._leave(dialog.call)

    def _operator_talks(self, number: str) -> None:
        if dialog := self._by_number.get(_last_digits(number)):
            self._leave(dialog.call)

    def _leave(self, call: Call) -> None:
        if self.manner.hang_up_s is not None:
            self._wire.after(self.manner.hang_up_s, lambda: self.hang_up(call))

    # RTP

    def _press(self, dialog: _Dialog) -> None:
        dialog.digit_step = 0

    def _speak(self, dialog: _Dialog) -> None:
        """One packet each 20 ms: silence, or the digit while it is pressed."""
        call = dialog.call
        if call.id not in self.live or call.hung_up:
            return
        if dialog.digit_step >= 0:
            self._send_digit(dialog)
        else:
            self._send(dialog, rtp.PCMA, dialog.stamp, rtp.SILENCE)
        # who was kept from speaking for long goes on from now: catching up would leave no time to listen
        frames = 1 + max(time.monotonic_ns() - dialog.due - CATCH_UP_NS, 0) // rtp.FRAME_NS
        dialog.stamp += frames * rtp.FRAME
        dialog.due += frames * rtp.FRAME_NS
        self._wire.at(dialog.due, lambda: self._speak(dialog))

    def _send_digit(self, dialog: _Dialog) -> None:
        step = dialog.digit_step
        if step == 0:
            dialog.digit_stamp = dialog.stamp
        payload = rtp.digit(self.manner.key, step)
        if step < rtp.DIGIT_PACKETS:
            self._send(dialog, rtp.EVENT, dialog.digit_stamp, payload, marker=step == 0)
            dialog.digit_step = step + 1
            return
        dialog.call.pressed = now_ns()  # Asterisk, and every program on it, acts on the digit's end
        for _ in range(rtp.END_PACKETS):
            self._send(dialog, rtp.EVENT, dialog.digit_stamp, payload)
        dialog.digit_step = -1

    def _send(self, dialog: _Dialog, kind: int, stamp: int, payload: bytes, *, marker: bool = False) -> None:
        dialog.sequence += 1
        self._rtp.sendto(rtp.packet(kind, dialog.sequence, stamp, self._ssrc, payload, marker=marker), dialog.media)

    def _media(self, data: bytes, source: Address, at_ns: int) -> None:
        call = self._by_port.get(source[1])
        if call is None:
            return
        if not call.first_rtp:
            call.first_rtp = at_ns
        elif at_ns - call.last_rtp > call.longest_gap:
            call.longest_gap = at_ns - call.last_rtp
        call.last_rtp = at_ns
        if self._ear is not None:
            self._listen(call, data[12:], at_ns)

    def _listen(self, call: Call, payload: bytes, at_ns: int) -> None:
        """Note prompts; music begins anywhere and arrives altered, so any other sound after `sambungkan` is music."""
        assert self._ear is not None
        if place := self._ear.hears(payload):
            prompt, frame = place
            call.heard.setdefault(prompt, at_ns - frame * rtp.FRAME_NS)
        elif "sambungkan" in call.heard and "musik" not in call.heard and self._ear.is_sound(payload):
            call.heard["musik"] = at_ns


def _last_digits(number: str) -> str:
    """The digits that 0812… and +62812… share."""
    return number[-9:]
