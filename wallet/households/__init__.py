"""Households: people who show each other some of their cards."""
