"""Merged requests (RFC 3261 8.2.2.2): a pair of SBCs sends one INVITE over two ways, and it is one call.

Known by Call-ID, CSeq and From tag, which only copies share. Asterisk's own check knows a copy only while it handles
the first one's transaction; so it is remembered here. One process, one loop: no two copies are both first."""

from __future__ import annotations

from collections import OrderedDict

from asterisk.callers.identity import transaction_of

# a copy may come as long as its sender repeats it (timer B, 32 s); some time more, and a bound against scans
KEPT_S, MOST = 64.0, 4096
CONTEXT = "merged"
# the answer to a copy: 482 Loop Detected
COPY = 482


class Merged:
    """Transactions of the last minute, each with the call that it became."""

    def __init__(self) -> None:
        self._calls: OrderedDict[tuple[str, str, str], tuple[str, float]] = OrderedDict()

    def first(self, call: str, identity: str | None, now_s: float) -> str | None:
        """The other call of which this one is a copy; None, and it is remembered, where it is the first.

        `now_s` is of a clock that never goes back."""
        transaction = transaction_of(identity)
        if transaction is None:
            return None
        self._forget(now_s)
        known = self._calls.setdefault(transaction, (call, now_s))
        return None if known[0] == call else known[0]

    def _forget(self, now_s: float) -> None:
        while self._calls:
            oldest, (_, since) = next(iter(self._calls.items()))
            if now_s - since <= KEPT_S and len(self._calls) < MOST:
                return
            del self._calls[oldest]
