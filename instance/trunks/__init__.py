"""Trunks and the SIP side of site.yaml: shape, contradictions, building."""
