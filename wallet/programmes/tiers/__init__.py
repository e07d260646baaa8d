"""Tiers: reached, kept and lost, by the calendar of the programme."""
