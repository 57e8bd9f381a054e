"""The call service: every call of one line, from its arrival to its end."""
