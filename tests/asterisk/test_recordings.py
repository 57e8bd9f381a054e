"""Files of recordings: how long a message is, and a header that Asterisk did not finish."""

import wave
from pathlib import Path

import pytest

from asterisk.recordings import mend, message_s


def cut_short(path: Path, seconds: float) -> Path:
    """A file as a killed Asterisk leaves it: the lengths of its header are those of its beginning."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"")
    with path.open("ab") as raw:
        raw.write(bytes(int(16000 * seconds)))
    return path


def length(path: Path) -> float:
    """Its length as a player sees it."""
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def test_a_header_is_mended(tmp_path: Path) -> None:
    """Once; what it holds stays."""
    path = cut_short(tmp_path / "a.wav", 2.5)
    assert length(path) == 0
    assert mend(path)
    assert (length(path), path.stat().st_size) == (2.5, 44 + 40000)
    assert not mend(path)


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"x" * 100])
def test_what_is_no_wav_is_left_alone(tmp_path: Path, content: bytes | None) -> None:
    """Also where there is nothing."""
    path = tmp_path / "b.wav"
    if content is not None:
        path.write_bytes(content)
    assert not mend(path)
    assert content is None or path.read_bytes() == content


@pytest.mark.parametrize(("seconds", "told"), [(0.0, 0.0), (0.4, 0.0), (0.5, 0.5), (12.3, 12.3)])
def test_how_long_a_message_is(tmp_path: Path, seconds: float, told: float) -> None:
    """By its size, since its header may say nothing; less than half a second is nobody's word."""
    assert message_s(cut_short(tmp_path / "c.wav", seconds)) == told


def test_no_message(tmp_path: Path) -> None:
    """No file."""
    assert message_s(tmp_path / "d.wav") == 0
