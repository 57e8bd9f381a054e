"""Q.850 causes, the reasons of a leg's end: one table, and its reading for each part that rings phones.

Codes: ITU-T Q.850 (05/2018), table 1; Asterisk's `include/asterisk/causes.h` has the same numbers. In the comments: the
SIP answers that Asterisk turns into a cause (`hangup_sip2cause` in channels/chan_pjsip.c). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Meaning = Literal[
    "hung_up", "busy", "no_response", "no_answer", "absent", "declined", "forwarded", "elsewhere",
    "no_such_number", "out_of_order", "congestion", "unknown",
]  # fmt: skip
OperatorReason = Literal["hung_up", "busy", "unreachable", "no_answer", "declined", "forwarded", "cancelled", "lost"]
CallOutResult = Literal["busy", "no_answer", "declined", "unreachable"]
CallBackOutcome = Literal["busy", "no_answer", "declined", "failed"]

NORMAL, NO_ANSWER, ELSEWHERE = 16, 19, 26


@dataclass(frozen=True, slots=True)
class Cause:
    """The meaning of a cause, and its words on a page."""

    meaning: Meaning
    words: str


UNKNOWN = Cause("unknown", "sebab tidak dikenal")
CAUSES: Mapping[int, Cause] = {
    1: Cause("no_such_number", "nomor tidak terpakai"),  # 404
    2: Cause("no_such_number", "tidak ada jalur ke jaringan itu"),
    3: Cause("no_such_number", "tidak ada jalur ke nomor itu"),
    16: Cause("hung_up", "telepon ditutup"),  # BYE; an answer that Asterisk does not know, too
    17: Cause("busy", "sedang sibuk"),  # 486, 600
    18: Cause("no_response", "telepon tidak menjawab jaringan"),  # 408
    19: Cause("no_answer", "tidak diangkat"),  # 480, and our own time limit
    20: Cause("absent", "telepon tidak aktif"),
    21: Cause("declined", "ditolak"),  # 603, 403
    22: Cause("no_such_number", "nomor sudah berganti"),  # 410
    23: Cause("forwarded", "dialihkan ke nomor lain"),  # 3xx, which is not followed
    26: Cause("elsewhere", "diangkat di telepon lain"),  # our own cancellation
    27: Cause("out_of_order", "jaringan tujuan rusak"),  # 502
    28: Cause("no_such_number", "nomor tidak lengkap"),  # 484
    29: Cause("out_of_order", "layanan ditolak jaringan"),  # 501
    34: Cause("congestion", "semua saluran penuh"),  # 503
    38: Cause("out_of_order", "jaringan rusak"),  # 500
    41: Cause("congestion", "jaringan terganggu sementara"),  # 409
    42: Cause("congestion", "sentral terlalu sibuk"),
    44: Cause("congestion", "saluran tidak tersedia"),
    58: Cause("out_of_order", "codec tidak cocok"),  # 488, 606
    102: Cause("out_of_order", "jaringan tidak menjawab"),  # 504
}

# The flow's reason (ivr.events.LegEnded). Only `hung_up` ends a talk: an unknown cause is the network's.
_OPERATOR: Mapping[Meaning, OperatorReason] = {
    "hung_up": "hung_up",
    "busy": "busy",
    "no_response": "unreachable",  # the phone is dead and nobody noticed yet
    "no_answer": "no_answer",
    "absent": "unreachable",
    "declined": "declined",
    "forwarded": "forwarded",
    "elsewhere": "cancelled",
    "no_such_number": "lost",
    "out_of_order": "lost",
    "congestion": "lost",
    "unknown": "lost",
}
# Before an answer. Networks say 16 where a call rang out: that is no answer, as is 18 of a mobile network.
_CALL_OUT: Mapping[Meaning, CallOutResult] = {
    "hung_up": "no_answer",
    "busy": "busy",
    "no_response": "no_answer",
    "no_answer": "no_answer",
    "absent": "unreachable",
    "declined": "declined",
    "forwarded": "declined",
    "elsewhere": "unreachable",
    "no_such_number": "unreachable",
    "out_of_order": "unreachable",
    "congestion": "unreachable",
    "unknown": "unreachable",
}


def cause(code: int) -> Cause:
    """The row of a code; `UNKNOWN` for one that is not listed."""
    return CAUSES.get(code, UNKNOWN)


def operator_reason(code: int) -> OperatorReason:
    """The reason of the flow for the end of an operator's leg."""
    return _OPERATOR[cause(code).meaning]


def call_out_result(code: int) -> CallOutResult:
    """The result of a call-out that was not answered."""
    return _CALL_OUT[cause(code).meaning]


def call_back_outcome(code: int) -> CallBackOutcome:
    """The outcome of a try to call back that was not answered."""
    result = call_out_result(code)
    return "failed" if result == "unreachable" else result


def detail(code: int) -> str:
    """Words and code for the record of an attempt, as «semua saluran penuh, Q.850 34»."""
    return f"Q.850 {code}" if code not in CAUSES else f"{CAUSES[code].words}, Q.850 {code}"
