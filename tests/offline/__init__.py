"""Tills without a network."""
