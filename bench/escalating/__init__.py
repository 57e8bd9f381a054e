"""How many open assignments one daemon can push, and what kill -9 does to it."""
