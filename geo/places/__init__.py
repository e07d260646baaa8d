"""Stores, areas and opening hours, and how they come in."""
