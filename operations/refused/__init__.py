"""Calls that Asterisk itself refuses: noticed from copies of its SIP messages, counted, told, and called back."""
