"""The fault laboratory: real Asterisk, SIP and processes; faults crossed with the stages of calls and tickets."""
