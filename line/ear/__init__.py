"""Tells a caller's voice from noise, in a process that hears the callers whom talk detection has heard."""
