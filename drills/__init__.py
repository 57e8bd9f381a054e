"""`tanggap drill`: many real SIP callers and operators against a private instance, and what became of each call."""
