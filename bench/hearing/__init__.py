"""Measures the CPU and the hits of the ear: `bench/screening`."""
