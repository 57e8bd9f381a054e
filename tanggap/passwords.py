"""Passwords that people type: generated, hashed with Argon2."""

import secrets

from argon2 import PasswordHasher

# without letters and digits that are mistaken for each other
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def generate() -> str:
    """Four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """The Argon2id hash to store; takes about 0.15 s, so never in the event loop."""
    return PasswordHasher().hash(password)
