"""What a call does: pure functions, no sockets, no clock."""
