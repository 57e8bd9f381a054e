"""Every error of the durable half.

TicketError
├── NotFound            the caller named a call, ticket or assignment that does not exist
├── Conflict            somebody else was first, or the state does not allow it
│   ├── AnsweredFirst   a colleague has accepted the report already
│   ├── FieldConflict   fields hold another person's words than those that they were typed over
│   ├── TicketEnded     nothing of an ended ticket is changed before it is opened again
│   └── TicketErased    what was typed before an erasure of personal data stays erased
├── NotPermitted        this user may not do that here; somebody else may
├── InvalidInput        a field is missing or not what was expected
│   └── InvalidField    it names the field
├── BadLink             a one-time link is too old, used, or meant for something else
│   └── ForgedLink      it is none of ours
├── SchemaViolated      a statement or its values do not fit the schema, as a key that stands already: our mistake
├── StoreUnavailable    the store cannot be read or written now (disk full, locked, damaged, closed)
│   ├── ReadTimedOut    a read took longer than it may
│   ├── WriteRefused    nothing of the write was kept, and nothing will be
│   └── WriteUnknown    the write may be kept, or still will be: only the store can tell, later
└── ChannelError        a push was not delivered; permanent when only another configuration would help
"""

from typing import Any


class TicketError(Exception):
    """Base of all errors of tickets; its text is shown to the user."""


class NotFound(TicketError):
    """The named thing does not exist."""


class Conflict(TicketError):
    """The change is not possible in the present state."""


class AnsweredFirst(Conflict):
    """An acceptance after that of a colleague: nothing is wrong, the report is in hand."""


class FieldConflict(Conflict):
    """Fields that another person has changed; `conflicts` are rows of `field base yours theirs by display at`."""

    def __init__(self, conflicts: list[dict[str, Any]], sentence: str) -> None:
        super().__init__(sentence)
        self.conflicts = conflicts


class TicketEnded(Conflict):
    """A change of an ended ticket."""

    def __init__(self, number: str) -> None:
        super().__init__(f"tiket {number} sudah selesai; tekan «Buka lagi» dan tulis alasan sebelum mengubah isinya")


class TicketErased(Conflict):
    """A text that was typed before the ticket's personal data were erased."""

    def __init__(self, number: str) -> None:
        super().__init__(f"data pribadi tiket {number} sudah dihapus; ketikan lama dibuang")


class InvalidInput(TicketError):
    """A missing or unexpected value."""


class InvalidField(InvalidInput):
    """A value of the field `field` is missing or not what was expected."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotPermitted(TicketError):
    """A change that this user may not make, though the state allows it."""


class BadLink(TicketError):
    """A one-time link that opens nothing."""


class ForgedLink(BadLink):
    """A link that we did not sign."""


class SchemaViolated(TicketError):
    """A statement that does not fit the schema: trying it again does not help. Nothing of it was kept."""


class StoreUnavailable(TicketError):
    """The store cannot serve now; of a write nothing was kept, but for WriteUnknown."""


class ReadTimedOut(StoreUnavailable):
    """A read that took longer than its limit, and was stopped."""


class WriteRefused(StoreUnavailable):
    """A write that was not made, and will not be."""


class WriteUnknown(StoreUnavailable):
    """A write whose end is not known: before it is repeated, a read must show that it was not kept."""


class ChannelError(TicketError):
    """A push was not delivered; `permanent` when trying again soon cannot help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
