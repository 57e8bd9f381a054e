"""The line played with real software phones: the demo, and what tests and drills need for that."""
