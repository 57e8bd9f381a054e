"""The errors of the console.

Refusal                 a request that is answered with a sentence, an HTTP status and perhaps the field it is about
├── NotLoggedIn         401
├── NotAllowed          403
├── TooMany             429
└── BadField            400, names the field
"""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A request that is refused; the text is shown to the user."""

    status = 400

    def __init__(
        self,
        sentence: str,
        *,
        field: str | None = None,
        status: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.details = details or {}  # for a page's own fetch
        self.sentence = sentence
        self.field = field
        self.status = status or type(self).status


class NotLoggedIn(Refusal):
    """No session, or an ended one."""

    status = 401


class NotAllowed(Refusal):
    """A role that may not, or a request from another site."""

    status = 403


class TooMany(Refusal):
    """Too many attempts."""

    status = 429


class BadField(Refusal):
    """A field that is missing or not as expected."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field=field)


class ConsoleUnavailable(Exception):
    """An address at which the console cannot be served; the text names the change to make."""
