"""Talks and calls that break, come twice, or sound before they are answered: noticed, shown, mended or merged."""
