"""Receipts of another till, brought in from its files: read, matched to customers, kept until she appears, taken back."""
