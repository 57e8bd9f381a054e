"""AudioSocket frames, however TCP cuts them."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from asterisk.audiosocket import AUDIO, HANGUP, IDENT, Frame, Frames, extension

ONE = uuid.UUID("9d1c2a0e-6b0a-4f7e-8a55-0d6f3c1b2a11")


def on_the_wire(frame: Frame) -> bytes:
    """The frame's bytes."""
    return bytes([frame.kind]) + len(frame.payload).to_bytes(2, "big") + frame.payload


FRAMES = st.lists(st.builds(Frame, st.sampled_from([HANGUP, IDENT, AUDIO, 0x03]), st.binary(max_size=400)), max_size=8)


@given(FRAMES, st.lists(st.integers(1, 200), max_size=30))
def test_frames_come_whole_however_they_are_cut(frames: list[Frame], cuts: list[int]) -> None:
    """The same frames in the same order; what is not whole yet waits."""
    wire, reader, got = b"".join(map(on_the_wire, frames)), Frames(), list[Frame]()
    for cut in [*cuts, len(wire)]:
        got += reader.feed(wire[:cut])
        wire = wire[cut:]
    assert got == frames


def test_the_stream_says_whose_it_is() -> None:
    """The first frame is a UUID; one of another length is nobody's."""
    assert Frame(IDENT, ONE.bytes).ident == str(ONE)
    assert Frame(IDENT, b"12").ident == ""


def test_where_a_channel_begins_to_stream() -> None:
    """Port in five digits, then the UUID: the dialplan cuts them apart again."""
    assert extension(8093, str(ONE)) == f"08093{ONE}"
