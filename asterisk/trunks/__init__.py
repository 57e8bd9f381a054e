"""Trunks: their settings, their sections in Asterisk's configuration, the calls that go out over them."""
