"""Customers: file, facts, capture, search, import."""
