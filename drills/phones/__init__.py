"""Software telephones: SIP, RTP, their agents and media."""
