"""Passwords that people type: generated here, hashed as the pages check them."""

import secrets

from console.web.passwords import hashed

__all__ = ["generate", "hashed"]

# without letters and digits that are mistaken for each other
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def generate() -> str:
    """Four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
