"""Recency, frequency and money under the consent to profiling, repeat purchase and retention, and what goes with what (DOMAIN §2)."""
