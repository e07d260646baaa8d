"""Fences: shapes on the ground in which somebody counts as being there."""
