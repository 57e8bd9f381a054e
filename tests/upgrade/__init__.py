"""Instances of earlier releases, which today's code has to take over as they are."""
