"""Backups and replicas of the store, and restoring them."""
