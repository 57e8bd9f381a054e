"""Who answered while our programs were away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from asterisk.queue_log import Answered, Carried, QueueLog, answered

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


def at(seconds: int) -> datetime:
    """A moment of the log."""
    return datetime.fromtimestamp(seconds, UTC)


def test_carried_calls_are_read_on(tmp_path: Path) -> None:
    """Each line once, a half-written one when it is whole; rotated, the new file from its beginning."""
    now, path = int(datetime.now(UTC).timestamp()), "/r/failsafe-pesan-7.1.wav"
    log = QueueLog(tmp_path / "queue_log")
    log.read()
    assert log.carried == {}
    log.path.write_text(f"{now}|7.1|tanggap-ops|NONE|FAILSAFE|stasis|081|112\n{now}|7.1|tanggap-ops|NONE|FAILSA")
    log.read()
    assert log.carried == {"7.1": Carried("7.1", at(now), "stasis", "081", "112")}
    with log.path.open("a") as file:
        file.write(f"FE_KEY|2|asterisk\n{now + 9}|7.1|tanggap-ops|NONE|FAILSAFE_RECORD|{path}|asterisk\n")
        file.write(f"{now + 20}|7.1|tanggap-ops|NONE|FAILSAFE_END|record|asterisk\n")
        file.write(f"{now}|8.1|tanggap-ops|NONE|FAILSAFE_END|menu|agi\n")
    log.read()
    known = Carried("7.1", at(now), "stasis", "081", "112", "2", path, "record", at(now + 20))
    assert log.carried == {"7.1": known}
    log.read()
    log.path.rename(tmp_path / "queue_log.1")
    log.path.write_text(f"{now + 30}|9.1|tanggap-ops|NONE|FAILSAFE|timeout||112\n")
    log.read()
    assert log.carried == {"7.1": known, "9.1": Carried("9.1", at(now + 30), "timeout", "", "112")}


def test_calls_of_last_month_are_forgotten(tmp_path: Path) -> None:
    """They are in the store, or were never ours."""
    long_ago = int((datetime.now(UTC) - timedelta(days=30)).timestamp())
    log = QueueLog(tmp_path / "queue_log")
    log.path.write_text(f"{long_ago}|7.1|tanggap-ops|NONE|FAILSAFE|stasis|081|112\n")
    log.read()
    assert log.carried == {}
