"""The key menus that a caller meets, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANES = ("urgent", "normal", "unverified", "silent")
KINDS = ("emergency", "complaint", "information")
KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Choice:
    """What one key does: puts the call in a lane as a kind of ticket, or opens another menu; never both."""

    lane: str | None
    kind: str | None
    menu: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Menu:
    """One prompt and its keys; asked `tries` times with `patience_s` seconds to press."""

    name: str
    prompt: str
    tries: int
    patience_s: float
    keys: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Menus:
    """All menus and the one that a call begins with."""

    start: str
    by_name: Mapping[str, Menu]

    @property
    def first(self) -> Menu:
        """The menu that a call begins with."""
        return self.by_name[self.start]
