"""The people who act on tickets, as use cases know them."""

from typing import Protocol

from tickets.model import Actor


class Acts(Protocol):
    """Somebody who answers for an agency: a user, or a contact by a one-time link."""

    @property
    def role(self) -> str:
        """A user's role, or `link`."""

    @property
    def actor(self) -> Actor:
        """The name in the journal."""


class Member(Acts, Protocol):
    """A logged-in user."""

    @property
    def opd(self) -> str | None:
        """The user's agency; None for staff."""
