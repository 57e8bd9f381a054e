"""Checks of `tanggap doctor`: faults of an instance in plain words, each with a remedy. A file for each group."""
