"""Gift cards of a brand: money of whoever holds one, about whom nothing is known."""
