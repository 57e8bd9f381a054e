"""Carriers as trunks of site.yaml meet them: registration, failover, NAT, IPv6, TLS with SRTP."""
