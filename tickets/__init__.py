"""The durable half: calls, tickets, assignments, pushes, and the journal of all of them; nothing of it may be lost."""
