"""Stores, staff, roles, permissions, sign-in and the audit trail."""
