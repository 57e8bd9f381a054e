"""The flow of a call as pure functions: no sockets, no clock."""
