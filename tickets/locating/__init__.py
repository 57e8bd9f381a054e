"""Places by name, and points as people write them."""
