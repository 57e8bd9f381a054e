"""Routes that pages call."""
