"""Tells a caller's voice from noise: a process of its own hears those callers in whom talk detection stirs."""
