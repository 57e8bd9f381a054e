"""Use cases: the decisions of users about tickets and assignments, without a web page or a terminal.

Each takes the store inside the caller's transaction, the routing, `now` and the user; it raises tickets.errors.
"""
