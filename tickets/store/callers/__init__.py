"""Rows of callers: numbers, reputation, screening, retention, erasure."""
