"""The zip of a pass: opened with care, and its members."""
