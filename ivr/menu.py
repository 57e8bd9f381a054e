"""The key menus that a caller meets, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANES = ("urgent", "normal", "unverified", "silent")
KINDS = ("emergency", "complaint", "information")
KEYS = "0123456789*#"
# languages of prompts; a call begins in the first, a key may choose another
LANGUAGES = ("id", "jv")


@dataclass(frozen=True, slots=True)
class Choice:
    """The effect of one key: exactly one of lane, menu and language is set, the others are None.

    A lane puts the call into the line, a menu asks on, a language repeats the same menu in it. `kind` and `category`
    (a code of routing.yaml) classify the ticket from then on, also where the key opens a menu.
    """

    lane: str | None
    kind: str | None
    menu: str | None
    label: str
    category: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """One prompt and its keys; asked `tries` times with `patience_s` seconds to press.

    `again` is the prompt after silence (None: the same one, and that any key will do).
    `repeat` is the key that plays the prompt once more, `back` the one that leads to the menu before.
    """

    name: str
    prompt: str
    tries: int
    patience_s: float
    keys: Mapping[str, Choice]
    again: str | None = None
    repeat: str | None = None
    back: str | None = None


@dataclass(frozen=True, slots=True)
class Menus:
    """All menus and the one that a call begins with."""

    start: str
    by_name: Mapping[str, Menu]

    @property
    def first(self) -> Menu:
        """The menu that a call begins with."""
        return self.by_name[self.start]
