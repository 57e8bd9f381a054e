"""Reputation of callers, and the figures of screening."""
