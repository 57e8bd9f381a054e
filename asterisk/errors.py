"""Errors of the Asterisk side.

AsteriskError
├── AriError        a REST request was refused; `.status` is the HTTP status (0: no answer in time, no connection)
├── AmiError        a manager action failed or was not answered in time
├── AgiError        the FastAGI peer broke the protocol or was too slow
│   └── CallerGone      the caller hung up
├── RenderError     a value cannot be written into Asterisk's configuration
└── LaunchError     Asterisk is missing, too old, or did not start
    └── PortInUse       another program holds an address that Asterisk needs
"""


class AsteriskError(Exception):
    """Base of all errors of the Asterisk side."""


class AriError(AsteriskError):
    """A REST request was refused or not answered."""

    def __init__(self, request: str, status: int, text: str) -> None:
        super().__init__(f"ARI {request}: {status} {text}".strip())
        self.status = status


class AmiError(AsteriskError):
    """A manager action failed or was not answered in time."""


class AgiError(AsteriskError):
    """The FastAGI peer broke the protocol or was too slow."""


class CallerGone(AgiError):
    """The caller hung up."""


class RenderError(AsteriskError):
    """A value cannot be written into Asterisk's configuration."""


class LaunchError(AsteriskError):
    """Asterisk is missing, too old, or did not start; the text says what to do."""


class PortInUse(LaunchError):
    """Another program holds an address that Asterisk needs."""
