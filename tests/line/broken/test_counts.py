"""The counts of a channel's RTP, read from Asterisk's text."""

from line.broken.counts import Counts, read

TEXT = (
    "ssrc=1206811937;themssrc=3312941;lp=0;rxjitter=0.000375;rxcount=1518;txjitter=0.000000;txcount=1514;rlp=0;"
    "rtt=0.000000;rxmes=85.563;txmes=0.0"
)


def test_read() -> None:
    """The other side's stream, and packets both ways; ours alone (`ssrc`) is not taken for theirs."""
    assert read(TEXT) == Counts(3312941, 1518, 1514)


def test_a_channel_without_media_has_none() -> None:
    """An empty text, one of another kind, one that is cut off."""
    assert [read(text) for text in ("", "n/a", "ssrc=1;themssrc=2;lp=0")] == [None, None, None]
