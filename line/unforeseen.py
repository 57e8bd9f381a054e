"""Errors that nobody declared: defects of ours, which are logged with their traceback."""

from asterisk.errors import AmiError, AriError
from tickets.errors import SchemaViolated, TicketError


def unforeseen(error: Exception) -> Exception | None:
    """The error, for `exc_info`, where it is a defect; None for a state of Asterisk or of the store.

    A statement that does not fit the schema is a defect, although the store declares it."""
    foreseen = isinstance(error, AriError | AmiError | TicketError) and not isinstance(error, SchemaViolated)
    return None if foreseen else error
