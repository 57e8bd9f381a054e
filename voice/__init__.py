"""Sounds for the telephone: prompts by espeak-ng or from recordings, spoken reports, music."""
