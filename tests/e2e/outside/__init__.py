"""Callers from outside that are no softphone of ours: sipp, gateways without RTP, and whoever sends odd SIP."""
