"""Tests of the SIP side of site.yaml."""
