"""Files that hold what is to be erased: recordings, photos, and lines of Asterisk's own logs."""

from collections.abc import Iterable
from pathlib import Path

from console.api.media import find_recording

PLACE_OF_RECORDINGS = ("asterisk", "spool", "recording")
# what Asterisk writes by itself and no program of ours reads for long
LOGS = ("queue_log", "messages.log", "console.log")


def recordings_of(var: Path) -> Path:
    """The folder of an instance's recordings."""
    return var.joinpath(*PLACE_OF_RECORDINGS)


def remove_recordings(folder: Path, names: Iterable[str]) -> int:
    """Remove the files of these recordings; how many there were."""
    count = 0
    for name in names:
        path = find_recording(folder, name)
        if path is not None:
            path.unlink(missing_ok=True)
            count += 1
    return count


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove files by their names in a folder; what is no plain name of a file there is passed over."""
    for name in names:
        path = folder / name
        if path.name == name and path.is_file():
            path.unlink(missing_ok=True)


def remove_strays(folder: Path, known: set[str], before: float, *, endings: tuple[str, ...]) -> int:
    """Remove files older than `before` (seconds since 1970) that no row knows of (names without ending); how many."""
    count = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder)
        known_as = str(name.with_suffix("")) if path.suffix in endings else str(name)
        if path.is_file() and path.stat().st_mtime < before and not {known_as, str(name)} & known:
            path.unlink(missing_ok=True)
            count += 1
    return count


def blot(logs: Path, number: str) -> int:
    """Overwrite a number's digits in Asterisk's logs, in place, so that Asterisk can go on writing; how many times.

    `number` is E.164; it is also found as 0… and without the plus."""
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
