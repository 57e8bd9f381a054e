"""Search: words of reports, their index, and the searches themselves."""
