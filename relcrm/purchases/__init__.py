"""What customers buy: recording, returning, showing it, and the sums that follow. Goods themselves, tiers and points live elsewhere."""
