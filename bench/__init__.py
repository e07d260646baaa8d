"""Measurements, always as ratios to something else in the same run on the same machine."""
