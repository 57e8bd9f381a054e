"""The fate of each call that was sent to Asterisk: taken, withdrawn, or refused by Asterisk itself. Pure.

A call that is rung or answered (180 and more, 200) reached the line. All others are refusals: a final status of 300 and
more, or none at all. Not counted: 487 (the caller withdrew it), 482 (a copy of a call), and a refusal after which the
same caller sends the same call again at once with what was asked for (401, 407, 422)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from asterisk.capture.hep import Copy
from asterisk.capture.messages import Reply, Request, read

# a request without any answer is told after this; one that is asked for more has as long to send it
SILENT_S, AGAIN_S = 12.0, 2.0
MOST = 4096
NO_ANSWER = 0
_NOT_COUNTED = frozenset({482, 487})
_ASKS = frozenset({401, 407, 422})


@dataclass(frozen=True, slots=True)
class Refused:
    """A call or message that Asterisk refused; `status` 0: without an answer, `source` is the far end's address."""

    request: Request
    source: str
    port: int
    status: int


@dataclass(slots=True)
class _Open:
    request: Request
    source: str
    port: int
    due_s: float
    status: int = NO_ANSWER


class Invites:
    """Follows requests by far end, Call-ID, CSeq and branch; `overflown` counts those that it had no room for."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, str, int, str], _Open] = OrderedDict()
        self.overflown = 0

    def feed(self, copy: Copy, now_s: float) -> Iterator[Refused]:
        """Take a copied message and give what is refused by it; `now_s` is of a clock that never goes back."""
        message = read(copy.payload)
        if isinstance(message, Request):
            yield from self._requested(message, copy, now_s)
        elif isinstance(message, Reply):
            yield from self._answered(message, copy, now_s)

    def due(self, now_s: float) -> Iterator[Refused]:
        """Give the refusals whose time is over."""
        over = [key for key, attempt in self._open.items() if attempt.due_s <= now_s]
        for key in over:
            attempt = self._open.pop(key)
            yield Refused(attempt.request, attempt.source, attempt.port, attempt.status)

    def _requested(self, request: Request, copy: Copy, now_s: float) -> Iterator[Refused]:
        key = (copy.source, request.call_id, request.cseq, request.branch)
        if key in self._open:  # sent again: UDP loses packets
            return
        self._superseded(copy.source, request)
        if len(self._open) >= MOST:
            self._open.popitem(last=False)
            self.overflown += 1
        self._open[key] = _Open(request, copy.source, copy.source_port, now_s + SILENT_S)
        yield from ()

    def _superseded(self, source: str, request: Request) -> None:
        """Forget a refusal after which the same call comes again with what was asked for."""
        for key in [key for key in self._asked if key[:2] == (source, request.call_id) and key[2] < request.cseq]:
            del self._open[key]

    @property
    def _asked(self) -> list[tuple[str, str, int, str]]:
        return [key for key, attempt in self._open.items() if attempt.status in _ASKS]

    def _answered(self, reply: Reply, copy: Copy, now_s: float) -> Iterator[Refused]:
        key = (copy.target, reply.call_id, reply.cseq, reply.branch)
        attempt = self._open.get(key)
        if attempt is None or reply.status == 100 or attempt.status:
            return
        if reply.status in _ASKS:
            attempt.status, attempt.due_s = reply.status, now_s + AGAIN_S
            return
        del self._open[key]
        if reply.status >= 300 and reply.status not in _NOT_COUNTED:
            yield Refused(attempt.request, attempt.source, attempt.port, reply.status)
