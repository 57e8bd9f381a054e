"""SIP as Asterisk saw it: copies of its messages (HEP), and what became of each call that was sent to it."""
