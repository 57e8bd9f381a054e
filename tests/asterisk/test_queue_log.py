"""Who answered while our programs were away."""

from datetime import UTC, datetime
from pathlib import Path

from asterisk.queue_log import Answered, answered

LOG = """1795364046|MANAGER|tanggap-ops|op1|ADDMEMBER|
1795364050|1795364049.1|tanggap-ops|NONE|FAILSAFE|stasis|081|112
1795364051|1795364049.1|tanggap-ops|NONE|ENTERQUEUE||081|1
1795364055|1795364049.1|tanggap-ops|op2|CONNECT|4|1795364051.2|3
1795364099|1795364049.9|tanggap-ops|NONE|ABANDON|1|1|44
rusak
"""


def test_answered(tmp_path: Path) -> None:
    """The operator and the moment; nobody for a call that was given up, an unknown one, or without a log."""
    log = tmp_path / "queue_log"
    assert answered(log, "1795364049.1") is None
    log.write_text(LOG)
    assert answered(log, "1795364049.1") == Answered("op2", datetime.fromtimestamp(1795364055, UTC))
    assert answered(log, "1795364049.9") is None
    assert answered(log, "1") is None
