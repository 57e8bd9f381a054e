"""Every error of the durable half.

TicketError
├── NotFound            the caller named a call, ticket or assignment that does not exist
├── Conflict            somebody else was first, or the state does not allow it
├── InvalidInput        a field is missing or not what was expected
├── BadLink             a one-time link is too old, used, or meant for something else
│   └── ForgedLink      it is none of ours
├── StoreUnavailable    the store cannot be written now (disk full, locked, closed)
└── ChannelError        a push was not delivered; permanent when only another configuration would help
"""


class TicketError(Exception):
    """Base of all errors of tickets; its text is shown to the user."""


class NotFound(TicketError):
    """The named thing does not exist."""


class Conflict(TicketError):
    """The change is not possible in the present state."""


class InvalidInput(TicketError):
    """A value is missing or not what was expected."""


class BadLink(TicketError):
    """A one-time link that opens nothing."""


class ForgedLink(BadLink):
    """A link that we did not sign."""


class StoreUnavailable(TicketError):
    """The store refused a write; nothing of it was kept."""


class ChannelError(TicketError):
    """A push was not delivered; `permanent` when trying again soon cannot help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
