"""A share of what the articles cost is off."""
