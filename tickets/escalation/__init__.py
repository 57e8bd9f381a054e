"""Pushing agencies until they respond."""
