"""Calls that Asterisk carried while our programs were away, by its queue log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from asterisk.queue_log import Answered, Carried, QueueLog


def at(seconds: int) -> datetime:
    """A moment of the log."""
    return datetime.fromtimestamp(seconds, UTC)


def test_answered(tmp_path: Path) -> None:
    """The operator and the moment; nobody for a call that was given up, and nothing without a log or of broken rows."""
    now, log = int(datetime.now(UTC).timestamp()), QueueLog(tmp_path / "queue_log")
    log.path.write_text(f"""{now}|MANAGER|tanggap-ops|op1|ADDMEMBER|
{now}|7.1|tanggap-ops|NONE|FAILSAFE|stasis|081|112
{now + 1}|7.1|tanggap-ops|NONE|ENTERQUEUE||081|1
{now + 5}|7.1|tanggap-ops|op2|CONNECT|4|1795364051.2|3
{now + 5}|7.9|tanggap-ops|NONE|FAILSAFE|stasis|082|112
{now + 9}|7.9|tanggap-ops|NONE|ABANDON|1|1|44
rusak
""")
    log.read()
    answers = {name: call.answer for name, call in log.carried.items()}
    assert answers == {"7.1": Answered("op2", at(now + 5)), "7.9": None}


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
    known = Carried("7.1", at(now), "stasis", "081", "112", "2", path, "record", ended=at(now + 20))
    assert log.carried == {"7.1": known}
    assert not known.cut
    log.read()
    log.path.rename(tmp_path / "queue_log.1")
    log.path.write_text(f"{now + 30}|9.1|tanggap-ops|NONE|FAILSAFE|timeout||112\n")
    log.read()
    assert log.carried == {"7.1": known, "9.1": Carried("9.1", at(now + 30), "timeout", "", "112")}


def test_cut_off(tmp_path: Path) -> None:
    """Asterisk died, or was stopped, under the call; not where somebody hung up, nor in a log of an earlier version."""
    now, log = int(datetime.now(UTC).timestamp()), QueueLog(tmp_path / "queue_log")
    ends = {"7.1": None, "7.2": "dial|asterisk|cut", "7.3": "dial|asterisk|over", "7.4": "menu|agi"}
    for name, end in ends.items():
        row = f"|{name}|tanggap-ops|NONE|FAILSAFE"
        rows = [f"{now}{row}|stasis|081|112", *([f"{now + 1}{row}_END|{end}"] if end else [])]
        with log.path.open("a") as file:
            file.write("\n".join(rows) + "\n")
    log.read()
    assert [name for name, call in log.carried.items() if call.cut] == ["7.1", "7.2"]
    with log.path.open("a") as file:
        file.write(f"{now + 2}|7.2|tanggap-ops|NONE|FAILSAFE|timeout|081|112\n")
        file.write(f"{now + 3}|7.2|tanggap-ops|NONE|FAILSAFE_END|menu|agi|over\n")
    log.read()
    assert not log.carried["7.2"].cut


def test_calls_of_last_month_are_forgotten(tmp_path: Path) -> None:
    """They are in the store, or were never ours."""
    long_ago = int((datetime.now(UTC) - timedelta(days=30)).timestamp())
    log = QueueLog(tmp_path / "queue_log")
    log.path.write_text(f"{long_ago}|7.1|tanggap-ops|NONE|FAILSAFE|stasis|081|112\n")
    log.read()
    assert log.carried == {}
