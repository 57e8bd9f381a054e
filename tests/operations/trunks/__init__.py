"""Tests of what watches and tries trunks."""
