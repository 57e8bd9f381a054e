"""Emergencies that nobody has sent: their episodes and pushes."""
