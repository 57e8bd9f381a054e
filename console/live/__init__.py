"""The live socket and its snapshots."""
