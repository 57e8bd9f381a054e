"""Rows of agencies' answers: one-time links, receipts, and what changed after a dispatch."""
