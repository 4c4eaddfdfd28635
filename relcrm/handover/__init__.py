"""Handing over what was bought: the checklist before she leaves, and the card that goes with it (DOMAIN §7.1)."""
