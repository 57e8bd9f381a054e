"""Asterisk: its interfaces (ARI, AMI, FastAGI), its configuration and its process; nothing else speaks to it."""
