"""Problems of configuration files, one line each."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

CHOICES_SHOWN = 12
# names of fields in `tanggap check --json`, where they are not those of Problem
STABLE = {"fault": "what"}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A problem at a place of a file (line and column from 1; 0: the file as a whole), in Indonesian."""

    file: str
    line: int
    col: int
    fault: str
    expected: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        mark = "peringatan: " if self.warning else ""
        return f"{place}: {mark}{self.fault}" + (f", diharapkan {self.expected}" if self.expected else "")

    def as_json(self) -> dict[str, Any]:
        """The problem as plain data, with stable keys."""
        return {STABLE.get(name, name): value for name, value in asdict(self).items()}


class ConfigErrors(Exception):
    """The configuration is refused; `problems` holds every problem of every file, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def quoted(value: object, limit: int = 60) -> str:
    """A value for a sentence: in quotes, on one line, cut short."""
    text = str(value).replace("\n", " ")
    text = "".join(char if char.isprintable() else "?" for char in text)
    return f'"{text[:limit]}{"…" if len(text) > limit else ""}"'


_REASONS = {
    errno.ENOSPC: "ruang cakram habis",
    errno.EDQUOT: "jatah cakram habis",
    errno.EACCES: "tidak diizinkan",
    errno.EPERM: "tidak diizinkan",
    errno.EROFS: "cakram hanya bisa dibaca",
    errno.ENOENT: "tidak ada",
    errno.EISDIR: "itu folder",
    errno.ENOTDIR: "bukan folder",
}


def reason(error: OSError) -> str:
    """Reason of an OSError in a few words."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def one_of(wrong: str, allowed: Sequence[str]) -> str:
    """The expected words instead of `wrong`: the closest of `allowed`, or all of them when nothing is close."""
    folded = {name.casefold(): name for name in allowed}
    near = get_close_matches(wrong.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"{quoted(folded[near[0]])} (mungkin itu maksudnya)"
    if not allowed:
        return "sesuatu yang sudah ditulis di berkas ini (belum ada satu pun)"
    more = ", …" if len(allowed) > CHOICES_SHOWN else ""
    return "salah satu dari " + ", ".join(allowed[:CHOICES_SHOWN]) + more
