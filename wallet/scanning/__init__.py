"""A terminal scans a pass."""
