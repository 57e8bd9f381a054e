"""Talks and calls that break, or come twice: noticed, shown, mended, replaced or merged."""
