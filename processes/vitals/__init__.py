"""Vital signs of a process: its measures, its reports to the supervisor, its answers on a socket of its own."""
