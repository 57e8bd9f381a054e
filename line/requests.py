"""Requests of operators to the calls process: journal rows `request.*`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from agents.presence import WANTED
from ivr import events as ev
from line.call_runner import CallRunner
from line.calling_back import CallingBack
from line.floor import Floor
from line.listening import Listening
from tickets.model import LISTENING
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

# a request that rings a telephone is not done twice: one from before this process began must be made again
ONCE = ("request.listen", "request.callback", "request.reporter_call")
FORGOTTEN = timedelta(minutes=5)
AGAIN = "program baru dimulai ulang, tekan sekali lagi"


class Service(Protocol):
    """The parts of the call service that a request can reach."""

    @property
    def floor(self) -> Floor:
        """The desks and the waiting line."""

    @property
    def phones(self) -> frozenset[str]:
        """Accounts whose phones are registered."""

    @property
    def runners(self) -> Mapping[str, CallRunner]:
        """The runners of the calls by id."""

    @property
    def listening(self) -> Listening:
        """The listeners."""

    @property
    def calling_back(self) -> CallingBack:
        """The calls back."""

    def desk_phone(self, opd: str) -> str | None:
        """The account of a desk phone of this agency that is registered."""

    def pump(self) -> None:
        """Offer waiting calls to free operators."""

    def restaff(self) -> None:
        """Read the operators anew, as soon as that is possible."""

    def refuse(self, kind: str, actor: str, why: str, data: dict[str, Any]) -> None:
        """Write the reason of a refusal into the journal, as soon as that is possible."""


class Requests:
    """Acts on journal rows; `seq` is the last one seen, `began` the last one before this process.

    No request waits here for the store or for Asterisk, so none holds another up. A row that makes no sense is refused
    in the journal.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self.seq = 0
        self.began = 0

    async def begin(self, store: StoreThread, now: datetime) -> None:
        """Go on where the former process stopped; requests older than FORGOTTEN are passed over."""
        beats = {row["process"]: row for row in await store.read(lambda store: store.people.beats())}
        self.seq = self.began = await store.read(lambda store: store.journal.last())
        before = beats.get("calls")
        if before and datetime.fromisoformat(before["at"]) > now - FORGOTTEN and before["data"].get("seq") is not None:
            self.seq = int(before["data"]["seq"])

    async def follow(self, store: StoreThread) -> None:
        """Act on every row from there on, for ever."""
        async for rows in store.follow(self.seq, requests=True):
            for row in rows:
                self.handle(row)

    def handle(self, row: dict[str, Any]) -> None:
        """Act on a row; an error of ours becomes a refusal, so that the rows behind it are not lost."""
        self.seq = row["seq"]
        try:
            self.act(row)
        except Exception as error:
            log.exception("request.failed", kind=row["kind"], seq=row["seq"])
            why = f"kesalahan program: {type(error).__name__}"
            self._service.refuse(row["kind"], row["actor"], why, row["data"])

    def act(self, row: dict[str, Any]) -> None:
        """Act on a row; rows of other kinds are passed over."""
        kind, data = row["kind"], row["data"]
        if row["seq"] <= self.began and kind in ONCE:  # perhaps done by the former process: nobody can tell
            why: str | None = AGAIN
        elif kind == "request.presence":
            before = row["seq"] <= self.began
            why = self._presence(str(data.get("operator")), str(data.get("wanted")), before=before)
        elif kind == "request.take":
            why = self._take(str(data.get("operator")), str(data.get("call")))
        elif kind == "request.listen":
            why = self._listen(str(data.get("operator")), str(data.get("call")), str(data.get("mode")))
        elif kind == "request.listen_end":
            self._service.listening.stop(str(data.get("operator")), "stopped")
            why = None
        elif kind == "request.callback":
            why = self._service.calling_back.start(str(data.get("operator")), int(data.get("task", 0)))
        elif kind == "request.reporter_call":
            user, phone = str(data.get("operator")), self._service.desk_phone(str(data.get("opd")))
            why = self._service.calling_back.start_for_agency(user, int(data.get("assignment", 0)), phone)
        elif kind == "request.transfer":
            note = str(data.get("note") or "")
            why = self._transfer(str(data.get("operator")), str(data.get("call")), str(data.get("to")), note)
        elif kind == "request.wrap_up_done":
            self._service.floor.wrapped_up(str(data.get("operator")))
            why = None
        elif kind in ("user.added", "user.disabled"):
            self._service.restaff()
            why = None
        else:
            return
        if why is not None:
            self._service.refuse(kind, row["actor"], why, data)
        self._service.pump()

    def _presence(self, operator: str, wanted: str, *, before: bool) -> str | None:
        if wanted not in WANTED:
            return f"status {wanted!r} tidak dikenal"
        desk = self._service.floor.roster.get(operator)
        if before and desk is not None and desk.wanted == wanted:
            return None  # done by the former process: it must not end a wrap-up that began since
        return None if self._service.floor.want(operator, wanted) else f"operator {operator!r} tidak dikenal"

    def _take(self, operator: str, call: str) -> str | None:
        """Ring this operator for this call; both must still be free for each other."""
        runner = self._service.runners.get(call)
        if runner is None or runner.state.stage not in ("waiting", "ringing"):
            return "panggilan itu sudah tidak menunggu"
        if not self._service.floor.may_take(operator):
            return "telepon Anda tidak terdaftar atau sedang dipakai"
        leg, answered = self._service.listening.give(operator, call) or (None, False)
        self._service.floor.engaged(operator, call, "ringing")
        self._service.floor.line = self._service.floor.line.rings(call, True)
        runner.tell(ev.Taken(operator, leg))
        if leg is not None and answered:
            runner.tell(ev.LegAnswered(leg))
        return None

    def _listen(self, operator: str, call: str, mode: str) -> str | None:
        """Ring a user's phone to hear a caller who waits in silence, or a talk where the user has no desk."""
        if mode not in LISTENING:
            return f"cara mendengar {mode!r} tidak dikenal"
        runner, floor = self._service.runners.get(call), self._service.floor
        if floor.roster.get(operator) is None:
            return self._supervise(operator, call, mode)
        if runner is None or runner.state.stage not in ("waiting", "ringing") or runner.state.lane != "silent":
            return "panggilan itu sudah tidak di jalur hening"
        if not floor.may_take(operator):
            return "telepon Anda tidak terdaftar atau sedang dipakai"
        self._service.listening.start(operator, call, "listen")
        return None

    def _supervise(self, user: str, call: str, mode: str) -> str | None:
        runner = self._service.runners.get(call)
        if runner is None or runner.state.talking is None:
            return "percakapan itu sudah selesai"
        if user not in self._service.phones:
            return "telepon Anda tidak terdaftar"
        self._service.listening.start(user, call, mode)
        return None

    def _transfer(self, operator: str, call: str, to: str, note: str) -> str | None:
        """Hand the caller to a colleague whose phone is free; only the operator who talks with them may."""
        runner = self._service.runners.get(call)
        talking = runner.state.talking if runner else None
        if runner is None or talking is None or talking.operator != operator:
            return "Anda tidak sedang berbicara dengan penelepon itu"
        if not self._service.floor.may_take(to):
            return f"telepon {to} tidak terdaftar atau sedang dipakai"
        self._service.floor.engaged(to, call, "ringing")
        runner.tell(ev.Transferred(to, note))
        return None
