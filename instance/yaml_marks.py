"""Reads YAML with every scalar as a string, without duplicate keys, and keeps the place of every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from instance.problems import Problem, quoted, reason

Route = tuple[str | int, ...]
MAX_BYTES = 1_000_000
MAX_NODES = 50_000
NOTHING = ("", "~", "null")
IN_INDONESIAN = (
    ("cannot start any token", "tanda ini (tab, @, ` atau %) tidak boleh di awal", "spasi, atau tanda kutip"),
    (
        "mapping values are not allowed",
        "titik dua tidak boleh di sini",
        'jorokan yang sama, dan "kunci: nilai" di baris atasnya',
    ),
    ("could not find expected ':'", "titik dua setelah nama kunci hilang", 'tulisan "kunci: nilai"'),
    ("expected <block end>", "jorokan baris ini tidak cocok", "jorokan yang sama dengan baris-baris sekelompoknya"),
    ("found unexpected end of stream", "tanda kutip tidak ditutup", "tanda kutip penutup"),
    ("expected ',' or", "kurung atau koma hilang", "koma antara dua isi dan kurung penutup"),
    ("undefined alias", "alias ini tidak pernah diberi nama", "jangkar (&nama) di atasnya"),
    ("expected a single document", "tanda --- memulai dokumen kedua", "satu dokumen saja"),
    ("expected the node content", "isi hilang atau ada tanda yang tidak pada tempatnya", "sebuah nilai"),
)


@dataclass(slots=True)
class Document:
    """A file: its text, its data, the place (line, column) of every route in it, and its problems."""

    file: str
    raw: bytes = b""
    data: Any = None
    marks: dict[Route, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Route, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, route: Route, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the longest known beginning of `route`; of its key if `key`, else of its value."""
        if key and route in self.keys:
            return self.keys[route]
        while route and route not in self.marks:
            route = route[:-1]
        return self.marks.get(route, (1, 1))

    def complain(self, route: Route, fault: str, expected: str = "", *, key: bool = False) -> None:
        """Note a problem at a route."""
        self.note(*self.place(route, key=key), fault, expected)

    def note(self, line: int, col: int, fault: str, expected: str = "") -> None:
        """Note a problem at a line and column; 0, 0 is the file as a whole."""
        self.problems.append(Problem(self.file, line, col, fault, expected))


class TooMuch(Exception):
    """An alias contains itself, or aliases multiply without end."""


def read(path: Path, name: str, raw: bytes | None = None) -> Document:
    """Read a file as a document; one that cannot be read has the reason among its problems, and no data.

    `raw`: its text where that is known already; then the file itself is not read."""
    document = Document(name)
    try:
        document.raw = path.read_bytes() if raw is None else raw
        text = document.raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = document.raw[: error.start].count(b"\n") + 1
        document.note(line, 1, "huruf di baris ini bukan UTF-8", "berkas teks UTF-8")
    except FileNotFoundError:
        document.note(0, 0, f"berkas tidak ada ({path})", "berkas YAML")
    except IsADirectoryError:
        document.note(0, 0, "ini sebuah folder", "berkas YAML")
    except OSError as error:
        document.note(0, 0, f"berkas tidak bisa dibaca ({reason(error)})", "berkas YAML")
    else:
        parse(text, document)
    return document


def parse(text: str, document: Document) -> None:
    """Fill `document` from YAML text."""
    if len(text) > MAX_BYTES:
        document.note(0, 0, f"berkas terlalu besar ({len(text)} huruf)", "paling banyak 1 juta")
        return
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        document.marks[()] = (1, 1)
        document.data = None if node is None else _Walk(document).value(node, ())
    except yaml.reader.ReaderError as error:
        line = text[: int(error.position)].count("\n") + 1
        document.note(line, 1, "ada huruf kendali yang tidak boleh", "teks biasa")
    except yaml.MarkedYAMLError as error:
        document.problems.append(_translated(document.file, error))
    except (RecursionError, TooMuch):
        document.note(0, 0, "susunan terlalu dalam atau alias berputar", "susunan sederhana")


def _translated(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = f"{error.problem or 'tidak bisa dibaca'} {error.context or ''}".strip()
    for english, fault, expected in IN_INDONESIAN:
        if english in problem:
            return Problem(file, line, col, f"YAML tidak sah: {fault}", expected)
    return Problem(file, line, col, f"YAML tidak sah: {problem}", "YAML yang benar")


class _Walk:
    """Turns nodes into dicts, lists and strings; an empty or null scalar becomes None."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.above: set[int] = set()

    def value(self, node: yaml.Node, route: Route) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or id(node) in self.above:
            raise TooMuch
        self.document.marks[route] = _place(node)
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value.lower() in NOTHING else str(node.value)
        self.above.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*route, at)) for at, item in enumerate(node.value)]
            return self.mapping(node, route)
        finally:
            self.above.discard(id(node))

    def mapping(self, node: yaml.Node, route: Route) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for key, item in node.value:
            line, col = _place(key)
            if not isinstance(key, yaml.ScalarNode):
                self.document.note(line, col, "kunci harus sebuah kata", "kata: nilai")
            elif key.value in pairs:
                first = self.document.keys[(*route, key.value)][0]
                fault = f"kunci {quoted(key.value)} ditulis dua kali (pertama di baris {first})"
                self.document.note(line, col, fault, "sekali saja")
            else:
                self.document.keys[(*route, key.value)] = (line, col)
                pairs[key.value] = self.value(item, (*route, key.value))
        return pairs


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
