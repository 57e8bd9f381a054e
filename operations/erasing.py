"""Erases personal data from files: recordings, photos, and lines of Asterisk's own logs."""

from collections.abc import Iterable
from pathlib import Path

from console.api.media import find_recording

PLACE_OF_RECORDINGS = ("asterisk", "spool", "recording")
# logs that Asterisk writes by itself
LOGS = ("queue_log", "messages.log", "console.log")


def recordings_of(var: Path) -> Path:
    """The folder of an instance's recordings."""
    return var.joinpath(*PLACE_OF_RECORDINGS)


def remove_recordings(folder: Path, names: Iterable[str]) -> int:
    """Remove the files of these recordings; returns their number."""
    count = 0
    for name in names:
        path = find_recording(folder, name)
        if path is not None:
            path.unlink(missing_ok=True)
            count += 1
    return count


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove files by their names in a folder; a name that is not that of a plain file there is skipped."""
    for name in names:
        path = folder / name
        if path.name == name and path.is_file():
            path.unlink(missing_ok=True)


def remove_strays(folder: Path, known: set[str], before: float, *, endings: tuple[str, ...]) -> int:
    """Remove files older than `before` (seconds since 1970) whose names no row has; returns their number."""
    count = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder)
        known_as = str(name.with_suffix("")) if path.suffix in endings else str(name)
        if path.is_file() and path.stat().st_mtime < before and not {known_as, str(name)} & known:
            path.unlink(missing_ok=True)
            count += 1
    return count


def blot(logs: Path, number: str) -> int:
    """Overwrite a number's digits in Asterisk's logs, in place, so that Asterisk can go on writing; returns the count.

    `number` is E.164; it is overwritten as 0… and without the plus, too."""
    digits = number.removeprefix("+").encode()
    spellings = [digits, *([b"0" + digits[2:]] if digits.startswith(b"62") else [])]
    return sum(_blot(logs / name, spellings) for name in LOGS if (logs / name).is_file() and len(digits) > 6)


def _blot(path: Path, spellings: list[bytes]) -> int:
    data, count = path.read_bytes(), 0
    with path.open("r+b") as file:
        for spelling in spellings:
            at = data.find(spelling)
            while at >= 0:
                file.seek(at)
                file.write(b"x" * len(spelling))
                count += 1
                at = data.find(spelling, at + len(spelling))
    return count
