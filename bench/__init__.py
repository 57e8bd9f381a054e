"""Measurements; each command of this folder has its package beside it."""
