"""What a customer gets for coming back: tiers and points. Both follow from purchases and rest on the service consent (DOMAIN §1.4 C-3)."""
