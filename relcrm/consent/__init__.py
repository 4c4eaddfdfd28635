"""Consent: catalogue, purposes, notices, ledger, gates."""
