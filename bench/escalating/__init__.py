"""Measures the pushes of one daemon with many open assignments, also under kill -9."""
