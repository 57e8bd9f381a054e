"""A session's token: random in the browser, only its hash in the store."""

import hashlib
import secrets
from datetime import timedelta

COOKIE = "tanggap"
# a token lives for a day at most; then the session gets another one
RENEW_AFTER = timedelta(hours=24)


def new_token() -> str:
    """32 random bytes as text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The hash of a token, as the store keeps it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
