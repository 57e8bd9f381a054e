"""Measures the speed and the size of the console's pages beside a store that is old and full."""
