"""Operators, their presence, and the line of calls that wait for them. Pure."""
