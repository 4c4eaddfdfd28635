"""A made-up chain to look around in: stores, staff and customers from a seed. Nothing here runs in a real book."""
