"""Complaints («Wadul Bupati»): states, terms, tracking numbers, the bridge."""
