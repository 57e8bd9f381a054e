"""Measures how soon `tanggap up` has every call in hand again after kill -9, and how calls fare without us."""
