"""Notices: which row means a sentence on which operator's page."""

from typing import Any

import pytest

from console.live.notices import FORWARDED, KEYS, Notice, notice_of

DROPPED = (
    "telepon Anda menutup setelah {} detik: penelepon tetap di antrean. Untuk mengakhiri panggilan, tekan «Akhiri»"
)


@pytest.mark.parametrize(
    ("kind", "data", "notice"),
    [
        (
            "request.take.refused",
            {"operator": "siti", "why": "sudah diambil"},
            Notice("siti", "request.take", "sudah diambil"),
        ),
        ("request.take.refused", {"operator": "siti"}, Notice("siti", "request.take", "permintaan ditolak")),
        ("request.take", {"operator": "siti"}, None),
        ("operator.dropped", {"operator": "siti", "seconds": "2.4"}, Notice("siti", "operator.dropped", "2,4")),
        ("operator.dropped", {"operator": "siti", "seconds": "3.0"}, Notice("siti", "operator.dropped", "3")),
        ("operator.lost", {"operator": "siti"}, None),
        ("operator.missed", {"operator": "siti", "reason": "busy"}, None),
        (
            "operator.missed",
            {"operator": "siti", "reason": "forwarded"},
            Notice("siti", "operator.missed", FORWARDED),
        ),
        (
            "phone.key_refused",
            {"operator": "siti", "method": "REFER"},
            Notice("siti", "phone.key_refused", KEYS["REFER"]),
        ),
        ("phone.key_refused", {"operator": "siti", "method": "OPTIONS"}, None),
        ("config.refused", {"problems": []}, None),
        ("request.call.refused", {"operator": None}, None),
    ],
)
def test_notice_of(kind: str, data: dict[str, Any], notice: Notice | None) -> None:
    """Refusals and dropped talks, each to whom it concerns."""
    if notice is not None and kind == "operator.dropped":
        notice = Notice(notice.operator, notice.about, DROPPED.format(notice.sentence))
    assert notice_of({"kind": kind, "data": data}) == notice
