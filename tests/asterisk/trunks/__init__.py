"""Tests of trunks: their settings in Asterisk's files, and what goes out over them."""
