"""Trunks as they are now: watched beside the line, and tried by hand."""
