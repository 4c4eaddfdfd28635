"""What the shop sells: categories, products, care notes, and bringing them in. Purchases stand above and refer to these tables."""
