"""Answers of agencies: that their page showed it, that a repeated request counts once, and what was taken back."""
