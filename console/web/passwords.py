"""Passwords: hashed and checked with argon2, in a thread, a few at a time."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from console.errors import TooMany

_HASHER = PasswordHasher()
# each waits 0.15 s for the one before it: longer than this nobody should
MOST_WAITING = 20


@cache
def _nobody() -> str:
    """The hash that is verified for an unknown user, so that the answer takes as long as for a known one."""
    return _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """The Argon2id hash to store; takes about 0.15 s, so never in the event loop."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Verify a password against a stored hash; without a hash it takes as long and is False."""
    try:
        return _HASHER.verify(stored or _nobody(), password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


class PasswordCheck:
    """Checks two passwords at a time, each takes 64 MB and a core for 0.15 s: one of strangers, one of known browsers.

    So a flood of guesses does not keep out users in their usual browser."""

    def __init__(self) -> None:
        self._places = {known: asyncio.Semaphore(1) for known in (False, True)}
        self._waiting = {False: 0, True: 0}

    async def __call__(self, stored: str | None, password: str, *, known: bool = True) -> bool:
        """`matches` without blocking the loop; TooMany when too many wait already."""
        if self._waiting[known] >= MOST_WAITING:
            raise TooMany("terlalu banyak yang sedang masuk; coba lagi sebentar lagi")
        self._waiting[known] += 1
        try:
            async with self._places[known]:
                return await asyncio.to_thread(matches, stored, password)
        finally:
            self._waiting[known] -= 1

    async def hashed(self, password: str) -> str:
        """The hash to store for a new password."""
        async with self._places[True]:
            return await asyncio.to_thread(hashed, password)
