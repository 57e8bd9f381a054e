"""Hostile requests: whoever asks for whatever, nothing crashes and nobody sees what is not theirs."""
