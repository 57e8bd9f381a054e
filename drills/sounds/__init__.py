"""Sounds that telephones send, and what was heard."""
