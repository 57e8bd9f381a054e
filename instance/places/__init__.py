"""The places of an instance: its desa with their points, and its own landmarks."""
