"""Everything about one customer: her file, facts, capture, search, merge, import and export. Sales and visits live elsewhere."""
