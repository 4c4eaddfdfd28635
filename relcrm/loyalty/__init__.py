"""Tiers, points, and what two people decide about them. What a purchase is belongs to purchases; measures of many to measures."""
