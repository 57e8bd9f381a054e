"""Everything that each of our processes has: its start, its duties, its logs, its vital signs."""
