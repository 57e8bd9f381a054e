"""What must not be lost: calls, tickets, assignments, pushes, and the journal of all of them."""
