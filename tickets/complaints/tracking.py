"""Tracking numbers of complaints: eight digits, the last one a check digit (Damm 2004), read aloud in two groups.

Every single wrong digit and every swap of two neighbours is found before anybody looks for the number.
"""

from __future__ import annotations

import secrets

DIGITS = 8
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new() -> str:
    """A random number that does not begin with 0; nobody can guess another from it."""
    return checked(str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(DIGITS - 2)))


def checked(digits: str) -> str:
    """Digits with their check digit."""
    return digits + str(_check(digits))


def parse(text: str) -> str | None:
    """The digits of a number as people write it (blanks, dots, hyphens); None where it cannot be one."""
    digits = "".join(letter for letter in text if letter not in " .-\u00a0\u2009")
    right = len(digits) == DIGITS and digits.isascii() and digits.isdigit() and _check(digits) == 0
    return digits if right else None


def shown(number: str) -> str:
    """«4827 1930»."""
    return f"{number[:4]} {number[4:]}"


def _check(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim
