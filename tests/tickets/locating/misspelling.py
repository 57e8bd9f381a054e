"""The model by which names of places are misspelt in tests: one error, in two of five names two.

An error is one of: letters that Javanese ears and the old spelling mix up (oe/u, tj/c, dh/d, th/t, k/g, b/p, n/ng, …),
another vowel, a lost vowel, a doubled or two swapped letters, a k or h behind a last vowel, a nasal before a first b,
d, g or j («Mbangsri»), a space in the middle. Names are misspelt only where at least four letters are left."""

from __future__ import annotations

import random

VOWELS = {"a": "o", "o": "a", "u": "o", "i": "e", "e": "i"}
NASALS = {"b": "m", "d": "n", "g": "n", "j": "n"}
HEARD = (
    ("oe", "u"), ("u", "oe"), ("j", "dj"), ("y", "j"), ("dh", "d"), ("d", "dh"), ("t", "th"), ("k", "g"), ("g", "k"),
    ("b", "p"), ("p", "b"), ("w", "u"), ("ng", "n"), ("n", "ng"), ("h", ""), ("k", ""), ("ny", "n"), ("c", "tj"),
    ("s", "z"), ("i", "ie"), ("wu", "u"), ("r", "l"),
)  # fmt: skip
LEAST, TWO = 4, 0.4


def misspelt(name: str, rng: random.Random) -> str:
    """A name with one or two errors."""
    text = rng.choice(errors(name.lower()) or [name.lower()])
    return rng.choice(errors(text) or [text]) if rng.random() < TWO else text


def errors(name: str) -> list[str]:
    """Every text that one error makes of a name."""
    made = [
        name[:at] + written + name[at + len(heard) :]
        for heard, written in HEARD
        for at in range(len(name))
        if name.startswith(heard, at)
    ]
    for at, letter in enumerate(name):
        if letter in VOWELS:
            made.append(name[:at] + VOWELS[letter] + name[at + 1 :])
            made += [name[:at] + name[at + 1 :]] if at else []
        made += [name[:at] + letter + name[at:]] if at else []
        if 0 < at < len(name) - 1:
            made.append(name[:at] + name[at + 1] + letter + name[at + 2 :])
    if name[-1] in VOWELS:
        made += [f"{name}k", f"{name}h"]
    if name[0] in NASALS:
        made.append(NASALS[name[0]] + name)
    if len(name) > 7:
        made.append(f"{name[: len(name) // 2]} {name[len(name) // 2 :]}")
    return [text for text in made if len(text.replace(" ", "")) >= LEAST]
