"""A session's token: random in the browser, only its hash in the store."""

import hashlib
import secrets
from datetime import timedelta

COOKIE = "tanggap"
# a token is good for a day at most; the session goes on with another one
RENEW_AFTER = timedelta(hours=24)


def new_token() -> str:
    """32 random bytes as text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
