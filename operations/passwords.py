"""Passwords of logins: generated here, hashed as the pages check them."""

import secrets

from console.web.passwords import hashed

__all__ = ["generate", "hashed"]

# without characters that look alike
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def generate() -> str:
    """Generate a password of four groups of four characters, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
