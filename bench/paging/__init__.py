"""How fast the console's pages are, and how large, beside a store that is old and full."""
