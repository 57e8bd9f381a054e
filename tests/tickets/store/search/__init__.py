"""Tests of the search in the store."""
