"""Talks and calls that break: their sound is noticed to be gone, shown, mended, or the call replaced."""
