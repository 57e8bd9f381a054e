"""Copies of the store, and back."""
