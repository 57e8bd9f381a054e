"""Packets that Asterisk could not read are found in its log, from now on and across its renewal."""

from pathlib import Path

from asterisk.capture.dropped import MOST_BYTES, Dropped, DroppedLog, parse

LINE = (
    "[2026-11-30 08:38:46.241] WARNING[1] pjproject: 	       sip_transport.c Dropping 421 bytes packet from UDP "
    "127.0.0.2:54576 : PJSIP syntax error exception when parsing 'Request Line' header on line 1 col 23\n"
)


def test_a_line() -> None:
    """As Asterisk 22.10.1 writes it for R-URI urn:service:sos; an address may be IPv6."""
    assert list(parse(LINE)) == [Dropped("127.0.0.2", 54576, "Request Line")]
    assert list(parse(LINE.replace("127.0.0.2", "[2001:db8::1]"))) == [Dropped("2001:db8::1", 54576, "Request Line")]
    assert list(parse("WARNING something else\n")) == []


def test_the_log_is_followed(tmp_path: Path) -> None:
    """Lines of before are old; half a line waits for its end; a new file is read from its beginning."""
    path = tmp_path / "messages.log"
    path.write_text(LINE)
    log = DroppedLog(path)
    assert log.read() == []
    with path.open("a") as file:
        file.write(LINE + LINE[:40])
    assert len(log.read()) == 1
    with path.open("a") as file:
        file.write(LINE[40:])
    assert len(log.read()) == 1
    path.unlink()
    assert log.read() == []
    path.write_text(LINE * 2)
    assert len(log.read()) == 2


def test_a_flood_is_read_in_part(tmp_path: Path) -> None:
    """At most so much at a look."""
    path = tmp_path / "messages.log"
    log = DroppedLog(path)
    path.write_text(LINE * 20_000)
    assert 0 < len(log.read()) <= MOST_BYTES // len(LINE) + 1
    assert log.read() == []
