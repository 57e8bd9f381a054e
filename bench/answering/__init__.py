"""Measures latency and CPU of an answered call: pure dialplan, a bare ARI application, and ours, on one Asterisk."""
