"""How fast and how dearly a call is answered: pure dialplan, a bare ARI application, and ours, on one Asterisk."""
