"""Callers as networks name them: header rows, written forms, the numbering plan, phones without a SIM card."""
